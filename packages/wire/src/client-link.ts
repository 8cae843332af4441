/**
 * Frames in the slots of a client link (docs/spec/03-links.md, 4 and 5). Up: a packet, passed
 * on as it is, or a rate. Down: one shape only, whether it carries a reply or not.
 */
import { isZero, malformed, type Rng } from '@tacet/base';
import type { ReplyId } from '@tacet/onion';
import { beginFrame, CODE, classOf, fillRest, openFrame, WIRE_VERSION } from './frame.ts';
import { requireInteger, requireLength, wireRange } from './range.ts';
import { BROADCAST_PAGE, FRAME_LENGTH, PAYLOAD_LENGTH, PREFIX_LENGTH, REPLY_ID } from './sizes.ts';
import type { DownFrame, UpFrame } from './types.ts';

const RATE_FILL = FRAME_LENGTH - PREFIX_LENGTH - 4;
const BROADCAST_AT = PREFIX_LENGTH + REPLY_ID;
const PAYLOAD_AT = BROADCAST_AT + BROADCAST_PAGE;

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
  const frame = new Uint8Array(FRAME_LENGTH);
  writeDown(frame, down, rng);
  return frame;
}

/** The same over every byte of `frame`: an edge writes two frames a slot for each client. */
export function writeDown(frame: Uint8Array, { reply, broadcast }: DownFrame, rng: Rng): void {
  requireLength(frame, FRAME_LENGTH, 'frame');
  requireLength(broadcast, BROADCAST_PAGE, 'broadcast');
  frame.fill(0, 0, BROADCAST_AT);
  frame[0] = WIRE_VERSION;
  frame.set(broadcast, BROADCAST_AT);
  if (reply === null) {
    rng.fill(frame.subarray(PAYLOAD_AT));
    return;
  }
  requireLength(reply.replyId, REPLY_ID, 'reply id');
  requireLength(reply.payload, PAYLOAD_LENGTH, 'payload');
  if (isZero(reply.replyId)) throw wireRange('reply id');
  frame.set(reply.replyId, PREFIX_LENGTH);
  frame.set(reply.payload, PAYLOAD_AT);
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
