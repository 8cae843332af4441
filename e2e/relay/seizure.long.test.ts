/**
 * A seized mix: what its memory and disk still hold of an epoch whose grace is over. The mix is
 * the shipped program, its epochs have twelve seconds, packets go through it all the time.
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
import { PacketClient } from './lib/packet-client.ts';
import { ProcessNetwork } from './lib/processes.ts';

const EPOCH = 12_000;
const GRACE = 1_000;
const PATIENCE = 3_000;
const skip = process.platform === 'linux' ? false : 'memory of processes is read through /proc';

let network: ProcessNetwork;
let client: PacketClient;

before(async () => {
  network = await ProcessNetwork.create({
    set: {
      epochMs: EPOCH,
      graceMs: GRACE,
      keysAhead: 3,
      validEpochs: 3,
      slotMs: 100,
      inUseSlotMs: 50,
      digestMs: 500,
      delayMeanMs: 20,
    },
  });
  await network.startAll();
  client = await PacketClient.join(network.card, 0);
  await client.document();
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

test('after its grace no key of an epoch is in memory or on disk of a mix', { skip }, async () => {
  const data = join(network.dir, 'mix-1', 'data');
  const into = (): number => Date.now() % EPOCH;
  while (into() < GRACE + 1_000 || into() > EPOCH / 2) await pause(50);
  const epoch = Math.floor(Date.now() / EPOCH);
  const seedFile = (of: number): string => join(data, 'epochs', `${of}.seed`);
  const old = secretsOf(readFileSync(seedFile(epoch)));
  const next = secretsOf(readFileSync(seedFile(epoch + 1)));
  await sendSome(10, 100);
  const pid = network.pid('mix-1');
  const during = findInMemory(pid, old.forms);
  for (const name of old.live) assert.ok(during.has(name), `${name} is found while it is in use`);
  assert.ok(!during.has('seed raw'), 'the seed itself is not needed any more');

  const over = (epoch + 1) * EPOCH + GRACE;
  await sendSome(10, 200);
  // The file goes after the threads that held its keys; a moment is granted for both.
  while (existsSync(seedFile(epoch))) {
    assert.ok(Date.now() < over + PATIENCE, 'the epoch ends with its grace');
    await pause(50);
  }
  assert.ok(Date.now() >= over, 'and not before');
  await sendSome(10, 300);
  assert.deepEqual([...findInMemory(pid, old.forms)], [], 'nothing of the old epoch');
  const control = findInMemory(pid, next.forms);
  for (const name of next.live) assert.ok(control.has(name), `${name} of the next epoch is found`);
  assert.equal(existsSync(join(data, 'replay', `${epoch}.log`)), false);
});
