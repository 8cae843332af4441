/** The sending end of a relay link: what it gives a socket, and when. */
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { SendingLink } from '../../src/link-tls/sending.ts';
import { until } from '../tls/support.ts';
import { recordSizes, tap } from '../tls/tap.ts';
import { FRAME, frame, from, relay, to } from './support.ts';

/** Takes a write when it is told to, as a socket does whose peer reads slowly. */
class SlowSocket extends EventEmitter {
  destroyed = false;
  readonly setNoDelay = (): void => undefined;
  readonly setKeepAlive = (): void => undefined;
  readonly setMaxSendFragment = (): boolean => true;
  /** The very bytes that were given, not a copy: like a socket, which reads them later. */
  readonly writes: Uint8Array[] = [];
  private readonly callbacks: (() => void)[] = [];
  private timeout: { readonly ms: number; readonly callback: () => void } | null = null;

  get writable(): boolean {
    return !this.destroyed;
  }

  get writableLength(): number {
    return this.callbacks.length * FRAME;
  }

  write(bytes: Uint8Array, callback: () => void): boolean {
    this.writes.push(bytes);
    this.callbacks.push(callback);
    return false;
  }

  /** The oldest write is with the system. */
  takes(): void {
    const callback = this.callbacks.shift() ?? assert.fail('nothing was written');
    callback();
  }

  setTimeout(ms: number, callback: () => void): void {
    this.timeout = { ms, callback };
  }

  /** Nothing moved on it for so long. */
  idle(ms: number): void {
    if (this.timeout !== null && ms >= this.timeout.ms) this.timeout.callback();
  }

  destroy(): void {
    this.destroyed = true;
  }

  /** Numbers of the frames in each write, as they are now. */
  get numbers(): number[][] {
    return this.writes.map((bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return Array.from({ length: bytes.length / FRAME }, (_, n) => view.getUint32(n * FRAME));
    });
  }
}

function sending() {
  const losses: [string, number][] = [];
  const link = new SendingLink((loss, frames) => losses.push([loss, frames]));
  const attach = (): SlowSocket => {
    const socket = new SlowSocket();
    link.attach(socket as unknown as TLSSocket);
    return socket;
  };
  /** Frames with these numbers in one turn. */
  const send = async (...numbers: number[]): Promise<void> => {
    for (const n of numbers) link.send(frame(n), () => undefined);
    await turn();
  };
  return { link, losses, attach, send };
}

/** A clock that stands until it is set. */
function clock(t: TestContext): { now: number } {
  const time = { now: 0 };
  t.mock.method(performance, 'now', () => time.now);
  return time;
}

test('frames of a turn are one write; the next waits until the system has it', async () => {
  const { link, attach, send } = sending();
  const socket = attach();
  await send(1, 2);
  await send(3);
  await send(4);
  assert.deepEqual(socket.numbers, [[1, 2]]);
  assert.equal(link.waiting, 4);
  socket.takes();
  assert.deepEqual(socket.numbers.slice(1), [[3, 4]]);
  assert.equal(link.waiting, 2);
  socket.takes();
  assert.equal(link.waiting, 0);
});

test('one write has 32 frames at most', async () => {
  const { attach, send } = sending();
  const socket = attach();
  await send(...Array(70).keys());
  for (let n = 0; n < 3; n++) socket.takes();
  assert.deepEqual(
    socket.writes.map(({ length }) => length / FRAME),
    [32, 32, 6],
  );
});

test('of frames that were sent nothing stays in memory', async () => {
  const { attach, send } = sending();
  const socket = attach();
  await send(1, 2, 3);
  const [bytes] = socket.writes;
  assert.equal(bytes?.length, 3 * FRAME);
  assert.ok(bytes.some((octet) => octet !== 0));
  socket.takes();
  assert.ok(bytes.every((octet) => octet === 0));
});

test('what an older socket still holds and takes later does not touch the new one', async () => {
  const { link, attach, send } = sending();
  const older = attach();
  await send(1);
  const newer = attach();
  assert.equal(older.destroyed, true);
  await send(2);
  assert.deepEqual([older.numbers, newer.numbers], [[[1]], [[2]]]);
  older.takes();
  await send(3);
  assert.deepEqual(newer.numbers, [[2]]);
  assert.equal(link.waiting, 2);
  older.emit('close');
  assert.equal(link.up, true);
  newer.takes();
  assert.deepEqual(newer.numbers.slice(1), [[3]]);
});

test('a socket that takes nothing for 15 s is closed; one with nothing to take is not', async () => {
  const { attach, send } = sending();
  const socket = attach();
  socket.idle(1e9);
  assert.equal(socket.destroyed, false);
  await send(1);
  socket.idle(14_999);
  assert.equal(socket.destroyed, false);
  socket.idle(15_000);
  assert.equal(socket.destroyed, true);
});

test('frames that waited for more than 5 s are dropped and counted, each once', async (t) => {
  const time = clock(t);
  const { losses, attach, send } = sending();
  await send(1, 2, 3);
  time.now = 1;
  await send(4, 5);
  time.now = 5_001;
  const socket = attach();
  assert.deepEqual(socket.numbers, [[4, 5]]);
  assert.deepEqual(losses, [['expired', 3]]);
  await send(6, 7);
  time.now = 10_002;
  socket.takes();
  assert.equal(socket.writes.length, 1);
  assert.deepEqual(losses.slice(1), [['expired', 2]]);
});

test('frames written at once have a record each, all of one size', async (t) => {
  const [a, b] = [await relay(1), await relay(2)];
  const wire = await tap(a.links.port);
  t.after(wire.close);
  a.links.setPeers(to(b));
  b.links.setPeers(from(a, wire.port));
  await until(() => a.links.state.up === 1, 'link up');
  a.links.send(b.name, frame(0));
  await until(() => b.received.length === 1, 'the first frame');
  const before = recordSizes(wire.down).length;
  for (let n = 1; n <= 12; n++) a.links.send(b.name, frame(n));
  await until(() => b.received.length === 13, '12 frames');
  assert.deepEqual(recordSizes(wire.down).slice(before), Array(12).fill(FRAME + 22));
});
