/**
 * One idle client of a crowd: a real link, and in every slot a cover read as a daemon sends it, or,
 * where building them all is too much for the machine, a packet that its first mix drops.
 */
import { dialEdge, type EdgeLink } from '@tacet/adapters/link-ws';
import {
  concat,
  type Millis,
  pick,
  randomBetween,
  randomBytes,
  randomUnit,
  u16,
  u32,
} from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { type DocumentBook, drawPath, edgesOf, type RelayHash } from '@tacet/directory';
import { createPacketBuilder, type ReplyId } from '@tacet/onion';
import { encodeRequest, type Hello, type Mark } from '@tacet/wire';

const builder = createPacketBuilder(systemRng);
const EMPTY = new Uint8Array(8);

export interface Place {
  readonly address: string;
  readonly relay: RelayHash;
  readonly joinSecret: Uint8Array;
  readonly slotMs: Millis;
  /** Share of slots with a real cover read. */
  readonly real: number;
}

/** One dial; throws what `dialEdge` throws. */
export function dial(place: Place): Promise<EdgeLink> {
  const { address, relay, joinSecret, slotMs } = place;
  const hello: Hello = { joinSecret, resume: EMPTY, slotMs };
  return dialEdge({ address, relay, hello, now: Date.now(), socks: null, rng: systemRng });
}

export class Member {
  framesDown = 0;
  framesUp = 0;
  replies = 0;
  closed = false;
  private readonly link: EdgeLink;
  private readonly place: Place;
  private readonly book: DocumentBook;
  private timer: NodeJS.Timeout | null = null;
  private next = 0;
  private arrivals: Millis[] = [];

  constructor(link: EdgeLink, place: Place, book: DocumentBook) {
    this.link = link;
    this.place = place;
    this.book = book;
    link.onDown(({ reply }) => {
      this.framesDown += 1;
      if (reply !== null) this.replies += 1;
      this.arrivals.push(performance.now());
    });
    link.onClose(() => {
      this.closed = true;
      this.stop();
    });
    this.next = performance.now() + randomBetween(systemRng, 0, place.slotMs);
    this.arm();
  }

  /** How much later than on its clock each frame down came since the last call. */
  takeLateness(): Millis[] {
    const half = this.place.slotMs / 2;
    const [first = 0] = this.arrivals;
    const off = this.arrivals.map((at) => at - first - Math.round((at - first) / half) * half);
    const least = Math.min(...off);
    this.arrivals = [];
    return off.map((value) => value - least);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.link.close();
  }

  private arm(): void {
    this.timer = setTimeout(
      () => {
        // Slots that this busy process slept through are gone, as a daemon's are.
        const { slotMs } = this.place;
        this.next += (1 + Math.floor(Math.max(0, performance.now() - this.next) / slotMs)) * slotMs;
        this.arm();
        const frame = this.cover();
        if (frame === null || this.closed) return;
        this.framesUp += 1;
        this.link.send({ kind: 'packet', frame });
      },
      Math.max(0, this.next - performance.now()),
    );
  }

  /** Three random marks of one edge, with a reply block, over fresh paths. */
  private cover(): Uint8Array | null {
    const building = this.book.forBuilding(Date.now());
    if (building === null) return null;
    const { verified, epoch } = building;
    const edge = pick(systemRng, edgesOf(verified));
    const out = drawPath(systemRng, verified, epoch, { last: edge });
    if (randomUnit(systemRng) >= this.place.real) return dying(epoch, out.hops[0].index);
    const back = drawPath(systemRng, verified, epoch, { last: this.place.relay, lastDelayMs: 0 });
    const replyId = concat(this.link.welcome.handle, randomBytes(systemRng, 8)) as ReplyId;
    const { block } = builder.replyBlock(back, replyId);
    const mark = (): Mark => randomBytes(systemRng, 8) as Mark;
    const marks = [mark(), mark(), mark()] as const;
    return builder.request(out, encodeRequest({ kind: 'get', marks, waitMs: 0 }), block);
  }
}

/** Costs an edge what a real packet costs on its way in; no reply comes back. */
function dying(epoch: number, mix: number): Uint8Array {
  const frame = randomBytes(systemRng, 12_288);
  frame.set(concat(Uint8Array.of(1, 0), u32(epoch), u16(mix)));
  return frame;
}
