/** An excerpt in pieces: what matched, and what stands around it. */
import type { SearchHit } from '@tacet/api';
import { safeText } from './safe.ts';

export interface Piece {
  readonly text: string;
  readonly isMatch: boolean;
}

/** Marks are in code points of the excerpt as it came, so it is made safe piece by piece. */
export function marked({ text, marks }: SearchHit['excerpt']): readonly Piece[] {
  const points = [...text];
  const pieces: Piece[] = [];
  let at = 0;
  const take = (to: number, isMatch: boolean): void => {
    const piece = safeText(points.slice(at, to).join('')).replace(/\s+/gu, ' ');
    if (piece !== '') pieces.push({ text: piece, isMatch });
    at = Math.max(at, to);
  };
  for (const [start, length] of marks) {
    take(start, false);
    take(start + length, true);
  }
  take(points.length, false);
  return pieces;
}
