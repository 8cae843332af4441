/** Production clients over a box layer as bad as it may be, in virtual time. Never shipped. */
export { Layer, type LayerState, type Listener, NETWORK, type Trouble } from './layer.ts';
export { pass } from './pass.ts';
export { ModelPerson, type PersonOptions } from './person.ts';
export { meaningOf, type PlainRequest, plainBuilder } from './plain-builder.ts';
export { CRASH_POINTS, Crash, type CrashPoint, CrashStore, type Fault } from './store.ts';
export { Tally } from './tally.ts';
