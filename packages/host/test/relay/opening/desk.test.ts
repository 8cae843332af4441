import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type KemKeyPair, kemKeyPair, systemRng } from '@tacet/crypto';
import {
  createPacketBuilder,
  createPacketOpener,
  type DocumentHash,
  EpochReplayGuard,
  type Frame,
  type Opened,
  type Path,
  type ReplyId,
} from '@tacet/onion';
import { OpeningDesk } from '../../../src/relay/opening/desk.ts';
import { EpochOpeners } from '../../../src/relay/opening/epochs.ts';
import { tempDir } from '../temp.ts';

const EPOCH = 5;
const bytes = (n: number): Uint8Array => systemRng.fill(new Uint8Array(n));
const builder = createPacketBuilder(systemRng);

interface Setup {
  readonly layer?: 1 | 4;
  readonly threads?: number;
  readonly slots?: number;
  readonly highWater?: number;
  readonly replayCapacity?: number;
}

/** Threads of every test: one that fails must not keep the process. */
const running: EpochOpeners[] = [];
afterEach(() => Promise.all(running.splice(0).map((openers) => openers.stop())));

function setUp(options: Setup = {}) {
  const { layer = 1, threads = 2, slots = 64, highWater = 48, replayCapacity = 1_000 } = options;
  const dir = tempDir();
  const seeds = [1, 2, 3, 4].map(() => bytes(32));
  const pairs = seeds.map((seed) => kemKeyPair(seed)) as [KemKeyPair, ...KemKeyPair[]];
  const seedFile = join(dir, 'seed');
  writeFileSync(seedFile, seeds[layer - 1] as Uint8Array, { mode: 0o600 });
  const documentHash = bytes(32) as DocumentHash;
  const hops = pairs.map((pair, i) => ({ index: i, key: pair.publicKey, delayMs: 7 * i }));
  const path = { epoch: EPOCH, documentHash, hops } as unknown as Path;
  const back = { ...path, hops: hops.map((hop) => ({ ...hop, delayMs: 0 })) } as unknown as Path;
  const view = { index: layer - 1, documentHash, predecessor: null, delayCapMs: 1_000 };
  const opened: Opened[] = [];
  const asked: Uint8Array[] = [];
  const arrivals: number[] = [];
  const held: boolean[] = [];
  let keep = true;
  let ended = false;
  const replay = new EpochReplayGuard({ capacity: replayCapacity, rng: systemRng, log: 'keep' });
  const desk = new OpeningDesk({
    layer,
    views: { lookup: (epoch) => (epoch === EPOCH ? view : null) },
    replay,
    slots,
    highWater,
    threads: (epoch) => (ended ? null : openers.get(epoch)),
    admit: () => true,
    onOpened: (one, arrivedAt) => {
      // Overwritten when this returns: a copy is looked at later.
      opened.push(one.kind === 'request' ? { ...one, data: one.data.slice() } : one);
      if (one.kind === 'request') asked.push(one.data);
      arrivals.push(arrivedAt);
      return keep && one.kind === 'forward';
    },
    onHold: (hold) => held.push(hold),
  });
  const openers = new EpochOpeners({
    role: layer === 4 ? 'edge' : 'mix',
    layer,
    threads,
    slots: desk.memory,
    done: desk.done,
    seedFile: () => seedFile,
    onFailure: (error) => {
      throw error;
    },
  });
  openers.start([EPOCH]);
  running.push(openers);
  /** The other relays, to bring a packet to its layer. */
  const others = pairs.map((secret, index) =>
    createPacketOpener({
      keys: { lookup: () => ({ ...view, index, secret }) },
      replay: new EpochReplayGuard({ capacity: 10_000, rng: systemRng, log: 'none' }),
      rng: systemRng,
      role: index === 3 ? 'edge' : 'mix',
      layer: index + 1,
    }),
  );
  const through = (frame: Frame): Frame => {
    frame[1] = 1;
    for (const opener of others.slice(0, layer - 1)) {
      const out = opener.open(frame, 0);
      assert.ok(out.kind === 'forward');
      frame = out.packet;
    }
    return frame;
  };
  return {
    desk,
    openers,
    opened,
    asked,
    arrivals,
    held,
    replay,
    others,
    end: () => {
      ended = true;
    },
    forget: () => {
      keep = false;
    },
    request: (data = bytes(100)) => through(builder.request(path, data, null)),
    withBlock: (data: Uint8Array) => {
      const { block } = builder.replyBlock(back, bytes(16) as ReplyId);
      return { block, frame: through(builder.request(path, data, block)) };
    },
    reply: (id: ReplyId) => {
      const { block, keys } = builder.replyBlock(back, id);
      const injected = others[0]?.reply(block, new Uint8Array(7_560).fill(9), 0);
      assert.ok(injected);
      return { keys, frame: through(injected.packet) };
    },
    until: async (count: number) => {
      while (opened.length < count) {
        desk.collect();
        await pause(1);
      }
      assert.equal(opened.length, count);
    },
  };
}

