/**
 * What an idle slot sends (2.3): a read of three recent marks of one uniformly drawn edge, or, in
 * two of a hundred, a throw-away box that is later read back through the digest and erased like a
 * real one. Nothing of it is saved: after a restart nobody needs it.
 */
import { MINUTE, type Millis, pick, type Rng, randomBytes, randomInt } from '@tacet/base';
import { type Digest, type Mark, openRecord, sealRecord, signTombstone } from '@tacet/wire';
import { keyOf } from '../network/keys.ts';
import type { Network } from '../network/network.ts';
import type { Plan, PlanSource } from '../rhythm/plan.ts';
import { type BoxSecret, boxFrom } from '../streams/chain.ts';
import { encodeBoxContent } from '../streams/parts.ts';
import { threeMarks } from './reads.ts';

/** Cover boxes waiting to be read back; the oldest gives way. */
const MAX_COVER_BOXES = 64;

export class Cover implements PlanSource {
  private readonly rng: Rng;
  private readonly network: () => Network | null;
  private readonly written = new Map<number, BoxSecret>();
  private readonly follow: { readonly notBefore: Millis; readonly plan: () => Plan }[] = [];

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
    const key = keyOf(edge);
    const draw = (): Mark => network.marks.draw(key);
    return {
      what: 'cover',
      edge,
      request: { kind: 'get', marks: [draw(), draw(), draw()], waitMs: 0 },
      retry: false,
      settle: () => undefined,
    };
  }

  private put(network: Network, now: Millis): Plan | null {
    const current = network.current(now);
    if (current === null) return null;
    const box = boxFrom(randomBytes(this.rng, 32), randomBytes(this.rng, 32));
    const [edge] = network.places(current, box.mark);
    const record = sealRecord(box, network.id, encodeBoxContent({ kind: 'cover' }));
    return {
      what: 'cover-put',
      edge,
      request: { kind: 'put', record },
      retry: false,
      settle: (answer) => {
        if (answer?.status !== 'stored') return;
        if (this.written.size >= MAX_COVER_BOXES) {
          const oldest = this.written.keys().next().value;
          if (oldest !== undefined) this.written.delete(oldest);
        }
        this.written.set(keyOf(box.mark), box);
      },
    };
  }

  /** Reads a cover box back in a slot soon, as a real one would be. */
  onDigest(digest: Digest, now: Millis): void {
    if (this.written.size === 0) return;
    for (const mark of digest.marks) {
      const box = this.written.get(keyOf(mark));
      if (box === undefined) continue;
      this.written.delete(keyOf(mark));
      this.follow.push({ notBefore: now, plan: () => this.read(digest, box) });
    }
  }

  private read(digest: Digest, box: BoxSecret): Plan {
    const network = this.network();
    if (network === null) throw new RangeError('cover read without a network');
    const { marks, at } = threeMarks(this.rng, network, digest.edge, box.mark);
    return {
      what: 'cover',
      edge: digest.edge,
      request: { kind: 'get', marks, waitMs: 0 },
      retry: false,
      settle: (answer, now) => {
        if (answer?.status !== 'read') return;
        if (openRecord(box, network.id, answer.records[at] as never) === null) return;
        this.follow.push({
          notBefore: now + 5 * MINUTE,
          plan: () => ({
            what: 'cover',
            edge: digest.edge,
            request: {
              kind: 'tombstone',
              id: box.id,
              signature: signTombstone(box.seed, network.id),
            },
            retry: false,
            settle: () => undefined,
          }),
        });
        this.follow.sort((a, b) => a.notBefore - b.notBefore);
      },
    };
  }
}
