/** Repeatable randomness, a clock that tests move, and ready-made networks. Never shipped. */
export { FakeClock } from './clock.ts';
export { checkDecoder, type DecoderUnderTest } from './decoder.ts';
export { emptyProfile } from './empty-profile.ts';
export { epochKeys } from './epoch-keys.ts';
export { createFakeSession } from './fake-session.ts';
export { MemoryCells } from './memory-cells.ts';
export { MemoryStore } from './memory-store.ts';
export {
  makeTestNetwork,
  TEST_NOW,
  type TestNetwork,
  type TestNetworkOptions,
  type TestRelay,
} from './network.ts';
export { type SeededRng, seededRng } from './rng.ts';
export { STATE_RANK } from './states.ts';
