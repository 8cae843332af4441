/** Layer 2: the onion. Pure: bytes, keys, time and randomness in; bytes out. */
export {
  buildFromLayer,
  createLoopBuilder,
  createPacketBuilder,
  type LoopPath,
  loopReplyBlock,
} from './build.ts';
export { createPacketInjector } from './edge.ts';
export { GEOMETRY, liveHeader } from './geometry.ts';
export { REPLAY_CAPACITY_MAX, REPLAY_EPOCHS_MAX } from './limits.ts';
export {
  type CountingOpener,
  checkPrefix,
  createPacketOpener,
  type OpenerOptions,
} from './open.ts';
export { EpochReplayGuard, type ReplayGuardOptions } from './replay-guard.ts';
export { ReplaySet, replaySetBytes } from './replay-set.ts';
export { epochOfBlock, firstRelayOf } from './reply-block.ts';
export {
  type DocumentHash,
  DROP_REASONS,
  type DropReason,
  type EpochKeys,
  type EpochSecret,
  type EpochView,
  type EpochViews,
  type Frame,
  type Hop,
  type Injection,
  type LoopBuilder,
  type MixLoop,
  type Opened,
  type PacketBuilder,
  type PacketInjector,
  type PacketOpener,
  type Path,
  type ReplayGuard,
  type ReplyBlock,
  type ReplyId,
  type ReplyKeys,
} from './types.ts';
