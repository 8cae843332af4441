/** Which onion a world runs on: the model (fast) or the real one (slow, for comparison). */
import { type DocumentBook, epochStart, relayIndex, type VerifiedDocument } from '@tacet/directory';
import type { LoopBuilder, PacketBuilder, PacketInjector, PacketOpener } from '@tacet/onion';
import type { TestNetwork, TestRelay } from '@tacet/testkit';
import { modelBuilder, modelLoopBuilder, modelOpener } from './model-onion.ts';

export interface Onion {
  readonly builder: PacketBuilder;
  readonly loops: LoopBuilder;
  /** One relay's side, over the documents it holds. */
  opener(relay: TestRelay, book: DocumentBook): PacketOpener & PacketInjector;
}

export function modelledOnion(network: TestNetwork): Onion {
  const { parameters } = network;
  return {
    builder: modelBuilder(),
    loops: modelLoopBuilder(),
    opener: (relay, book) => {
      let seen: VerifiedDocument | null = null;
      let index: number | null = null;
      return modelOpener({
        placeOf: (epoch) => {
          const verified = book.inForce(epoch);
          if (verified === null) return null;
          if (verified !== seen) index = relayIndex(verified, relay.hash);
          seen = verified;
          return index === null ? null : { index, hash: verified.hash };
        },
        accepts: (epoch, now) =>
          now >= epochStart(parameters, epoch) - parameters.graceMs &&
          now < epochStart(parameters, epoch + 1) + parameters.graceMs,
      });
    },
  };
}
