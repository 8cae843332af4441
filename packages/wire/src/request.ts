/** The data of a request packet (docs/spec/05-boxes.md, 5). One operation, exact length. */
import { ByteReader, ByteWriter, malformed, unreachable } from '@tacet/base';
import { requireInteger, requireLength } from './range.ts';
import { BOX_ID, BOX_RECORD, MARK, SIGNATURE } from './sizes.ts';
import type { BoxId, BoxRecord, BoxRequest, Mark } from './types.ts';

const PUT = 1;
const GET = 2;
const TOMBSTONE = 3;
const U32_MAX = 0xffff_ffff;
const PUT_LENGTH = 1 + BOX_RECORD;
const GET_LENGTH = 1 + 4 + 3 * MARK;
const TOMBSTONE_LENGTH = 1 + BOX_ID + SIGNATURE;
const LENGTHS: readonly number[] = [PUT_LENGTH, GET_LENGTH, TOMBSTONE_LENGTH];

export function encodeRequest(request: BoxRequest): Uint8Array {
  switch (request.kind) {
    case 'put':
      requireLength(request.record, BOX_RECORD, 'record');
      return new ByteWriter(PUT_LENGTH).u8(PUT).put(request.record).done();
    case 'get': {
      requireInteger(request.waitMs, U32_MAX, 'wait');
      const writer = new ByteWriter(GET_LENGTH).u8(GET).u32(request.waitMs);
      for (const mark of request.marks) {
        requireLength(mark, MARK, 'mark');
        writer.put(mark);
      }
      return writer.done();
    }
    case 'tombstone':
      requireLength(request.id, BOX_ID, 'box id');
      requireLength(request.signature, SIGNATURE, 'signature');
      return new ByteWriter(TOMBSTONE_LENGTH)
        .u8(TOMBSTONE)
        .put(request.id)
        .put(request.signature)
        .done();
    default:
      return unreachable(request);
  }
}

/** Copies what it returns. Throws `malformed`. */
export function decodeRequest(bytes: Uint8Array): BoxRequest {
  if (!LENGTHS.includes(bytes.length)) throw malformed('request');
  const reader = new ByteReader(bytes, 'request');
  const request = readBody(reader);
  reader.end();
  return request;
}

function readBody(reader: ByteReader): BoxRequest {
  switch (reader.u8()) {
    case PUT:
      return { kind: 'put', record: reader.copy(BOX_RECORD) as BoxRecord };
    case GET: {
      const waitMs = reader.u32();
      const mark = (): Mark => reader.copy(MARK) as Mark;
      return { kind: 'get', waitMs, marks: [mark(), mark(), mark()] };
    }
    case TOMBSTONE:
      return {
        kind: 'tombstone',
        id: reader.copy(BOX_ID) as BoxId,
        signature: reader.copy(SIGNATURE),
      };
    default:
      throw malformed('request');
  }
}
