/**
 * Frames between relays (docs/spec/03-links.md, 7): packets as they are, and, between edges,
 * signed digests cut into the pages of the broadcast field.
 */
import { malformed, type Rng } from '@tacet/base';
import { packBroadcast } from './broadcast.ts';
import { beginFrame, CODE, classOf, fillRest, openFrame } from './frame.ts';
import { requireLength, wireRange } from './range.ts';
import { BROADCAST_PAGE, FRAME_LENGTH, PREFIX_LENGTH } from './sizes.ts';
import type { RelayFrame, SignedDigest } from './types.ts';

const DIGEST_FILL = FRAME_LENGTH - PREFIX_LENGTH - BROADCAST_PAGE;

/** A packet frame is returned as it is, not copied. */
export function encodeRelayFrame(frame: RelayFrame, rng: Rng): Uint8Array {
  if (frame.kind === 'packet') {
    if (classOf(frame.frame) !== 'relay') throw wireRange('packet');
    return frame.frame;
  }
  requireLength(frame.part, BROADCAST_PAGE, 'digest part');
  return fillRest(beginFrame(CODE.digest).put(frame.part), DIGEST_FILL, rng);
}

/** `frame` is the input itself, `part` a view into it. */
export function decodeRelayFrame(frame: Uint8Array): RelayFrame {
  switch (classOf(frame)) {
    case 'relay':
      return { kind: 'packet', frame };
    case 'digest':
      return { kind: 'digest', part: openFrame(frame, 'digest').slice(BROADCAST_PAGE) };
    default:
      throw malformed('frame');
  }
}

/** The frames that carry one digest. The receiver keeps a `BroadcastReader` for each sender. */
export function digestFrames(digest: SignedDigest): RelayFrame[] {
  return packBroadcast([{ kind: 'digest', bytes: digest.bytes }]).map((part) => ({
    kind: 'digest',
    part,
  }));
}
