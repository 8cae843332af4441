/**
 * Frames in the slots of a client link (docs/spec/03-links.md, 4 and 5). Up: a packet, passed
 * on as it is, or a rate. Down: one shape only, whether it carries a reply or not.
 */
import { isZero, malformed, type Rng } from '@tacet/base';
import type { ReplyId } from '@tacet/onion';
import { beginFrame, CODE, classOf, fillRest, openFrame } from './frame.ts';
import { requireInteger, requireLength, wireRange } from './range.ts';
import { BROADCAST_PAGE, FRAME_LENGTH, PAYLOAD_LENGTH, PREFIX_LENGTH, REPLY_ID } from './sizes.ts';
import type { DownFrame, UpFrame } from './types.ts';

const RATE_FILL = FRAME_LENGTH - PREFIX_LENGTH - 4;

/** A packet frame is returned as it is, not copied. */
export function encodeUp(up: UpFrame, rng: Rng): Uint8Array {
  if (up.kind === 'packet') {
    if (classOf(up.frame) !== 'client') throw wireRange('packet');
    return up.frame;
  }
  requireInteger(up.slotMs, 0xffff_ffff, 'slot');
  return fillRest(beginFrame(CODE.rate).u32(up.slotMs), RATE_FILL, rng);
}

/** `frame` of a packet is the input itself. */
export function decodeUp(frame: Uint8Array): UpFrame {
  switch (classOf(frame)) {
    case 'client':
      return { kind: 'packet', frame };
    case 'rate':
      return { kind: 'rate', slotMs: openFrame(frame, 'rate').u32() };
    default:
      throw malformed('frame');
  }
}

/** Without a reply: a zero reply id and a random payload. */
export function encodeDown(down: DownFrame, rng: Rng): Uint8Array {
  requireLength(down.broadcast, BROADCAST_PAGE, 'broadcast');
  const writer = beginFrame(0);
  if (down.reply === null) {
    return fillRest(writer.skip(REPLY_ID).put(down.broadcast), PAYLOAD_LENGTH, rng);
  }
  const { replyId, payload } = down.reply;
  requireLength(replyId, REPLY_ID, 'reply id');
  requireLength(payload, PAYLOAD_LENGTH, 'payload');
  if (isZero(replyId)) throw wireRange('reply id');
  return writer.put(replyId).put(down.broadcast).put(payload).done();
}

/** Everything but the reply id is a view into `frame`. */
export function decodeDown(frame: Uint8Array): DownFrame {
  if (classOf(frame) !== 'client') throw malformed('frame');
  const reader = openFrame(frame, 'frame');
  const replyId = reader.copy(REPLY_ID) as ReplyId;
  const broadcast = reader.slice(BROADCAST_PAGE);
  const payload = reader.slice(PAYLOAD_LENGTH);
  reader.end();
  return { reply: isZero(replyId) ? null : { replyId, payload }, broadcast };
}
