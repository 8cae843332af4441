/** A mix without an onion: its loops are handles, which a test may see and send back. */
import type { Rng } from '@tacet/base';
import type { LoopBuilder, MixLoop } from '@tacet/onion';
import { MixMachine, type MixOptions } from '@tacet/relay';
import { seededRng, type TestNetwork } from '@tacet/testkit';

export interface TestMix {
  readonly mix: MixMachine;
  /** Every loop it made, newest last. */
  readonly loops: MixLoop[];
}

export function makeMix(
  network: TestNetwork,
  options: Partial<MixOptions> & { readonly seed?: string; readonly rng?: Rng } = {},
): TestMix {
  const loops: MixLoop[] = [];
  const builder: LoopBuilder = {
    loop(loop) {
      loops.push(loop);
      return { epoch: loop.epoch, next: loop.out[0]?.index ?? -1, packet: new Uint8Array(1) };
    },
  };
  const layer = options.layer ?? 1;
  const relay = network.relays.find((one) => one.layer === layer);
  if (relay === undefined) throw new RangeError('no mix in that layer');
  const { book = network.book(), rng = seededRng(options.seed ?? 'mix'), limits } = options;
  const mix = new MixMachine({
    book,
    layer,
    self: relay.hash,
    rng,
    builder,
    ...(limits === undefined ? {} : { limits }),
  });
  return { mix, loops };
}
