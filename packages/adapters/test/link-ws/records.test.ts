/** What a watcher of a client link sees: records of one size each way, however frames bunch up. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { dialEdge } from '../../src/link-ws/index.ts';
import { rng, until } from '../tls/support.ts';
import { door, downFrame, HELLO, NOW, upFrame } from './support.ts';

/** Sizes of the TLS records in a stream, headers included. */
function recordSizes(pieces: readonly Uint8Array[]): number[] {
  const stream = Buffer.concat(pieces);
  const sizes: number[] = [];
  for (let at = 0; at + 5 <= stream.length; ) {
    const size = 5 + stream.readUInt16BE(at + 3);
    sizes.push(size);
    at += size;
  }
  return sizes;
}

test('frames written at once have a record each, all of one size', async (t) => {
  const edge = await door();
  const [up, down]: [Buffer[], Buffer[]] = [[], []];
  const wire = createServer((client: Socket) => {
    const far = connect(edge.listener.port, '127.0.0.1');
    client.on('data', (piece) => up.push(piece as Buffer)).pipe(far);
    far.on('data', (piece) => down.push(piece as Buffer)).pipe(client);
    for (const socket of [client, far]) socket.on('error', () => undefined);
  });
  await once(wire.listen(0, '127.0.0.1'), 'listening');
  const address = `127.0.0.1:${(wire.address() as AddressInfo).port}`;
  const link = await dialEdge({
    address,
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
  const before = [recordSizes(up).length, recordSizes(down).length];
  for (let n = 1; n <= 12; n++) {
    link.send(upFrame(n));
    edge.listener.down(edge.ups[0]?.link ?? -1, downFrame(n));
  }
  await until(() => edge.ups.length === 13 && got === 12, '12 frames each way');
  assert.deepEqual(recordSizes(up).slice(before[0]), Array(12).fill(12_318));
  assert.deepEqual(recordSizes(down).slice(before[1]), Array(12).fill(12_314));
});
