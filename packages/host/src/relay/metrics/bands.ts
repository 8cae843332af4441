/**
 * Figures in bands. A band is wide against what one person can do, and a figure must leave it by a
 * margin before another band is shown, so that no export moves because one person did something
 * (docs/ops/metrics.md). Pure.
 */

/** How far beyond its edge a figure must be, as a part of the edge. */
const MARGIN = 0.2;

export class Band {
  private readonly edges: readonly number[];
  private shown = 0;

  /** @param edges ascending, the first above 0; shown is the largest edge reached, or 0. */
  constructor(edges: readonly number[]) {
    this.edges = edges;
  }

  get value(): number {
    return this.shown;
  }

  take(figure: number): void {
    for (const edge of this.edges) {
      if (figure >= edge * (1 + MARGIN) && edge > this.shown) this.shown = edge;
    }
    while (this.shown > 0 && figure < this.shown * (1 - MARGIN)) {
      this.shown = this.edges.findLast((edge) => edge < this.shown) ?? 0;
    }
  }
}

/** Share of something limited, in percent. */
export const PERCENT = [10, 25, 50, 75, 90] as const;
/** Share lost, in percent. */
export const LOSS = [1, 5, 25] as const;
/** Bytes: powers of two from 128 MiB to 64 GiB. */
export const BYTES = Array.from({ length: 10 }, (_, i) => 2 ** (27 + i));
