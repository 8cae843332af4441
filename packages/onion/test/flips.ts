/** Bits of a packet turned one after the other: one of each byte in the quick tests, every one in `every-bit.long.test.ts`. */
import assert from 'node:assert/strict';
import { equalBytes } from '@tacet/base';
import { GEOMETRY as G, liveHeader, type ReplyBlock } from '@tacet/onion';
import {
  endCheckHolds,
  type RequestPayload,
  readRequestPayload,
  writeRequestPayload,
} from '../src/request.ts';
import { bytes, expectKind, makeNetwork, requestAtMix, toggle } from './support.ts';

/** Bytes of a frame that the next hop looks at before it takes the payload. */
export const LIVE_HEADER = G.prefix + liveHeader(1);

/** Another bit in each of so many bytes than in the one before. */
export function bitOfEach(length: number): number[] {
  return Array.from({ length }, (_, byte) => byte * 8 + ((byte * 3) % 8));
}

export function everyBit(length: number): number[] {
  return Array.from({ length: length * 8 }, (_, bit) => bit);
}

/** The first mix drops a request with any of these bits turned, and takes it with none. */
export function dropsFlipped(bits: readonly number[]): void {
  const network = makeNetwork();
  const frame = requestAtMix(network);
  const { opener } = network.relays[0];
  for (const bit of bits) {
    toggle(frame, bit);
    const opened = opener.open(frame, 0);
    assert.equal(opened.kind, 'drop', `bit ${bit}`);
    toggle(frame, bit);
  }
  expectKind(opener.open(frame, 0), 'forward');
}

/** They have every field. */
export const INNER_PAYLOADS: readonly RequestPayload[] = [
  { data: bytes(97), block: null },
  { data: bytes(2_401), block: bytes(G.replyBlock) as ReplyBlock },
];
/** The ends of lengths. */
export const OUTER_PAYLOADS: readonly RequestPayload[] = [
  { data: new Uint8Array(0), block: null },
  { data: bytes(G.requestData), block: bytes(G.replyBlock) as ReplyBlock },
];

/** As a relay takes it: the end check first. */
export const read = (payload: Uint8Array): RequestPayload | null =>
  endCheckHolds(payload) ? readRequestPayload(payload) : null;

export function write({ data, block }: RequestPayload): Uint8Array {
  const out = new Uint8Array(G.payload);
  writeRequestPayload(out, data, block);
  return out;
}

/** With any of these bits turned a request's payload is refused, or says what it then means. */
export function formHoldsFlipped(bits: readonly number[]): void {
  for (const payload of INNER_PAYLOADS) {
    const valid = write(payload);
    for (const bit of bits) {
      toggle(valid, bit);
      const changed = read(valid);
      if (changed !== null) assert.ok(equalBytes(write(changed), valid), `bit ${bit}`);
      toggle(valid, bit);
    }
  }
}
