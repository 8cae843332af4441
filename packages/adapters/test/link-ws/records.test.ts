/** What a watcher of a client link sees: records of one size each way, however frames bunch up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialEdge } from '../../src/link-ws/index.ts';
import { rng, until } from '../tls/support.ts';
import { recordSizes, tap } from '../tls/tap.ts';
import { door, downFrame, HELLO, NOW, upFrame } from './support.ts';

test('frames written at once have a record each, all of one size', async (t) => {
  const edge = await door();
  const wire = await tap(edge.listener.port);
  const link = await dialEdge({
    address: `127.0.0.1:${wire.port}`,
    relay: edge.relay,
    hello: HELLO,
    now: NOW,
    socks: null,
    rng,
  });
  let got = 0;
  link.onDown(() => got++);
  link.send(upFrame(0));
  await until(() => edge.ups.length === 1, 'the link is open');
  t.after(async () => {
    link.close();
    wire.close();
    await edge.listener.stop();
  });
  const before = [recordSizes(wire.up).length, recordSizes(wire.down).length];
  for (let n = 1; n <= 12; n++) {
    link.send(upFrame(n));
    edge.listener.down(edge.ups[0]?.link ?? -1, downFrame(n));
  }
  await until(() => edge.ups.length === 13 && got === 12, '12 frames each way');
  assert.deepEqual(recordSizes(wire.up).slice(before[0]), Array(12).fill(12_318));
  assert.deepEqual(recordSizes(wire.down).slice(before[1]), Array(12).fill(12_314));
});
