/**
 * What an idle slot sends (docs/spec/04-mixing.md, 7): a read of three recent marks of one
 * uniformly drawn edge, or, in two of a hundred, a throw-away box that lives as a real one does:
 * second copy, read back through the digest, erased at both edges. Nothing of it is saved: after a
 * restart nobody needs it.
 */
import {
  equalBytes,
  type Millis,
  pick,
  type Rng,
  randomBetween,
  randomBytes,
  randomInt,
} from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import { type BoxRecord, type Digest, openRecord, sealRecord, signTombstone } from '@tacet/wire';
import { keyOf } from '../network/keys.ts';
import type { Network } from '../network/network.ts';
import type { Plan, PlanSource } from '../rhythm/plan.ts';
import { type BoxSecret, boxFrom } from '../streams/chain.ts';
import { encodeBoxContent } from '../streams/parts.ts';
import { coverMark, threeMarks } from './reads.ts';
import { ERASE_AFTER } from './tombstones.ts';

/** Cover boxes waiting to be read back; the oldest gives way. */
const MAX_COVER_BOXES = 64;

interface Later {
  readonly notBefore: Millis;
  readonly plan: () => Plan;
}

export class Cover implements PlanSource {
  private readonly rng: Rng;
  private readonly network: () => Network | null;
  private readonly written = new Map<number, BoxSecret>();
  /** In order of their moment. */
  private readonly follow: Later[] = [];

  constructor(rng: Rng, network: () => Network | null) {
    this.rng = rng;
    this.network = network;
  }

  next(now: Millis): Plan | null {
    const network = this.network();
    const current = network?.current(now) ?? null;
    if (network === null || current === null) return null;
    const due = this.follow[0];
    if (due !== undefined && due.notBefore <= now) {
      this.follow.shift();
      return due.plan();
    }
    if (randomInt(this.rng, 1_000) < current.parameters.coverPutPermille) {
      return this.put(network, now);
    }
    const edge = pick(this.rng, network.edges(current));
    const first = coverMark(network, edge, []);
    const second = coverMark(network, edge, [first]);
    const third = coverMark(network, edge, [first, second]);
    return plan(edge, { kind: 'get', marks: [first, second, third], waitMs: 0 });
  }

  private later(notBefore: Millis, make: () => Plan): void {
    const at = this.follow.findIndex((one) => one.notBefore > notBefore);
    const entry = { notBefore, plan: make };
    if (at < 0) this.follow.push(entry);
    else this.follow.splice(at, 0, entry);
  }

  private put(network: Network, now: Millis): Plan | null {
    const current = network.current(now);
    if (current === null) return null;
    const box = boxFrom(randomBytes(this.rng, 32), randomBytes(this.rng, 32));
    const [first, second] = network.places(current, box.mark);
    const record = sealRecord(box, network.id, encodeBoxContent({ kind: 'cover' }));
    const { secondCopyMinMs, secondCopyMaxMs } = current.parameters;
    return this.copy(first, record, (then) => {
      if (this.written.size >= MAX_COVER_BOXES) {
        const oldest = this.written.keys().next().value;
        if (oldest !== undefined) this.written.delete(oldest);
      }
      this.written.set(keyOf(box.mark), box);
      if (equalBytes(first, second)) return;
      // Digests are public: a box that stands in one of them only would be known for cover.
      const pause = randomBetween(this.rng, secondCopyMinMs, secondCopyMaxMs);
      this.later(then + pause, () => this.copy(second, record, () => undefined));
    });
  }

  private copy(edge: RelayHash, record: BoxRecord, onStored: (now: Millis) => void): Plan {
    return plan(edge, { kind: 'put', record }, 'cover-put', (answer, now) => {
      if (answer?.status === 'stored') onStored(now);
    });
  }

  /** Reads a cover box back in a slot soon, as a real one would be. */
  onDigest(digest: Digest, now: Millis): void {
    if (this.written.size === 0) return;
    for (const mark of digest.marks) {
      const box = this.written.get(keyOf(mark));
      if (box === undefined) continue;
      this.written.delete(keyOf(mark));
      this.later(now, () => this.read(digest, box));
    }
  }

  private read(digest: Digest, box: BoxSecret): Plan {
    const network = this.network();
    if (network === null) throw new RangeError('cover read without a network');
    const { marks, at } = threeMarks(this.rng, network, digest.edge, box.mark);
    return plan(digest.edge, { kind: 'get', marks, waitMs: 0 }, 'cover', (answer, now) => {
      if (answer?.status !== 'read') return;
      if (openRecord(box, network.id, answer.records[at] as BoxRecord) === null) return;
      const current = network.current(now);
      if (current === null) return;
      const [first, second] = network.places(current, box.mark);
      this.later(now + randomBetween(this.rng, ...ERASE_AFTER), () =>
        this.erase(network, box, first, equalBytes(first, second) ? null : second),
      );
    });
  }

  private erase(network: Network, box: BoxSecret, edge: RelayHash, other: RelayHash | null): Plan {
    const signature = signTombstone(box.seed, network.id);
    return plan(edge, { kind: 'tombstone', id: box.id, signature }, 'cover', (_answer, now) => {
      if (other !== null) this.later(now, () => this.erase(network, box, other, null));
    });
  }
}

function plan(
  edge: RelayHash,
  request: Plan['request'],
  what: 'cover' | 'cover-put' = 'cover',
  settle: Plan['settle'] = () => undefined,
): Plan {
  return { what, edge, request, retry: false, settle };
}
