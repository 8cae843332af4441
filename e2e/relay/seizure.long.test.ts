/**
 * Seized relays: what their memory and disk still hold of an epoch whose grace is over. They are
 * the shipped program, epochs have twenty seconds, packets go through them all the time.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { makeBox } from './lib/boxes.ts';
import { findInMemory, formsOf, type Pattern } from './lib/memory.ts';
import type { PacketClient } from './lib/packet-client.ts';
import type { ProcessNetwork } from './lib/processes.ts';
import { QUICK, startStage } from './lib/stage.ts';

/** As long as a busy machine wants for the change from one to the next. */
const EPOCH = 20_000;
const GRACE = 1_000;
const PATIENCE = 20_000;
const skip = process.platform === 'linux' ? false : 'memory of processes is read through /proc';

let network: ProcessNetwork;
let client: PacketClient;

before(async () => {
  ({ network, client } = await startStage({
    set: { ...QUICK, epochMs: EPOCH, graceMs: GRACE },
  }));
});
after(async () => {
  client?.close();
  await network?.close();
});

/** Traffic through all mixes; whether each answer comes is not the matter here. */
async function sendSome(count: number, from: number): Promise<void> {
  const { document } = await client.document();
  await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const box = makeBox(document.networkId, from + i);
      const [edge] = client.home(box.mark);
      const answered = client.ask(edge, { kind: 'put', record: box.record });
      await Promise.race([answered, pause(2_000)]);
    }),
  );
}

/** Everything that opens packets of an epoch, from its seed, in every form. */
function secretsOf(seed: Uint8Array): { forms: Pattern[]; live: string[] } {
  const expanded = hash('shake256', seed, { outputEncoding: 'buffer', outputLength: 96 });
  const [d, z, x] = [0, 32, 64].map((at) => Uint8Array.from(expanded.subarray(at, at + 32))) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  // An expanded key begins with its secret vector; what follows is public but for z.
  const decoded = coefficients(
    ml_kem768.keygen(Uint8Array.from(expanded.subarray(0, 64))).secretKey,
  );
  const vectors = [0, 1, 2].map((i) => ({
    name: `ML-KEM vector ${i}`,
    bytes: Buffer.from(decoded.buffer, i * 512, 64),
  }));
  return {
    forms: [
      ...formsOf('seed', seed),
      ...formsOf('ML-KEM d', d),
      ...formsOf('ML-KEM z', z),
      ...formsOf('X25519 secret', x),
      ...vectors,
    ],
    live: ['X25519 secret raw', 'ML-KEM vector 0'],
  };
}

/** The secret vector as OpenSSL keeps it: twelve bits a number on the wire, sixteen in memory. */
function coefficients(bytes: Uint8Array): Uint16Array {
  const out = new Uint16Array(3 * 256);
  for (let i = 0; i < out.length; i += 2) {
    const at = (i / 2) * 3;
    const [a, b, c] = [bytes[at], bytes[at + 1], bytes[at + 2]] as [number, number, number];
    out[i] = a | ((b & 0x0f) << 8);
    out[i + 1] = (b >> 4) | (c << 4);
  }
  return out;
}

