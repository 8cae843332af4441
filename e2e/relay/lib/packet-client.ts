/**
 * The least a client can be: a link to an edge, real packets, answers. No cover, no streams, no
 * retries: it shows what relays do, frame by frame.
 */
import { dialEdge, type EdgeLink } from '@tacet/adapters/link-ws';
import { concat, hex, randomBytes } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import {
  DocumentBook,
  decodeCard,
  drawPath,
  type NetworkCard,
  pathDelay,
  placement,
  type RelayHash,
  type VerifiedDocument,
} from '@tacet/directory';
import { createPacketBuilder, type Frame, type ReplyId, type ReplyKeys } from '@tacet/onion';
import {
  type BoxAnswer,
  type BoxRequest,
  BroadcastReader,
  type DownFrame,
  decodeAnswer,
  encodeRequest,
  type Mark,
  markKey,
  verifyDigest,
} from '@tacet/wire';

export interface Outcome {
  readonly answer: BoxAnswer;
  /** From the write of the request to the reply's frame. */
  readonly tookMs: number;
  /** Waits that the client drew for both ways. */
  readonly drawnMs: number;
}

interface Waiting {
  readonly keys: ReplyKeys;
  readonly at: number;
  readonly drawnMs: number;
  readonly resolve: (outcome: Outcome) => void;
}

export class PacketClient {
  readonly card: NetworkCard;
  readonly book: DocumentBook;
  readonly own: RelayHash;
  readonly link: EdgeLink;
  /** Marks of all digests seen, with the edge that signed. */
  readonly marks = new Map<bigint, RelayHash>();
  /** Number of the digest that named it. */
  readonly digestOf = new Map<bigint, number>();
  replies = 0;
  private readonly builder = createPacketBuilder(systemRng);
  private readonly reader = new BroadcastReader();
  private readonly waiting = new Map<string, Waiting>();
  private watchers: (() => void)[] = [];
  private nextSlot = 0;

  /** @param edge which of the card's edges is its own. */
  static async join(cardText: string, edge: number): Promise<PacketClient> {
    const card = decodeCard(cardText);
    const { address, relay } = card.edges[edge] ?? card.edges[0] ?? { address: '' };
    if (relay === undefined) throw new RangeError('a card without edges');
    const hello = { joinSecret: card.joinSecret, resume: new Uint8Array(8), slotMs: 0 };
    const link = await dialEdge({
      address,
      relay,
      hello,
      now: Date.now(),
      socks: null,
      rng: systemRng,
    });
    return new PacketClient(card, relay, link);
  }

  private constructor(card: NetworkCard, own: RelayHash, link: EdgeLink) {
    this.card = card;
    this.own = own;
    this.link = link;
    this.book = new DocumentBook(card);
    link.onDown((frame) => this.onDown(frame));
  }

  /** Resolves once `holds`; checked after each frame down. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.watchers.push(resolve));
  }

  async document(): Promise<VerifiedDocument> {
    await this.until(() => this.book.forBuilding(Date.now()) !== null);
    return this.now().verified;
  }

  home(mark: Mark): readonly [RelayHash, RelayHash] {
    return placement(this.now().verified, mark);
  }

  hasSeen(mark: Mark): boolean {
    return this.marks.has(markKey(mark));
  }

  /** Sends in the next free slot of the grid. */
  async ask(edge: RelayHash, request: BoxRequest): Promise<Outcome> {
    return (await this.send(edge, request)).outcome;
  }

  /** The same, with the frame that was sent; does not wait for the answer. */
  async send(
    edge: RelayHash,
    request: BoxRequest,
  ): Promise<{ readonly frame: Frame; readonly outcome: Promise<Outcome> }> {
    // First, for those who wait in line: keys of the epoch in which it goes.
    await this.slot();
    const { verified, epoch } = this.now();
    const out = drawPath(systemRng, verified, epoch, { last: edge });
    const back = drawPath(systemRng, verified, epoch, { last: this.own, lastDelayMs: 0 });
    const replyId = concat(this.link.welcome.handle, randomBytes(systemRng, 8)) as ReplyId;
    const { block, keys } = this.builder.replyBlock(back, replyId);
    const frame = this.builder.request(out, encodeRequest(request), block);
    const drawnMs = pathDelay(out) + pathDelay(back);
    const outcome = new Promise<Outcome>((resolve) => {
      this.waiting.set(hex(replyId), { keys, at: performance.now(), drawnMs, resolve });
    });
    this.link.send({ kind: 'packet', frame });
    return { frame, outcome };
  }

  /** A frame that was sent before, once more: a replay. */
  async sendAgain(frame: Frame): Promise<void> {
    await this.slot();
    this.link.send({ kind: 'packet', frame });
  }

  close(): void {
    this.link.close();
  }

  private async slot(): Promise<void> {
    const slot = Math.max(this.nextSlot, performance.now());
    this.nextSlot = slot + this.now().verified.document.parameters.slotMs;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, slot - performance.now())));
  }

  private now() {
    const now = this.book.forBuilding(Date.now());
    if (now === null) throw new RangeError('no document yet');
    return now;
  }

  private onDown(frame: DownFrame): void {
    for (const item of this.reader.take(frame.broadcast)) {
      if (item.kind === 'document') this.book.add(item.bytes);
      else this.onDigest(item.bytes);
    }
    if (frame.reply !== null) this.onReply(frame.reply);
    const watchers = this.watchers;
    this.watchers = [];
    for (const watcher of watchers) watcher();
  }

  private onDigest(bytes: Uint8Array): void {
    const current = this.book.forBuilding(Date.now());
    const signed = current && verifyDigest(bytes, current.verified);
    for (const mark of signed?.digest.marks ?? []) {
      this.marks.set(markKey(mark), signed?.digest.edge ?? this.own);
      this.digestOf.set(markKey(mark), signed?.digest.number ?? 0);
    }
  }

  private onReply({ replyId, payload }: NonNullable<DownFrame['reply']>): void {
    this.replies += 1;
    const waiting = this.waiting.get(hex(replyId));
    const data = waiting && this.builder.openReply(waiting.keys, payload);
    if (waiting === undefined || !data) return;
    this.waiting.delete(hex(replyId));
    const { at, drawnMs, resolve } = waiting;
    resolve({ answer: decodeAnswer(data), tookMs: performance.now() - at, drawnMs });
  }
}
