import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PrefixCounter, prefixOf } from '../../src/link-ws/prefixes.ts';

test('one IPv4 address, one IPv6 /56; this machine is nobody', () => {
  assert.equal(prefixOf('203.0.113.7'), '203.0.113.7');
  assert.equal(prefixOf('::ffff:203.0.113.7'), '203.0.113.7');
  assert.equal(prefixOf('127.0.0.1'), null);
  assert.equal(prefixOf('::ffff:127.1.2.3'), null);
  assert.equal(prefixOf('::1'), null);
  assert.equal(prefixOf('2001:db8:1:12ff::1'), '2001:db8:1:1200');
  assert.equal(prefixOf('2001:db8:1:1200:9::1'), '2001:db8:1:1200');
  assert.equal(prefixOf('2001:db8:1:1300::1'), '2001:db8:1:1300');
  assert.equal(prefixOf('2001:db8::1'), '2001:db8:0:0');
  assert.equal(prefixOf('fe80::1%eth0'), 'fe80:0:0:0');
  assert.equal(prefixOf('1:2:3:4:5:6:7::'), '1:2:3:0');
});

test('a prefix has its places and gets them back once', () => {
  const counter = new PrefixCounter(new Uint8Array(32), 2);
  const first = counter.take('2001:db8::1');
  assert.ok(first && counter.take('2001:db8:0:ff::2'));
  assert.equal(counter.take('2001:db8::3'), null);
  assert.ok(counter.take('203.0.113.7'));
  first();
  first();
  assert.ok(counter.take('2001:db8::3'));
  assert.equal(counter.take('2001:db8::4'), null);
  // However many others come and go, none of them takes its place in the count.
  const others = Array.from({ length: 5_000 }, (_, i) =>
    counter.take(`2001:db8:${(i + 1).toString(16)}::1`),
  );
  assert.ok(others.every((one) => one !== null));
  assert.equal(counter.take('2001:db8::4'), null);
  for (const give of others) give?.();
  assert.equal(counter.take('2001:db8::4'), null);
  assert.equal(counter.size, 2);
  for (let i = 0; i < 100; i++) assert.ok(counter.take('127.0.0.1'));
});

test('nothing is kept of those who are gone, and nothing readable of those who are here', () => {
  const counter = new PrefixCounter(new Uint8Array(32), 4);
  const releases = Array.from({ length: 50 }, (_, i) => counter.take(`198.51.100.${i}`));
  assert.equal(counter.size, 50);
  assert.equal(JSON.stringify(Object.values(counter)).includes('198.51'), false);
  for (const release of releases) release?.();
  assert.equal(counter.size, 0);
});
