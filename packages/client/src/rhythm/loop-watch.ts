/**
 * Which mix loses packets? Learnt from this client's own loops alone (docs/spec/04-mixing.md, 8):
 * they are sent whatever the person does, so what follows from them says nothing about anybody.
 * A mix is suspected when the sequential test of "one in fifty" against "one in five" says so
 * AND its siblings in the layer, over the same loops, do clearly better. Where everything fails,
 * or a layer has one mix, nobody is suspected: then it may as well be the line.
 */

/** A lost loop is evidence of that much, one that came back of so much less (natural logarithms). */
const USUAL = 0.02;
const BAD = 0.2;
const LOST = Math.log(BAD / USUAL);
const BACK = Math.log((1 - BAD) / (1 - USUAL));
/** Reached by chance once in 1.5 million loops at the usual loss, at one in five after 39. */
const BOUND = 11.5;
/** Likelihood of "worse than the siblings" over "like them", as a logarithm: ten thousand to one. */
const CONTRAST = Math.log(10_000);

interface Suspicion {
  /** Of the sequential test; 0 begins a new stretch of counting. */
  score: number;
  sent: number;
  lost: number;
  siblingsSent: number;
  siblingsLost: number;
  suspected: boolean;
}

/** Names of the mixes of the three layers. */
export type Mixes = readonly [readonly string[], readonly string[], readonly string[]];

export class LoopWatch {
  private readonly relays = new Map<string, Suspicion>();

  /** One of these is suspected now. */
  explains(path: readonly string[]): boolean {
    return path.some((relay) => this.relays.get(relay)?.suspected === true);
  }

  get suspects(): string[] {
    return [...this.relays].filter(([, { suspected }]) => suspected).map(([relay]) => relay);
  }

  /**
   * A loop through `path` (a mix of each layer) came back or was lost.
   * @param mixes all mixes of the document it was built with
   * @returns the relay that this one made a suspect, or null
   */
  note(path: readonly string[], mixes: Mixes, back: boolean): string | null {
    this.forgetOthers(mixes);
    const suspects = path.filter((relay) => this.relays.get(relay)?.suspected === true);
    let found: string | null = null;
    for (const [layer, relay] of path.entries()) {
      // What a suspect explains is held against nobody else.
      if (!back && suspects.length > 0 && !suspects.includes(relay)) continue;
      for (const sibling of mixes[layer as 0 | 1 | 2]) {
        if (sibling === relay) continue;
        const state = this.of(sibling);
        state.siblingsSent += 1;
        if (!back) state.siblingsLost += 1;
      }
      if (this.count(this.of(relay), back)) found = relay;
    }
    return found;
  }

  private count(state: Suspicion, back: boolean): boolean {
    state.score = Math.min(BOUND, Math.max(0, state.score + (back ? BACK : LOST)));
    state.sent += 1;
    if (!back) state.lost += 1;
    if (state.suspected) {
      state.suspected = state.score > BOUND / 2;
    } else if (state.score >= BOUND && contrast(state) >= CONTRAST) {
      state.suspected = true;
      return true;
    }
    if (state.score === 0) Object.assign(state, FRESH);
    return false;
  }

  private of(relay: string): Suspicion {
    let state = this.relays.get(relay);
    if (state === undefined) {
      state = { ...FRESH };
      this.relays.set(relay, state);
    }
    return state;
  }

  private forgetOthers(mixes: Mixes): void {
    if (this.relays.size <= mixes[0].length + mixes[1].length + mixes[2].length) return;
    for (const relay of this.relays.keys()) {
      if (!mixes.some((layer) => layer.includes(relay))) this.relays.delete(relay);
    }
  }
}

const FRESH: Readonly<Suspicion> = {
  score: 0,
  sent: 0,
  lost: 0,
  siblingsSent: 0,
  siblingsLost: 0,
  suspected: false,
};

/** Logarithm of the likelihood ratio of two loss rates against one, 0 when it is not the worse. */
function contrast({ sent, lost, siblingsSent, siblingsLost }: Suspicion): number {
  if (siblingsSent === 0 || lost * siblingsSent <= siblingsLost * sent) return 0;
  const both = fit(lost + siblingsLost, sent + siblingsSent);
  return fit(lost, sent) + fit(siblingsLost, siblingsSent) - both;
}

/** Log-likelihood of k losses in n at the best rate. */
function fit(k: number, n: number): number {
  const term = (x: number): number => (x === 0 ? 0 : x * Math.log(x / n));
  return term(k) + term(n - k);
}
