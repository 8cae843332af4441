/** What a relay opens packets with: its book, its keys, a small replay set that is emptied when full. */
import { type Rng, randomInt } from '@tacet/base';
import type { DocumentBook } from '@tacet/directory';
import {
  createPacketOpener,
  type EpochKeys,
  EpochReplayGuard,
  type PacketOpener,
} from '@tacet/onion';
import { EpochViewer } from '@tacet/relay';
import type { TestNetwork, TestRelay } from '@tacet/testkit';

/** Tags of one epoch; so small that it is full again and again. */
const CAPACITY = 100;

export class OpenerNode {
  readonly relay: TestRelay;
  readonly book: DocumentBook;
  readonly opener: PacketOpener & ReturnType<typeof createPacketOpener>;
  private readonly guard: EpochReplayGuard;
  private readonly epoch: number;
  private readonly rng: Rng;

  constructor(network: TestNetwork, relay: TestRelay, rng: Rng) {
    this.relay = relay;
    this.rng = rng;
    this.epoch = network.document.epoch;
    this.book = network.book();
    const { parameters: schedule } = network;
    const viewer = new EpochViewer({ book: this.book, self: relay.hash, schedule });
    const secret = relay.kem(this.epoch);
    const keys: EpochKeys = {
      lookup: (epoch, now) => {
        const view = epoch === this.epoch ? viewer.lookup(epoch, now) : null;
        return view === null ? null : { ...view, secret };
      },
    };
    this.guard = new EpochReplayGuard({ capacity: CAPACITY, rng, log: 'none' });
    const { role, layer } = relay;
    this.opener = createPacketOpener({
      keys,
      replay: this.guard,
      rng,
      role,
      layer: role === 'edge' ? 4 : layer,
    });
  }

  /** Some time after the set is full, the packets of before are forgotten and good once more. */
  refresh(): void {
    const isFull = this.guard.size(this.epoch) >= CAPACITY;
    if (isFull && randomInt(this.rng, 8) === 0) this.guard.erase(this.epoch);
  }
}