test('a mix’s packets come back opened as an opener would, each in a slot of its own', async () => {
  const { desk, opened, others, request, until } = setUp();
  const data = Array.from({ length: 30 }, () => bytes(2_000));
  for (const each of data) desk.take(request(each), 0);
  await until(30);
  const seen: string[] = [];
  for (const one of opened) {
    assert.ok(one.kind === 'forward');
    assert.deepEqual([one.epoch, one.next, one.delayMs], [EPOCH, 1, 0]);
    let frame = one.packet;
    for (const opener of others.slice(1, 3)) {
      const out = opener.open(frame, 0);
      assert.ok(out.kind === 'forward');
      frame = out.packet;
    }
    const end = others[3]?.open(frame, 0);
    assert.ok(end?.kind === 'request');
    seen.push(Buffer.from(end.data).toString('hex'));
    desk.release(one.packet);
  }
  assert.deepEqual(seen.sort(), data.map((each) => Buffer.from(each).toString('hex')).sort());
});

test('a packet whose opening a clock step met came in by the clock as it is set', async () => {
  const one = setUp({ layer: 1 });
  one.desk.take(one.request(), 5_000);
  one.desk.onClockStep(-3_000);
  one.desk.take(one.request(), 2_100);
  await one.until(2);
  assert.deepEqual(one.arrivals.toSorted(), [2_000, 2_100]);
});

test('an edge gets requests with their block, and replies with their id', async () => {
  const { desk, opened, asked, request, withBlock, reply, until } = setUp({ layer: 4 });
  const id = bytes(16) as ReplyId;
  const { block, frame } = withBlock(Uint8Array.of(1, 2, 3));
  const replied = reply(id);
  desk.take(frame, 0);
  await until(1);
  desk.take(request(new Uint8Array(2_816).fill(4)), 0);
  await until(2);
  desk.take(replied.frame, 0);
  await until(3);
  const [first, second, third] = opened;
  assert.ok(first?.kind === 'request' && second?.kind === 'request' && third?.kind === 'reply');
  assert.deepEqual(first.data, Uint8Array.of(1, 2, 3));
  assert.deepEqual(first.block, Uint8Array.from(block));
  assert.equal(first.delayMs, 21);
  assert.deepEqual(second.data, new Uint8Array(2_816).fill(4));
  assert.equal(second.block, null);
  assert.equal(asked.length, 2);
  for (const data of asked)
    assert.ok(
      data.every((byte) => byte === 0),
      'nothing of it stays',
    );
  assert.deepEqual(third.replyId, id);
  assert.deepEqual(builder.openReply(replied.keys, third.payload), new Uint8Array(7_560).fill(9));
});

test('of copies that race through two threads exactly one passes', async () => {
  const { desk, opened, replay, request, until } = setUp({ slots: 400, highWater: 400 });
  const frames = Array.from({ length: 10 }, () => request());
  for (let copy = 0; copy < 20; copy++) for (const frame of frames) desk.take(frame, 0);
  await until(200);
  assert.equal(opened.filter(({ kind }) => kind === 'forward').length, 10);
  const drops = opened.filter((one) => one.kind === 'drop');
  assert.ok(drops.every(({ reason }) => reason === 'replay'));
  assert.equal(replay.size(EPOCH), 10);
  assert.equal(replay.takeLog()[0]?.tags.length, 80, 'each tag is logged once');
});

function garbledCopy(frame: Frame): Uint8Array {
  const garbled = Uint8Array.from(frame);
  garbled[12_000] = (garbled[12_000] as number) ^ 1;
  return garbled;
}

