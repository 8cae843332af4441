import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, isAppError } from '@tacet/base';
import fc from 'fast-check';
import {
  decodeRequest,
  decodeResponse,
  describeError,
  encodeError,
  encodeRequest,
  encodeResult,
  idOf,
  MAX_DEPTH,
  MAX_MESSAGE_BYTES,
  MAX_VALUES,
  parseJson,
} from '../src/index.ts';

const runs = { numRuns: Number(process.env['FC_RUNS'] ?? 100) };
const code = (expected: string) => (error: unknown) => isAppError(error, expected);

test('a request survives the wire', () => {
  const request = { id: 7, method: 'message.send', params: { contactId: 'c', text: 'ü\n\u2028' } };
  assert.deepEqual(decodeRequest(encodeRequest(request)), request);
  assert.ok(!encodeRequest(request).includes('\n'));
});

test('answers survive the wire', () => {
  assert.deepEqual(decodeResponse(encodeResult('a', { b: 1 })), { id: 'a', result: { b: 1 } });
  assert.deepEqual(decodeResponse(encodeResult(1, undefined)), { id: 1, result: {} });
  const error = new AppError('contact-unknown', 'missing', 'no contact of that name');
  assert.deepEqual(decodeResponse(encodeError(3, error)), {
    id: 3,
    error: {
      code: 1003,
      message: 'no contact of that name',
      data: {
        code: 'contact-unknown',
        kind: 'missing',
        hint: 'see who is there: tacet contact list',
      },
    },
  });
});

test('an unexpected error shows nothing of itself', () => {
  const shown = describeError(new TypeError('/home/alice/secret is not iterable'));
  assert.equal(shown.data.code, 'internal');
  assert.equal(shown.code, -32603);
  assert.doesNotMatch(JSON.stringify(shown), /alice/);
  assert.match(`${shown.data.hint}`, /tacet down, then tacet up.*report/, 'and says what to do');
  const ours = describeError(new AppError('stream-missing', 'bug', 'a box was asked for'));
  assert.equal(ours.data.hint, shown.data.hint);
  assert.equal(describeError(new AppError('of-no-hint', 'state', 'x')).data.hint, null);
});

test('batches, notifications, positional parameters and strange ids are refused', () => {
  const wrong = [
    '[]',
    '[{"jsonrpc":"2.0","id":1,"method":"status"}]',
    '{"jsonrpc":"2.0","method":"status"}',
    '{"jsonrpc":"2.0","id":null,"method":"status"}',
    '{"jsonrpc":"2.0","id":1.5,"method":"status"}',
    '{"jsonrpc":"2.0","id":{},"method":"status"}',
    '{"jsonrpc":"1.0","id":1,"method":"status"}',
    '{"id":1,"method":"status"}',
    '{"jsonrpc":"2.0","id":1,"method":5}',
    '{"jsonrpc":"2.0","id":1,"method":"status","params":[1]}',
    '{"jsonrpc":"2.0","id":1,"method":"status","params":"x"}',
    `{"jsonrpc":"2.0","id":"${'i'.repeat(65)}","method":"status"}`,
    `{"jsonrpc":"2.0","id":1,"method":"${'m'.repeat(65)}"}`,
    'null',
    '""',
  ];
  for (const text of wrong) assert.throws(() => decodeRequest(text), code('request-invalid'), text);
});

test('prototype keys, depth, size and number of values are capped', () => {
  const keyed = (key: string) =>
    `{"jsonrpc":"2.0","id":1,"method":"a","params":{"${key}":{"x":1}}}`;
  for (const key of ['__proto__', 'constructor', 'prototype', '\\u005f_proto__']) {
    assert.throws(() => decodeRequest(keyed(key)), code('request-malformed'), key);
  }
  assert.equal(({} as { x?: number }).x, undefined);
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  assert.ok(parseJson(nested(MAX_DEPTH)));
  assert.throws(() => parseJson(nested(MAX_DEPTH + 1)), code('request-malformed'));
  assert.throws(() => parseJson(nested(200_000)), code('request-malformed'));
  assert.throws(() => parseJson(`[${'0,'.repeat(MAX_VALUES)}0]`), code('request-malformed'));
  assert.throws(() => parseJson(`"${'x'.repeat(MAX_MESSAGE_BYTES)}"`), code('request-malformed'));
});

test('the id of a broken call is still found for the answer', () => {
  assert.equal(idOf('{"id":4}'), 4);
  assert.equal(idOf('{"id":4'), null);
  assert.equal(idOf('{"id":[]}'), null);
});

const ANSWERS = [
  encodeResult('a', { b: [1, null, 'ü'] }),
  encodeError(3, new AppError('contact-unknown', 'missing', 'no contact of that name')),
];

test('every truncation, change and lengthening of an answer is refused or is a whole answer', () => {
  const malformedOnly = (text: string): void => {
    try {
      const answer = decodeResponse(text);
      if (!('error' in answer)) return;
      const { code: number, message, data } = answer.error;
      const types = [number, message, data.code, data.kind].map((value) => typeof value);
      assert.deepEqual(types, ['number', 'string', 'string', 'string']);
    } catch (error) {
      assert.ok(isAppError(error, 'answer-invalid') || isAppError(error, 'request-malformed'));
    }
  };
  for (const text of ANSWERS) {
    for (let n = 0; n < text.length; n++) assert.throws(() => decodeResponse(text.slice(0, n)));
    for (const behind of ['x', '{}', '\u0000', text]) {
      assert.throws(() => decodeResponse(text + behind), code('request-malformed'));
    }
    for (let at = 0; at < text.length; at++) {
      for (const put of ['', '0', '"', '{', '[', ',', 'null']) {
        malformedOnly(text.slice(0, at) + put + text.slice(at + 1));
      }
    }
  }
});

test('every truncation and mutation of a call is refused or is a whole call', () => {
  const text = encodeRequest({ id: 1, method: 'contact.get', params: { contact: 'bob' } });
  for (let n = 0; n < text.length; n++) assert.throws(() => decodeRequest(text.slice(0, n)));
  for (const behind of ['x', '{}', '\u0000', text]) {
    assert.throws(() => decodeRequest(text + behind), code('request-malformed'));
  }
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 3 }), (at, put) => {
      const changed = text.slice(0, at) + put + text.slice(at + 1);
      try {
        const request = decodeRequest(changed);
        assert.equal(typeof request.method, 'string');
        assert.equal(typeof request.params, 'object');
      } catch (error) {
        assert.ok(error instanceof AppError);
      }
    }),
    runs,
  );
});

test('no value of any shape breaks a decoder', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      for (const decode of [decodeRequest, decodeResponse]) {
        try {
          decode(text);
        } catch (error) {
          assert.ok(error instanceof AppError);
        }
      }
    }),
    runs,
  );
});
