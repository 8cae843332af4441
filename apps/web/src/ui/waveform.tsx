/** Loudness as bars, drawn from numbers: nothing is decoded for it. */

const STEP = 3;
const HEIGHT = 32;
const LEAST = 2;

interface Props {
  /** 0 to 255 each; null: nobody measured, a line stands for it. */
  readonly peaks: Uint8Array | readonly number[] | null;
  /** 0 to 1: what was played. */
  readonly played: number;
}

const FLAT: readonly number[] = new Array<number>(64).fill(0);

export function Waveform({ peaks, played }: Props) {
  const bars = [...(peaks ?? FLAT)];
  return (
    <svg
      class="waveform"
      viewBox={`0 0 ${bars.length * STEP} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      {bars.map((peak, n) => {
        const height = Math.max(LEAST, (peak / 255) * HEIGHT);
        return (
          <rect
            // A bar is its place.
            key={n}
            class={n < played * bars.length ? 'is-played' : ''}
            x={n * STEP + 0.5}
            y={(HEIGHT - height) / 2}
            width={STEP - 1}
            height={height}
            rx="1"
          />
        );
      })}
    </svg>
  );
}
