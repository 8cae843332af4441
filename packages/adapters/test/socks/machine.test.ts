import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, randomBytes, randomInt } from '@tacet/base';
import { type Address, parseAddress } from '@tacet/directory';
import { seededRng } from '@tacet/testkit';
import { SocksMachine } from '../../src/socks/machine.ts';
import { parseSocks, socksRoute } from '../../src/socks/route.ts';
import { rng } from '../tls/support.ts';

const ISOLATION = { user: 'abc', password: 'defg' };

function machine(target = 'edge.example:443'): SocksMachine {
  return new SocksMachine(parseAddress(target) as Address, ISOLATION);
}

/** Feeds bytes one by one; all that it writes, and whether it is open. */
function feed(one: SocksMachine, bytes: readonly number[]) {
  const written: number[] = [];
  let open = false;
  for (const byte of bytes) {
    const step = one.take(Uint8Array.of(byte));
    if (step.kind === 'write') written.push(...step.bytes);
    open = step.kind === 'open';
  }
  return { written, open };
}

const text = (word: string): number[] => [...Buffer.from(word)];
const refusal = (code: number): number[] => [5, code, 0, 1, 0, 0, 0, 0, 0, 0];

test('RFC 1928 and 1929 byte by byte: no login and a login, and a name that stays a name', () => {
  const request = [5, 1, 0, 3, 12, ...text('edge.example'), 1, 187];
  const without = machine();
  assert.deepEqual([...without.start()], [5, 2, 0, 2]);
  assert.deepEqual(feed(without, [5, 0]).written, request);
  assert.ok(feed(without, [5, 0, 0, 1, 1, 2, 3, 4, 0, 80]).open);
  const login = machine();
  assert.deepEqual(feed(login, [5, 2]).written, [1, 3, ...text('abc'), 4, ...text('defg')]);
  assert.deepEqual(feed(login, [1, 0]).written, request);
  assert.ok(feed(login, [5, 0, 0, 3, 2, 97, 98, 0, 80]).open);
});

test('addresses go as addresses', () => {
  assert.deepEqual(
    feed(machine('192.0.2.7:8443'), [5, 0]).written,
    [5, 1, 0, 1, 192, 0, 2, 7, 32, 251],
  );
  const v6 = feed(machine('[2001:db8::7]:1'), [5, 0]).written;
  assert.deepEqual(v6, [5, 1, 0, 4, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 1]);
  assert.deepEqual(feed(machine('[::1]:1'), [5, 0]).written.slice(4, 20), [
    ...Array(15).fill(0),
    1,
  ]);
  assert.ok(feed(machine(), [5, 0, 5, 0, 0, 4, ...Array(16).fill(9), 0, 1]).open);
});

test('each way to fail has a code and a sentence without addresses', () => {
  const cases: [number[], string][] = [
    [[4], 'more'],
    [[4, 0], 'socks-answer'],
    [text('HT'), 'socks-answer'],
    [[5, 255], 'socks-login'],
    [[5, 1], 'socks-login'],
    [[5, 2, 1, 1], 'socks-login'],
    [[5, 2, 5, 0], 'socks-answer'],
    ...[1, 2, 7, 8, 9, 200].map((code): [number[], string] => [
      [5, 0, ...refusal(code)],
      'socks-refused',
    ]),
    ...[3, 4, 5, 6].map((code): [number[], string] => [[5, 0, ...refusal(code)], 'socks-target']),
    [[5, 0, 4, 0], 'socks-answer'],
    [[5, 0, 5, 0, 0, 2, 1], 'socks-answer'],
  ];
  for (const [bytes, code] of cases) {
    let found = 'more';
    try {
      feed(machine(), bytes);
    } catch (error) {
      assert.ok(error instanceof AppError);
      found = error.code;
      assert.doesNotMatch(error.message, /example|443/);
    }
    assert.equal(found, code, `${bytes}`);
  }
});

test('a server that speaks out of turn, or too much, is no SOCKS server', () => {
  const one = machine();
  assert.throws(() => one.take(Uint8Array.of(5, 0, 5)), { code: 'socks-answer' });
  const early = machine();
  feed(early, [5, 0]);
  const answer = Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0);
  assert.throws(() => early.take(Uint8Array.of(...answer, 22)), { code: 'socks-answer' });
  const long = machine();
  feed(long, [5, 0]);
  assert.throws(() => long.take(new Uint8Array(300)), { code: 'socks-answer' });
});

test('noise never gets through, and never throws anything of ours', () => {
  const seeded = seededRng('socks');
  for (let run = 0; run < 20_000; run++) {
    const one = machine();
    try {
      for (let n = 0; n < 6; n++) {
        const bytes = randomBytes(seeded, 1 + randomInt(seeded, 12));
        if (randomInt(seeded, 2) === 0) bytes[0] = 5;
        if (one.take(bytes).kind === 'open') break;
      }
    } catch (error) {
      assert.ok(error instanceof AppError && error.code.startsWith('socks-'));
    }
  }
});

test('a server is named by address; a login is drawn for each run', () => {
  assert.deepEqual(parseSocks('127.0.0.1:9050'), { host: '127.0.0.1', port: 9050 });
  assert.deepEqual(parseSocks('[::1]:9050'), { host: '::1', port: 9050 });
  assert.deepEqual(parseSocks('localhost:9050'), { host: '127.0.0.1', port: 9050 });
  for (const text of ['', 'proxy.example:9050', '127.0.0.1', ':1', '127.0.0.1:0', 'u:p@1.2.3.4:5'])
    assert.equal(parseSocks(text), null, text);
  assert.equal(socksRoute('', rng), null);
  assert.throws(() => socksRoute('proxy.example:9050', rng), { code: 'socks-address' });
  const [a, b] = [socksRoute('[::1]:1', rng), socksRoute('[::1]:1', rng)];
  assert.ok(a !== null && b !== null);
  assert.match(`${a.isolation.user}${a.isolation.password}`, /^[0-9a-f]{64}$/);
  assert.notDeepEqual(a.isolation, b.isolation);
});
