import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import fc from 'fast-check';
import { encodeCommand, type Reply, ReplyReader, ServerError } from '../../src/boxes-redis/resp.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const readAll = (text: string): Reply[] => new ReplyReader().take(bytes(text));

const ALL =
  '+OK\r\n-MOVED 7 10.0.0.1:6379\r\n:-42\r\n$5\r\na\r\nbc\r\n$-1\r\n*-1\r\n*0\r\n' +
  '*3\r\n:1\r\n*2\r\n$1\r\nx\r\n+y\r\n$0\r\n\r\n';
const ALL_READ: Reply[] = [
  'OK',
  new ServerError('MOVED 7 10.0.0.1:6379'),
  -42,
  new Uint8Array(bytes('a\r\nbc')),
  null,
  null,
  [],
  [1, [new Uint8Array(bytes('x')), 'y'], new Uint8Array(0)],
];

test('commands are lists of byte strings', () => {
  assert.equal(
    encodeCommand('SET', 'k', Uint8Array.of(0, 13, 10, 255), 17).toString('latin1'),
    '*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\n\0\r\n\xff\r\n$2\r\n17\r\n',
  );
});

test('every kind of reply, in one piece, byte by byte and cut anywhere', () => {
  assert.deepEqual(readAll(ALL), ALL_READ);
  const slowly = new ReplyReader();
  assert.deepEqual(
    [...bytes(ALL)].flatMap((byte) => slowly.take(Buffer.of(byte))),
    ALL_READ,
  );
  fc.assert(
    fc.property(fc.array(fc.nat(ALL.length), { maxLength: 6 }), (cuts) => {
      const reader = new ReplyReader();
      const at = [0, ...cuts.sort((a, b) => a - b), ALL.length];
      const pieces = at.slice(1).map((end, i) => bytes(ALL.slice(at[i], end)));
      assert.deepEqual(
        pieces.flatMap((piece) => reader.take(piece)),
        ALL_READ,
      );
    }),
  );
});

test('a truncated reply is no reply yet', () => {
  const whole = '*2\r\n$3\r\nabc\r\n:7\r\n';
  for (let n = 0; n < whole.length; n++) assert.deepEqual(readAll(whole.slice(0, n)), []);
});

test('what is out of form, or beyond the caps, is refused', () => {
  const refused = [
    '?x\r\n',
    ':abc\r\n',
    ':1e3\r\n',
    '$-2\r\n',
    `$${2 ** 21}\r\n`,
    '$99999999999999999999\r\n',
    '*-2\r\n',
    '*65537\r\n',
    `+${'a'.repeat(5_000)}`,
    '*1\r\n'.repeat(8),
  ];
  for (const text of refused) {
    assert.throws(
      () => readAll(text),
      (error) => isAppError(error, 'boxes-protocol'),
      text.slice(0, 20),
    );
  }
});

test('arbitrary bytes are replies or refused, and nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (input) => {
      try {
        new ReplyReader().take(Buffer.from(input));
      } catch (error) {
        assert.ok(isAppError(error, 'boxes-protocol'));
      }
    }),
  );
});

test('of a refusal only the first word is taken for its code', () => {
  assert.equal(new ServerError('OOM command not allowed').code, 'OOM');
  assert.equal(new ServerError('something else').code, 'ERR');
});
