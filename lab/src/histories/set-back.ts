/**
 * Stores that are put back to earlier copies of themselves, and whether that is noticed
 * (docs/spec/10-store.md, 7): where a box that follows the last one the copy knows still stands.
 */
import { ByteWriter, equalBytes } from '@tacet/base';
import type { ProfileStore } from '@tacet/client';
import { edKeyPair, hash } from '@tacet/crypto';
import type { Layer, ModelPerson } from '@tacet/testkit/model';
import { type BoxId, type BoxRecord, type Mark, markOf } from '@tacet/wire';
import type { Accepted } from './accepted.ts';

/** One person's store as it was, and which texts it knew of then. */
interface Copy {
  readonly bytes: Uint8Array;
  readonly known: ReadonlySet<string>;
  /** The boxes that follow the last own one. */
  readonly next: readonly Mark[];
  readonly losses: number;
}

interface Shown {
  readonly mark: Mark;
  readonly records: readonly BoxRecord[];
}

export class SetBack {
  private readonly person: ModelPerson;
  private readonly layer: Layer;
  private copy: Copy | null = null;
  /** Boxes that show, while they stand, that this store is behind. */
  private shown: readonly Shown[] = [];
  /** At edges, when the copy was made. */
  private losses = 0;
  /** Texts of an earlier time it was put back may still be shown as what they are not. */
  private wasBlind = false;
  /** One of these boxes stood at one edge only. */
  private half = false;
  /** It was put back. */
  happened = false;
  noticed = false;

  constructor(person: ModelPerson, layer: Layer) {
    this.person = person;
    this.layer = layer;
  }

  keep(): void {
    if (!this.person.up) return;
    const { machine, store } = this.person;
    const known = machine.messages({ contactId: '1', limit: 500 }).map(({ text }) => text);
    this.copy = {
      bytes: store.copy(),
      known: new Set(known),
      next: followers(store),
      losses: this.layer.losses,
    };
  }

  /** Puts the copy in the place of the store: what came since is gone there. */
  restore(from: 0 | 1, accepted: readonly Accepted[]): boolean {
    const { copy, person } = this;
    if (copy === null) return false;
    this.wasBlind = this.blind;
    this.happened = true;
    this.noticed = false;
    this.losses = copy.losses;
    const written = copy.next.map((mark) => ({ mark, records: this.layer.standing(mark) }));
    this.half = written.some(({ records }) => records.length === 1);
    this.shown = written.filter(({ records }) => records.length > 1);
    person.stop();
    person.store.restore(copy.bytes);
    for (const one of accepted) {
      if (!copy.known.has(one.text)) one.excused = true;
      else if (one.from === from) Object.assign(one, { rank: 0, facts: [] });
    }
    person.start();
    return true;
  }

  /**
   * What an edge lost meanwhile, or never had, may have been the only sign: a number used again then
   * means two texts, and who set the store back is told nothing.
   */
  get blind(): boolean {
    return this.wasBlind || (this.happened && (this.half || this.layer.losses > this.losses));
  }

  /** True the first time. */
  look(): boolean {
    if (!this.happened || this.noticed || !this.person.up) return false;
    this.noticed = this.person.machine.status(this.person.now).copiedAt !== null;
    return this.noticed;
  }

  /** It must be noticed, and was not yet. */
  get owed(): boolean {
    return this.happened && !this.noticed && this.shown.some((one) => this.stands(one));
  }

  /** Still what was written then, at each edge: not what the store that was put back wrote. */
  private stands({ mark, records }: Shown): boolean {
    const now = this.layer.standing(mark);
    return records.every((record, n) => now[n] !== undefined && equalBytes(now[n], record));
  }
}

/** Worked out anew from the page, not by the code under test. */
function followers(store: ProfileStore): readonly Mark[] {
  const last = store.get('SELECT slot, turn FROM own_boxes ORDER BY id DESC LIMIT 1');
  const secret = store.get("SELECT value FROM settings WHERE name = 'root-secret'")?.['value'];
  if (last === undefined || !(secret instanceof Uint8Array)) return [];
  const root = hash('own-root', secret);
  const [slot, turn] = [Number(last['slot']), Number(last['turn'])];
  return [
    [slot, turn + 1],
    [slot + 1, 0],
  ].map(([n = 0, t = 0]) => {
    const seed = hash('own-seed', root, new ByteWriter(12).u64(n).u32(t).bytes);
    return markOf(edKeyPair(seed).publicKey as BoxId);
  });
}
