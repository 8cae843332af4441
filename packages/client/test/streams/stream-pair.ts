/** Both ends of one stream over stores of their own, without a network between them. */
import { DAY, type Millis } from '@tacet/base';
import type { NetworkId } from '@tacet/directory';
import { type MemoryStore, seededRng } from '@tacet/testkit';
import { type BoxRecord, type Mark, markKey, sealRecord } from '@tacet/wire';
import { type Watch, WatchList } from '../../src/boxes/watches.ts';
import type { HealingOffer } from '../../src/content/envelope.ts';
import type { Network } from '../../src/network/network.ts';
import { encodeBoxContent } from '../../src/streams/parts.ts';
import { StreamReader } from '../../src/streams/reader.ts';
import { StreamWriter } from '../../src/streams/writer.ts';
import { migratedStore } from '../migrated-store.ts';

const ID = new Uint8Array(32).fill(5) as NetworkId;

export interface Written {
  readonly seq: number;
  readonly index: number;
  readonly mark: Mark;
  readonly record: BoxRecord;
}

export interface CaughtUp {
  readonly watch: Watch;
  readonly absent: ((now: Millis) => void) | null;
  readonly rank: number;
}

export function contactStore(): MemoryStore {
  const store = migratedStore();
  store.run(
    `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
     VALUES (1, 'bob', 'bob', 'link', 'ready', 0, 0)`,
  );
  return store;
}

export class StreamPair {
  now: Millis = 100 * DAY;
  readonly writerStore = contactStore();
  readonly readerStore = contactStore();
  readonly writer: StreamWriter;
  reader!: StreamReader;
  /** Sequences read, and those of them whose receipts have come. */
  readonly read = new Set<number>();
  readonly receipted = new Set<number>();
  readonly asked: number[] = [];
  /** Boxes asked for without an announcement, as a queue would keep them. */
  readonly caughtUp: CaughtUp[] = [];
  private watches!: WatchList;
  private readonly offers = new Map<number, HealingOffer>();
  private seq = 0;
  private announced: Watch | null = null;

  constructor(seed: string) {
    const root = new Uint8Array(32).fill(9);
    this.writer = new StreamWriter(this.writerStore, seededRng(seed));
    this.open();
    this.writer.begin(1, root, this.now);
    this.reader.begin(1, root, this.now);
  }

  /** The reader's program starts: what was not saved is gone. */
  open(): void {
    const network = { id: ID } as Network;
    this.watches = new WatchList(this.readerStore, () => network, {
      onAnnounced: (watch) => {
        this.announced = watch;
      },
      onRead: () => undefined,
    });
    this.reader = new StreamReader(
      this.readerStore,
      this.watches,
      (watch, _now, absent, rank = 0) => {
        this.asked.push(watch.index);
        if (this.caughtUp.some((one) => one.watch === watch)) return;
        this.caughtUp.push({ watch, absent, rank });
      },
      {
        onContent: (_contact, content) => {
          if (content.kind !== 'part') return;
          this.read.add(content.seq);
          const offer = this.offers.get(content.seq);
          if (offer !== undefined) this.reader.healing.onOffer(1, offer, this.now);
        },
        onSenseless: () => {
          throw new Error('senseless');
        },
      },
    );
  }

  write(): Written {
    const seq = ++this.seq;
    const offer = this.writer.healing.due(1, this.now);
    if (offer !== null) {
      this.offers.set(seq, offer);
      this.writer.healing.made(1, seq, offer);
    }
    return this.post(seq);
  }

  /** The same sequence in a new box. */
  post(seq: number): Written {
    const { index, box } = this.writer.allocate(1);
    const data = Uint8Array.of(1);
    const content = encodeBoxContent({ kind: 'part', seq, part: 0, parts: 1, data });
    return { seq, index, mark: box.mark, record: sealRecord(box, ID, content) };
  }

  beacon(): Written {
    const taken = this.writer.takeBeacon(1, this.now);
    if (taken === null) throw new Error('written today');
    const generation = this.writer.healing.generation(1);
    const { head } = taken;
    const content = encodeBoxContent({ kind: 'beacon', head, lowest: 0, generation });
    const record = sealRecord(taken.box, ID, content);
    return { seq: 0, index: head, mark: taken.box.mark, record };
  }

  /** False when the reader does not know this box. */
  deliver(written: Written): boolean {
    this.announced = null;
    const { mark, record } = written;
    const digest = { edge: new Uint8Array(32), number: 0, previous: ID, seen: [], marks: [mark] };
    this.watches.onDigest(digest as never, this.now);
    return this.announced !== null && this.watches.offer(this.announced, record, this.now);
  }

  receipt(seq: number): void {
    this.receipted.add(seq);
    this.writerStore.transaction(() => this.writer.healing.receipted(1, seq, this.now));
  }

  /** Secrets of boxes the reader waits for. */
  get waiting(): number {
    return this.watches.size;
  }

  outState(): { chain: Uint8Array; beacon: Uint8Array } {
    const row = this.writerStore.get('SELECT out_chain, out_beacon FROM contacts');
    return { chain: row?.['out_chain'] as Uint8Array, beacon: row?.['out_beacon'] as Uint8Array };
  }
}

export function keyOf(written: Written): string {
  return String(markKey(written.mark));
}
