import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBytes, randomInt } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { UpgradeReader } from '../../src/link-ws/upgrade.ts';

/** The example of RFC 6455, 1.3, on our path. */
const LINES = [
  'GET /tacet/1 HTTP/1.1',
  'Host: server.example.com',
  'Upgrade: websocket',
  'Connection: keep-alive, Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Origin: http://example.com',
  'Sec-WebSocket-Version: 13',
];
const request = (lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);

test('the request of RFC 6455 is answered as it says there, whatever pieces it comes in', () => {
  for (const size of [1, 7, 1_000]) {
    const reader = new UpgradeReader();
    const bytes = request(LINES);
    let last: ReturnType<UpgradeReader['take']> = { kind: 'more' };
    for (let at = 0; at < bytes.length; at += size) {
      assert.equal(last.kind, 'more');
      last = reader.take(bytes.subarray(at, at + size));
    }
    assert.ok(last.kind === 'open');
    const answer = Buffer.from(last.answer).toString();
    assert.match(answer, /^HTTP\/1\.1 101 /);
    assert.match(answer, /sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
  }
});

test('anything else is refused', () => {
  const change = (from: string, to: string): Buffer =>
    Buffer.from(request(LINES).toString().replace(from, to));
  const wrong: [string, Uint8Array][] = [
    ['another path', change('/tacet/1', '/tacet/2')],
    ['a query', change('/tacet/1', '/tacet/1?x')],
    ['another method', change('GET', 'POST')],
    ['HTTP/1.0', change('HTTP/1.1', 'HTTP/1.0')],
    ['no upgrade', change('Upgrade: websocket', 'Upgrade: h2c')],
    ['no connection', change('keep-alive, Upgrade', 'keep-alive')],
    ['another version', change(': 13', ': 8')],
    ['a short key', change('dGhlIHNhbXBsZSBub25jZQ==', 'dGhl')],
    [
      'two keys',
      change('Origin: http://example.com', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='),
    ],
    ['a folded line', change('Host: ', ' Host: ')],
    ['a line without a name', change('Host:', ':')],
    ['something behind it', Buffer.concat([request(LINES), Buffer.from('x')])],
    ['too long', Buffer.alloc(5_000, 'a')],
  ];
  for (const [name, bytes] of wrong) {
    assert.equal(new UpgradeReader().take(Buffer.from(bytes)).kind, 'wrong', name);
  }
});

test('noise and damage never throw', () => {
  const rng = seededRng('upgrade');
  const kinds = new Set<string>();
  for (let run = 0; run < 5_000; run++) {
    const reader = new UpgradeReader();
    const bytes = request(LINES);
    const at = randomInt(rng, bytes.length);
    rng.fill(bytes.subarray(at, at + randomInt(rng, 8)));
    kinds.add(reader.take(bytes).kind);
    new UpgradeReader().take(randomBytes(rng, 1 + randomInt(rng, 300)));
  }
  assert.ok(kinds.has('wrong') && kinds.has('open'));
});
