/** The least that talks to an edge: a link, packets on the grid, replies opened, digests read. */
import { concat, hex, type Millis, randomBytes } from '@tacet/base';
import { edKeyPair, systemRng } from '@tacet/crypto';
import {
  type DocumentBook,
  drawPath,
  placement,
  type RelayHash,
  verifyDocument,
} from '@tacet/directory';
import { createPacketBuilder, type Frame, type ReplyId, type ReplyKeys } from '@tacet/onion';
import type { LinkHandle } from '@tacet/relay';
import {
  BOX_PLAINTEXT,
  type BoxAnswer,
  type BoxId,
  type BoxRequest,
  BroadcastReader,
  type DownFrame,
  decodeAnswer,
  decodeUp,
  encodeRequest,
  encodeUp,
  type Mark,
  markKey,
  markOf,
  type SignedDigest,
  sealRecord,
  verifyDigest,
  type Welcome,
} from '@tacet/wire';
import type { EdgeNode, VirtualNetwork } from './virtual-network.ts';

export interface Answered {
  readonly at: Millis;
  readonly answer: BoxAnswer;
}

export class TestClient {
  readonly welcome: Welcome;
  readonly book: DocumentBook;
  readonly digests: SignedDigest[] = [];
  readonly documents: Uint8Array[] = [];
  /** Replies to packets that a test built by hand. */
  unexpected = 0;
  readonly downs: { at: Millis; reply: boolean }[] = [];
  private readonly net: VirtualNetwork;
  readonly edge: EdgeNode;
  readonly link: LinkHandle;
  private readonly builder = createPacketBuilder(systemRng);
  private readonly reader = new BroadcastReader();
  private readonly waiting = new Map<string, { keys: ReplyKeys; done: (a: Answered) => void }>();

  constructor(
    net: VirtualNetwork,
    edge: EdgeNode,
    options: { link: LinkHandle; resume?: Uint8Array; joinSecret?: Uint8Array; slotMs?: Millis },
  ) {
    this.net = net;
    this.edge = edge;
    this.link = options.link;
    this.book = net.network.book();
    edge.down.set(options.link, (frame, now) => this.onDown(frame, now));
    const welcome = edge.machine.onHello(
      options.link,
      {
        joinSecret: options.joinSecret ?? net.network.card.joinSecret,
        resume: options.resume ?? new Uint8Array(8),
        slotMs: options.slotMs ?? net.network.parameters.slotMs,
      },
      net.now,
    );
    if (welcome === null) throw new RangeError('not welcome');
    this.welcome = welcome;
  }

  /** A request packet for `to`, and where its answer will be. */
  packet(to: RelayHash, request: BoxRequest, replyDelayMs = 0) {
    const building = this.book.forBuilding(this.net.now);
    if (building === null) throw new RangeError('no document to build with');
    const { verified, epoch } = building;
    const out = drawPath(systemRng, verified, epoch, { last: to, lastDelayMs: replyDelayMs });
    const back = drawPath(systemRng, verified, epoch, { last: this.edge.relay.hash });
    const replyId = concat(this.welcome.handle, randomBytes(systemRng, 8)) as ReplyId;
    const { block, keys } = this.builder.replyBlock(withoutLast(back), replyId);
    const frame = this.builder.request(out, encodeRequest(request), block);
    const result: Answered[] = [];
    this.waiting.set(hex(replyId), { keys, done: (answered) => result.push(answered) });
    return { frame, out, back, result, replyId };
  }

  send(frame: Frame): void {
    const bytes = encodeUp({ kind: 'packet', frame }, systemRng);
    this.edge.machine.onUp(this.link, decodeUp(bytes), this.net.now);
  }

  /** Sends now and runs the network until the answer is there. */
  ask(to: RelayHash, request: BoxRequest, within: Millis = 30_000): Answered {
    const { frame, result } = this.packet(to, request);
    this.send(frame);
    const limit = this.net.now + within;
    while (result.length === 0 && this.net.now < limit) this.net.run(this.net.now + 50);
    const answered = result[0];
    if (answered === undefined) throw new RangeError('no answer');
    return answered;
  }

  /** Digest marks seen so far. */
  get marks(): Set<bigint> {
    return new Set(this.digests.flatMap(({ digest }) => digest.marks.map(markKey)));
  }

  private onDown({ reply, broadcast }: DownFrame, at: Millis): void {
    this.downs.push({ at, reply: reply !== null });
    for (const item of this.reader.take(broadcast)) {
      if (item.kind === 'document') {
        verifyDocument(item.bytes, this.net.network.trust);
        this.documents.push(item.bytes);
        continue;
      }
      const verified = this.book.newest();
      const digest = verified && verifyDigest(item.bytes, verified);
      if (!digest) throw new RangeError('an edge broadcast a digest that does not verify');
      this.digests.push(digest);
    }
    if (reply === null) return;
    const key = hex(reply.replyId);
    const waiting = this.waiting.get(key);
    if (waiting === undefined) {
      this.unexpected += 1;
      return;
    }
    this.waiting.delete(key);
    const data = this.builder.openReply(waiting.keys, reply.payload);
    if (data === null) throw new RangeError('a reply that does not open');
    waiting.done({ at, answer: decodeAnswer(data) });
  }
}

/** The own edge hands a reply over at once: its hop carries no delay. */
function withoutLast<P extends { hops: readonly [unknown, unknown, unknown, { delayMs: number }] }>(
  path: P,
): P {
  const [a, b, c, last] = path.hops;
  return { ...path, hops: [a, b, c, { ...last, delayMs: 0 }] };
}

export interface TestBox {
  readonly seed: Uint8Array;
  readonly key: Uint8Array;
  readonly id: BoxId;
  readonly mark: Mark;
  readonly homes: readonly [RelayHash, RelayHash];
  record(text?: number): ReturnType<typeof sealRecord>;
}

export function makeBox(net: VirtualNetwork): TestBox {
  const seed = randomBytes(systemRng, 32);
  const key = randomBytes(systemRng, 32);
  const id = edKeyPair(seed).publicKey as BoxId;
  const { verified, document } = net.network;
  const plaintext = (fill: number) => new Uint8Array(BOX_PLAINTEXT).fill(fill);
  return {
    seed,
    key,
    id,
    mark: markOf(id),
    homes: placement(verified, markOf(id)),
    record: (fill = 7) => sealRecord({ seed, key }, document.networkId, plaintext(fill)),
  };
}

export const randomMark = (): Mark => randomBytes(systemRng, 8) as Mark;