/** Garbled copies ahead of the good packet fail at the MAC, those behind it at the look-up. */
function around(good: number, copies: number): string[] {
  return Array.from({ length: copies + 1 }, (_, i) =>
    i < good ? 'mac' : i === good ? 'forward' : 'replay',
  );
}

const outcomes = (opened: readonly Opened[]): string[] =>
  opened.map((one) => (one.kind === 'drop' ? one.reason : one.kind));

test('a garbled copy that comes back first, between or last burns no tag', async () => {
  // One thread gives back in the order it was given; all are opened before any is looked at.
  const { desk, opened, request, until } = setUp({ threads: 1 });
  for (const good of [0, 1, 2]) {
    const frame = request();
    const garbled = garbledCopy(frame);
    for (const i of [0, 1, 2]) desk.take(i === good ? frame : garbled, 0);
    await until((good + 1) * 3);
    assert.deepEqual(outcomes(opened.slice(-3)), around(good, 2));
  }
});

test('garbled copies that race the good packet through two threads burn no tag', async () => {
  const { desk, opened, request, until } = setUp();
  for (let round = 1; round <= 10; round++) {
    const frame = request();
    const garbled = garbledCopy(frame);
    for (const copy of [garbled, frame, garbled]) desk.take(copy, 0);
    await until(round * 3);
    const seen = outcomes(opened.slice(-3));
    assert.ok(seen.includes('forward'));
    assert.deepEqual(seen, around(seen.indexOf('forward'), 2));
  }
});

test('a full replay set accepts nothing', async () => {
  const { desk, opened, request, until } = setUp({ replayCapacity: 2 });
  for (let i = 0; i < 5; i++) desk.take(request(), 0);
  await until(5);
  assert.deepEqual(outcomes(opened).sort(), [
    'forward',
    'forward',
    'replay-full',
    'replay-full',
    'replay-full',
  ]);
});

test('what the prefix shows is refused without a slot or a thread', async () => {
  const { desk, opened, request } = setUp();
  const good = request();
  const changed = (at: number, to: number): Uint8Array => {
    const frame = Uint8Array.from(good);
    frame[at] = to;
    return frame;
  };
  for (const frame of [
    good.subarray(1),
    changed(0, 2),
    changed(1, 2),
    changed(5, 9),
    changed(7, 3),
  ]) {
    desk.take(frame, 0);
  }
  assert.deepEqual(
    opened.map((one) => one.kind === 'drop' && one.reason),
    ['length', 'version', 'layer', 'epoch', 'index'],
  );
  assert.equal(desk.inFlight, 0);
});

test('links are held at the mark, go on below it; without a slot packets are shed', async () => {
  const { desk, openers, opened, held, forget, request, until } = setUp({
    slots: 20,
    highWater: 10,
  });
  const frames = Array.from({ length: 30 }, () => request());
  for (const frame of frames) desk.take(frame, 0);
  assert.deepEqual(held, [true], 'once, however many come all the same');
  assert.equal(desk.counters.get('frames-shed'), 10);
  assert.equal(desk.inFlight, 20);
  await until(20);
  assert.deepEqual(held, [true, false]);
  desk.take(request(), 0);
  assert.equal(desk.counters.get('frames-shed'), 11, 'packets that are kept hold their slots');
  for (const one of opened) {
    assert.ok(one.kind === 'forward');
    desk.release(one.packet);
    desk.release(one.packet);
    desk.release(one.packet.slice());
  }
  forget();
  for (let i = 0; i < 20; i++) desk.take(request(), 0);
  assert.equal(desk.counters.get('frames-shed'), 11, 'what left made room');
  desk.take(request(), 0);
  assert.equal(desk.counters.get('frames-shed'), 12, 'for as many as left, said once or twice');
  await until(40);
  desk.take(request(), 0);
  await until(41);
  assert.equal(openers.get(EPOCH)?.inFlight, 0);
});

test('retiring waits for what threads were given; then their epoch is not opened any more', async () => {
  const { desk, openers, opened, request, until, end } = setUp({ threads: 1 });
  for (let i = 0; i < 20; i++) desk.take(request(), 0);
  const retired = openers.retire([EPOCH]);
  await until(20);
  await retired;
  end();
  assert.equal(opened.filter(({ kind }) => kind === 'forward').length, 20);
  desk.take(request(), 0);
  assert.deepEqual(opened[20], { kind: 'drop', reason: 'epoch' });
});
