/**
 * Lengths of records, requests and answers (docs/spec/05-boxes.md) and of link frames
 * (docs/spec/03-links.md). Packet lengths come from the onion's geometry.
 */
import { GEOMETRY } from '@tacet/onion';

export const BOX_ID = 32;
export const MARK = 8;
export const SIGNATURE = 64;
export const NONCE = 24;
/** What a box carries for its reader. */
export const BOX_PLAINTEXT = 2_264;
export const BOX_RECORD = 2_400;
/** Request data beside a reply block, at most. */
export const REQUEST_MAX: number = GEOMETRY.requestData;
export const ANSWER_LENGTH: number = GEOMETRY.replyData;
export const FRAME_LENGTH: number = GEOMETRY.frame;
export const PREFIX_LENGTH: number = GEOMETRY.prefix;
export const REPLY_ID: number = GEOMETRY.replyId;
export const PAYLOAD_LENGTH: number = GEOMETRY.payload;
/** The broadcast field of a frame down: eight cells of 586 bytes. */
export const BROADCAST_PAGE: number = GEOMETRY.header - GEOMETRY.replyId;
