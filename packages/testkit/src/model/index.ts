/** Production clients over a box layer as bad as it may be, in virtual time. Never shipped. */
export { CRASH_POINTS, Crash, type CrashPoint } from './crash.ts';
export { Layer, type LayerState, type Listener, NETWORK, type Trouble } from './layer.ts';
export { NamedPoints } from './named-points.ts';
export { pass } from './pass.ts';
export { ModelPerson, type PersonOptions } from './person.ts';
export { meaningOf, type PlainRequest, plainBuilder } from './plain-builder.ts';
export { CrashStore, type Fault } from './store.ts';
export { Tally } from './tally.ts';
