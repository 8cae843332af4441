/** Layer 2: what stands inside frames: records, requests, answers, digests, link frames. */
export { decodeAnswer, encodeAnswer, type ReadAnswer } from './answer.ts';
export { type BroadcastNamer, broadcastItemId, packBroadcast } from './broadcast.ts';
export { type BroadcastCounter, BroadcastReader } from './broadcast-reader.ts';
export { decodeDown, decodeUp, encodeDown, encodeUp, writeDown } from './client-link.ts';
export { DIGEST_STEP, decodeDigest, encodeDigestBody } from './digest.ts';
export { classOf, type FrameClass, WIRE_VERSION } from './frame.ts';
export {
  decodeGreeting,
  decodeHello,
  decodeWelcome,
  encodeGreeting,
  encodeHello,
  encodeWelcome,
  HANDLE,
} from './handshake.ts';
export {
  MAX_BROADCAST_ITEM,
  MAX_BROADCAST_REMEMBERED,
  MAX_BROADCAST_UNFINISHED,
  MAX_BROADCAST_UNFINISHED_BYTES,
  MAX_DIGEST_CACHE,
  MAX_DIGEST_MARKS,
  MAX_DIGEST_SEEN,
  MAX_PROOF,
} from './limits.ts';
export { markKey, markOf } from './mark.ts';
export { packedMarks } from './packed-marks.ts';
export { openRecord, sealRecord, verifyRecord } from './record.ts';
export { decodeRelayFrame, digestFrames, encodeRelayFrame } from './relay-link.ts';
export { decodeRequest, encodeRequest } from './request.ts';
export { SameBytes } from './same-bytes.ts';
export {
  DigestCache,
  type DigestSigner,
  type DigestVerifier,
  digestHash,
  signDigest,
  verifyDigest,
} from './signed-digest.ts';
export {
  ANSWER_LENGTH,
  BOX_ID,
  BOX_PLAINTEXT,
  BOX_RECORD,
  BROADCAST_PAGE,
  FRAME_LENGTH,
  MARK,
  PAYLOAD_LENGTH,
  PREFIX_LENGTH,
  REPLY_ID,
  REQUEST_MAX,
} from './sizes.ts';
export { signTombstone, verifyTombstone } from './tombstone.ts';
export type {
  BoxAnswer,
  BoxId,
  BoxRecord,
  BoxRequest,
  BroadcastItem,
  Digest,
  DownFrame,
  Greeting,
  Hello,
  Mark,
  RelayFrame,
  SignedDigest,
  UpFrame,
  Welcome,
} from './types.ts';