test('every form of a planted secret is found in another process', { skip }, async () => {
  const secret = Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + 11) & 0xff);
  const script = `
    const secret = Buffer.alloc(32);
    for (let i = 0; i < 32; i++) secret[i] = (i * 37 + 11) & 0xff;
    const forms = [secret.toString('hex'), secret.toString('base64')];
    globalThis.kept = [secret, ...forms.flatMap((f) => [Buffer.from(f, 'latin1'), Buffer.from(f, 'utf16le')])];
    process.stdout.write('ready');
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const forms = formsOf('planted', secret);
  const found = findInMemory(child.pid ?? 0, forms);
  const exit = once(child, 'exit');
  child.stdin.end();
  await exit;
  assert.deepEqual([...found].sort(), [...new Set(forms.map(({ name }) => name))].sort());
});

/** Relays that open packets; an authority has no keys of epochs. */
const OPENERS = ['mix-1', 'edge-1'];

interface Opener {
  readonly name: string;
  readonly old: ReturnType<typeof secretsOf>;
  readonly next: ReturnType<typeof secretsOf>;
}

function dataOf(name: string): string {
  return join(network.dir, name, 'data');
}

function seedFile(name: string, epoch: number): string {
  return join(dataOf(name), 'epochs', `${epoch}.seed`);
}

/** Sends until every relay has opened some packets of that epoch. */
async function sendOf(epoch: number): Promise<void> {
  for (let from = 100; OPENERS.some((name) => loggedTags(name, epoch).length < 10); from += 10) {
    assert.ok(Date.now() < (epoch + 1) * EPOCH, 'packets of the epoch come through');
    await sendSome(10, from);
  }
}

/** Replay tags of an epoch, as they stand in the log and as the table in memory has them. */
function tagsOf(name: string, epoch: number): Pattern[] {
  return loggedTags(name, epoch).flatMap((tag, i) => [
    { name: `replay tag ${i} of ${name}`, bytes: tag },
    { name: `replay tag ${i} of ${name}`, bytes: Buffer.from(tag).swap32() },
  ]);
}

function loggedTags(name: string, epoch: number): Buffer[] {
  const path = join(dataOf(name), 'replay', `${epoch}.log`);
  const log = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const places = Array.from({ length: log.length >> 3 }, (_, i) => log.subarray(8 * i, 8 * i + 8));
  // An empty place is zeros.
  return places.filter((tag) => tag.some((byte) => byte !== 0));
}

/**
 * Looks until everything wanted is found; a slow look is one of its first moment. Before `end`;
 * threads of an epoch may start late on a busy machine.
 */
async function untilFound(
  name: string,
  end: number,
  forms: readonly Pattern[],
  wanted: readonly string[],
) {
  for (;;) {
    const inTime = Date.now() < end;
    const found = findInMemory(network.pid(name), forms);
    const missing = wanted.filter((one) => !found.has(one));
    if (missing.length === 0) return found;
    assert.ok(inTime, `not found at ${name} while in use: ${missing.join(', ')}`);
    await pause(200);
  }
}

/** What is still found when it had time to go; what is freed is overwritten by other threads. */
async function left(name: string, patterns: readonly Pattern[]): Promise<string[]> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = [...findInMemory(network.pid(name), patterns)];
    if (found.length === 0 || Date.now() > end) return found;
    await pause(200);
  }
}

test('after its grace nothing of an epoch is in memory or on disk of any relay: no key, no tag', {
  skip,
}, async () => {
  const into = (): number => Date.now() % EPOCH;
  while (into() < GRACE + 1_000 || into() > EPOCH / 2) await pause(50);
  const epoch = Math.floor(Date.now() / EPOCH);
  await sendOf(epoch);
  const relays: Opener[] = OPENERS.map((name) => ({
    name,
    old: secretsOf(readFileSync(seedFile(name, epoch))),
    next: secretsOf(readFileSync(seedFile(name, epoch + 1))),
  }));
  const tags = OPENERS.flatMap((name) => tagsOf(name, epoch));
  for (const { name, old } of relays) {
    const own = tags.filter((tag) => tag.name.endsWith(name));
    const wanted = [...old.live, ...own.map((tag) => tag.name)];
    const end = (epoch + 1) * EPOCH;
    const found = await untilFound(name, end, [...old.forms, ...own], wanted);
    assert.ok(!found.has('seed raw'), `the seed itself is not needed any more at ${name}`);
  }
  const over = (epoch + 1) * EPOCH + GRACE;
  const end = Math.max(over, Date.now()) + PATIENCE;
  // The file goes after the threads that held its keys; a moment is granted for both.
  while (OPENERS.some((name) => existsSync(seedFile(name, epoch)))) {
    assert.ok(Date.now() < end, 'the epoch ends with its grace');
    await pause(50);
  }
  assert.ok(Date.now() >= over, 'and not before');
  for (const { name, next } of relays) {
    await untilFound(name, (epoch + 2) * EPOCH, next.forms, next.live);
  }
  const forms = relays.flatMap(({ name, old }) =>
    old.forms.map((form) => ({ ...form, name: `${form.name} of ${name}` })),
  );
  for (const holder of network.names) {
    assert.deepEqual(await left(holder, [...forms, ...tags]), [], `nothing old at ${holder}`);
  }
  // A log is overwritten piece by piece before it goes.
  while (OPENERS.some((name) => existsSync(join(dataOf(name), 'replay', `${epoch}.log`)))) {
    assert.ok(Date.now() < end, 'tags of the epoch stay on a disk');
    await pause(50);
  }
});
