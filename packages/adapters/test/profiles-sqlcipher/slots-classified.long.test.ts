/**
 * Whoever has the files alone, of many vaults, and is told of half of them which slots are used, cannot
 * say it of the others. The same reader finds them at once where vaults are not settled.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Sensitive } from '@tacet/base';
import { openSlot } from '@tacet/testkit/open-slot';
import { createProfile, openProfile } from '../../src/profiles-sqlcipher/index.ts';
import { DAY, START, tend } from './rolling-scene.ts';

const VAULTS = 235;
const SLOTS = 4;
const PARTS = ['head', 'data', 'cells', 'roll0', 'roll1'];
const root = mkdtempSync(join(tmpdir(), 'tacet-classified-'));
after(() => rmSync(root, { recursive: true, force: true }));

const secretOf = (text: string) => ({
  kind: 'keychain' as const,
  secret: new Sensitive(new Uint8Array(createHash('sha256').update(text).digest())),
});

/** What a reader measures of a slot, and whether somebody's profile lies in it. */
interface Sample {
  readonly features: readonly number[];
  readonly used: boolean;
}

/** Two of four slots are used; which ones is written down while they are open. */
async function makeVault(dir: string): Promise<Set<number>> {
  const used = new Set<number>();
  const options = (text: string) => ({ dir, first: 4, ...secretOf(text) });
  const noteSlot = (): void => void used.add(openSlot(dir));
  const first = await createProfile(options('first'));
  first.store.exec('CREATE TABLE t (v TEXT) STRICT');
  noteSlot();
  await first.addProfile(secretOf('second'), [], async (store) =>
    store.exec('CREATE TABLE t (v TEXT) STRICT'),
  );
  first.close();
  let day = 0;
  for (const text of ['second', 'first', 'second', 'second']) {
    const profile = await openProfile(options(text));
    // Each writes as much as it likes.
    profile.store.run('INSERT INTO t VALUES (?)', text.repeat(2_000 * text.length));
    noteSlot();
    day += 1;
    await tend(profile, START + day * DAY);
    profile.close();
  }
  const resealed = await openProfile(options('second'));
  await resealed.changeSecret(secretOf('second'), secretOf('third'));
  resealed.close();
  assert.equal(used.size, 2);
  return used;
}

/** Of its files: sizes, places and times beside the other slots', and how even the bytes are. */
function features(dir: string, slot: number): number[] {
  const folder = join(dir, 'vault');
  const measured = Array.from({ length: SLOTS }, (_, i) => {
    const stats = PARTS.map((part) => statSync(join(folder, `${i}.${part}`)));
    return stats.flatMap(({ size, mode, blocks, ino, mtimeMs, ctimeMs, birthtimeMs }) => [
      ...[size, mode, blocks, ino],
      ...[mtimeMs, ctimeMs, birthtimeMs],
    ]);
  });
  const own = measured[slot] ?? [];
  const ranks = own.map((value, k) => measured.filter((other) => (other[k] ?? 0) > value).length);
  const data = readFileSync(join(folder, `${slot}.data`));
  const head = readFileSync(join(folder, `${slot}.head`));
  const copies = ['roll0', 'roll1'].map((part) => readFileSync(join(folder, `${slot}.${part}`)));
  const ends = [data, ...copies].flatMap((bytes) => [
    bytes.subarray(0, 4_096),
    bytes.subarray(-4_096),
  ]);
  // Pages that lie in two places, or bodies that share a run of octets.
  const all = Buffer.concat([data, ...copies]);
  return [
    ...ranks,
    ...[all, data, head, ...copies, ...ends].flatMap((bytes) => [
      chiSquare(bytes),
      mean(bytes),
      repeats(bytes),
    ]),
  ];
}

function chiSquare(bytes: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  const expected = bytes.length / 256;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

const mean = (bytes: Uint8Array): number =>
  bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length;

/** Blocks of sixteen bytes that come again. */
function repeats(bytes: Buffer): number {
  const seen = new Set<string>();
  for (let at = 0; at + 16 <= bytes.length; at += 16)
    seen.add(bytes.toString('latin1', at, at + 16));
  return Math.floor(bytes.length / 16) - seen.size;
}

/** A stump for each feature, the best of them by what is known, tried on what is not. */
function rightGuesses(known: readonly Sample[], others: readonly Sample[]): number {
  let best = { right: -1, feature: 0, cut: 0, above: true };
  const [first] = known;
  for (const feature of first?.features.keys() ?? []) {
    const of = (sample: Sample): number => sample.features[feature] ?? 0;
    for (const cut of new Set(known.map(of))) {
      for (const above of [true, false]) {
        const right = known.filter((one) => (of(one) >= cut === above) === one.used).length;
        if (right > best.right) best = { right, feature, cut, above };
      }
    }
  }
  const { feature, cut, above } = best;
  return others.filter((one) => ((one.features[feature] ?? 0) >= cut === above) === one.used)
    .length;
}

test('which slots are used cannot be told from the files, in vaults at rest', async () => {
  const atRest: Sample[] = [];
  const open: Sample[] = [];
  for (let i = 0; i < VAULTS; i++) {
    const dir = join(root, `v${i}`);
    const used = await makeVault(dir);
    const samples = () =>
      Array.from({ length: SLOTS }, (_, slot) => ({
        features: features(dir, slot),
        used: used.has(slot),
      }));
    assert.ok(statSync(join(dir, 'vault/0.roll0')).size > 65_536, 'copies are there');
    atRest.push(...samples());
    // The control: the same vault while one of its slots is open.
    const profile = await openProfile({ dir, first: 4, ...secretOf('first') });
    open.push(...samples());
    profile.close();
    rmSync(dir, { recursive: true });
  }
  const half = (VAULTS / 2) * SLOTS;
  const guessed = rightGuesses(atRest.slice(0, half), atRest.slice(half));
  // Half of them by chance; five standard deviations, once in two million runs.
  const deviation = Math.sqrt(half) / 2;
  assert.ok(Math.abs(guessed - half / 2) <= 5 * deviation, `${guessed} of ${half} at rest`);
  const found = rightGuesses(open.slice(0, half), open.slice(half));
  // One of the two used slots is open, and it shows.
  assert.ok(found >= 0.7 * half, `${found} of ${half} while open`);
});
