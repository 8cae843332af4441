import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes, randomBytes } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { seededRng } from '@tacet/testkit';
import {
  ANSWER_LENGTH,
  BOX_RECORD,
  type BoxAnswer,
  type BoxId,
  type BoxRecord,
  type BoxRequest,
  decodeAnswer,
  decodeRequest,
  encodeAnswer,
  encodeRequest,
  type Mark,
  REQUEST_MAX,
} from '@tacet/wire';
import { assertMalformed, checkBitFlips, checkFuzz, checkLengths } from './support/exact.ts';

const bytes = (n: number): Uint8Array => randomBytes(systemRng, n);
const mark = (): Mark => bytes(8) as Mark;
const requests: BoxRequest[] = [
  { kind: 'put', record: bytes(BOX_RECORD) as BoxRecord },
  { kind: 'get', waitMs: 0xffff_ffff, marks: [mark(), mark(), mark()] },
  { kind: 'tombstone', id: bytes(32) as BoxId, signature: bytes(64) },
];
const records = [bytes(BOX_RECORD), bytes(BOX_RECORD), bytes(BOX_RECORD)] as const;
const answers: BoxAnswer[] = [
  { status: 'stored', expiryDay: 20_741 },
  { status: 'taken' },
  { status: 'refused' },
  { status: 'read', records },
];

test('requests come back as they went and fit a packet', () => {
  for (const request of requests) {
    const encoded = encodeRequest(request);
    assert.ok(encoded.length <= REQUEST_MAX);
    assert.deepEqual(decodeRequest(encoded), request);
    assert.deepEqual(encodeRequest(decodeRequest(encoded)), encoded);
  }
});

test('a request is read exactly', () => {
  for (const request of requests) {
    const encoded = encodeRequest(request);
    checkLengths(encoded, decodeRequest);
    checkFuzz(encoded, decodeRequest);
    checkBitFlips(encoded, decodeRequest, (value) => assert.notDeepEqual(value, request));
  }
  for (const op of [0, 4, 255]) {
    const encoded = encodeRequest(requests[1] as BoxRequest);
    encoded[0] = op;
    assertMalformed(decodeRequest, encoded);
  }
});

test('what decodeRequest returns does not change with the frame it came in', () => {
  const encoded = encodeRequest(requests[0] as BoxRequest);
  const decoded = decodeRequest(encoded);
  encoded.fill(0);
  assert.deepEqual(decoded, requests[0]);
});

test('rule 2.4: all answers have one size, and unused bytes are random', () => {
  const rng = seededRng('answers');
  for (const answer of answers) {
    const one = encodeAnswer(answer, rng);
    const two = encodeAnswer(answer, rng);
    assert.equal(one.length, ANSWER_LENGTH);
    assert.deepEqual(decodeAnswer(one), answer);
    assert.ok(!equalBytes(one, two));
    const zeros = one.subarray(one.length - 355).filter((byte) => byte === 0).length;
    assert.ok(zeros < 20, `${zeros} zero bytes in the spare part of ${answer.status}`);
  }
});

test('rule 2.4: what an edge does not have are random bytes in its place', () => {
  const rng = seededRng('absent');
  const record = new Uint8Array(BOX_RECORD).fill(7);
  const read = () => {
    const answer = decodeAnswer(
      encodeAnswer({ status: 'read', records: [null, record, null] }, rng),
    );
    return answer.status === 'read' ? answer.records : assert.fail();
  };
  const [one, two] = [read(), read()];
  assert.deepEqual([one[1], two[1]], [record, record]);
  for (const place of [0, 2] as const) {
    assert.ok(!equalBytes(one[place], two[place]));
    const zeros = one[place].filter((byte) => byte === 0).length;
    assert.ok(zeros < 50, `${zeros} zero bytes`);
  }
});

test('an answer is read exactly; an unknown status is malformed', () => {
  for (const answer of answers) {
    const encoded = encodeAnswer(answer, systemRng);
    checkLengths(encoded, decodeAnswer);
    checkFuzz(encoded, decodeAnswer);
    checkBitFlips(encoded, decodeAnswer);
  }
  for (const status of [0, 5, 255]) {
    const encoded = encodeAnswer({ status: 'taken' }, systemRng);
    encoded[0] = status;
    assertMalformed(decodeAnswer, encoded);
  }
});

test('values that do not fit are refused by the encoder', () => {
  const short = bytes(BOX_RECORD - 1) as BoxRecord;
  assert.throws(() => encodeRequest({ kind: 'put', record: short }), { code: 'wire-range' });
  assert.throws(() => encodeRequest({ kind: 'get', waitMs: -1, marks: [mark(), mark(), mark()] }), {
    code: 'wire-range',
  });
  assert.throws(() => encodeAnswer({ status: 'stored', expiryDay: 2 ** 32 }, systemRng), {
    code: 'wire-range',
  });
});
