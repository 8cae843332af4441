/** Repeatable randomness, a clock that tests move, and ready-made networks. Never shipped. */
export { FakeClock } from './clock.ts';
export { createFakeSession } from './fake-session.ts';
export { type SeededRng, seededRng } from './rng.ts';
