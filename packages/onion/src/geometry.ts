/**
 * Every length and offset of a packet (docs/spec/02-onion.md, 2). Nothing else in the project
 * writes these numbers down; offsets are relative to the start of a frame unless said otherwise.
 */
const LAYERS = 4;
const PREFIX = 8;
const KEM = 1_120;
const TAG = 16;
const ROUTING = 40;
const LAYER = KEM + TAG + ROUTING;
const HEADER = LAYERS * LAYER;
const PAYLOAD = 7_576;
const END_CHECK = 16;
const KEY_SEED = 32;
const REPLY_BLOCK = 2 + HEADER + KEY_SEED + 4;

export const GEOMETRY = {
  version: 1,
  layers: LAYERS,
  /** version u8 | layer u8 | epoch u32 | relay index u16 */
  prefix: PREFIX,
  kemCiphertext: KEM,
  tag: TAG,
  /** command u8 | flags u8 | next u16 | delay u32 | id 16 | payload MAC 16 */
  routing: ROUTING,
  layer: LAYER,
  header: HEADER,
  payload: PAYLOAD,
  payloadAt: PREFIX + HEADER,
  frame: PREFIX + HEADER + PAYLOAD,
  /** Zero bytes at the start of every payload plaintext. */
  endCheck: END_CHECK,
  keySeed: KEY_SEED,
  /** first relay u16 | header | key seed | epoch u32 */
  replyBlock: REPLY_BLOCK,
  /** end check 16 | flags and length u16 | reply block | data */
  requestData: PAYLOAD - END_CHECK - 2 - REPLY_BLOCK,
  /** end check 16 | data */
  replyData: PAYLOAD - END_CHECK,
  replyId: 16,
  replayTag: 8,
} as const;

/** Header bytes that mean something when a packet reaches `layer` (1..4); the rest is fill. */
export function liveHeader(layer: number): number {
  return (LAYERS + 1 - layer) * LAYER;
}
