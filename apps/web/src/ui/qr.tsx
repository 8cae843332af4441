/** A QR code drawn from its matrix as one path. Dark on white in every theme: cameras need it. */
import { encodeQR } from 'qr';

/** Light modules around the code. */
const QUIET = 3;

export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const rows = matrixOf(text);
  if (rows === null) return null;
  const size = rows.length;
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <rect class="qr-paper" width={size} height={size} />
      <path class="qr-ink" d={pathOf(rows)} shape-rendering="crispEdges" />
    </svg>
  );
}

/** Null when the text does not fit any code. */
function matrixOf(text: string): readonly (readonly boolean[])[] | null {
  try {
    return encodeQR(text, 'raw', { ecc: 'low', border: QUIET });
  } catch {
    return null;
  }
}

/** Runs of dark modules as horizontal bars. */
function pathOf(rows: readonly (readonly boolean[])[]): string {
  let path = '';
  rows.forEach((row, y) => {
    let x = 0;
    while (x < row.length) {
      const from = x;
      while (row[x] === true) x += 1;
      if (x > from) path += `M${from} ${y}h${x - from}v1h${from - x}z`;
      else x += 1;
    }
  });
  return path;
}
