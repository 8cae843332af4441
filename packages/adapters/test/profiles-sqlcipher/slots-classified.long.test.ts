/**
 * Whoever has the files alone, of many vaults, and is told of half of them which slots are used, cannot
 * say it of the others. The same reader finds them at once where files of used slots grow by themselves, or
 * headers come to be one by one.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Sensitive } from '@tacet/base';
import { openSlot } from '@tacet/testkit/open-slot';
import { createProfile, openProfile } from '../../src/profiles-sqlcipher/index.ts';
import { extentsOf } from './extents.ts';
import { DAY, START, tend } from './rolling-scene.ts';

const VAULTS = Number(process.env['VAULTS'] ?? 235);
const PAGE = 4_096;
const SLOTS = 4;
const PARTS = ['head', 'data', 'cells', 'roll0', 'roll1'];
const root = mkdtempSync(join(tmpdir(), 'tacet-classified-'));
after(() => rmSync(root, { recursive: true, force: true }));
writeFileSync(join(root, 'probe'), new Uint8Array(PAGE));
/** Whether the file system says where files lie. */
const SAYS = extentsOf([join(root, 'probe')]) !== null;

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

/** Of the files of each slot: sizes, times, and where they lie. */
function outsides(dir: string): number[][] {
  const slots = Array.from({ length: SLOTS }, (_, slot) =>
    PARTS.map((part) => join(dir, 'vault', `${slot}.${part}`)),
  );
  const lie = extentsOf(slots.flat());
  return slots.map((paths, slot) =>
    paths.flatMap((path, part) => {
      const { size, mode, blocks, ino, mtimeMs, ctimeMs, birthtimeMs } = statSync(path);
      const extents = lie?.[slot * PARTS.length + part] ?? [];
      const [first, last] = [extents[0], extents.at(-1)];
      const ends = [first?.place ?? 0, (last?.place ?? 0) + (last?.blocks ?? 0)];
      return [
        ...[size, mode, blocks, ino],
        ...[mtimeMs, ctimeMs, birthtimeMs],
        ...[extents.length, ...ends, first?.blocks ?? 0, last?.blocks ?? 0],
      ];
    }),
  );
}

/** Of each number how many other slots have a higher one. */
function ranksOf(measured: readonly (readonly number[])[], slot: number): number[] {
  const own = measured[slot] ?? [];
  return own.map((value, k) => measured.filter((other) => (other[k] ?? 0) > value).length);
}

/** How even the bytes are. */
function inside(dir: string, slot: number): number[] {
  const folder = join(dir, 'vault');
  const data = readFileSync(join(folder, `${slot}.data`));
  const head = readFileSync(join(folder, `${slot}.head`));
  const copies = ['roll0', 'roll1'].map((part) => readFileSync(join(folder, `${slot}.${part}`)));
  const ends = [data, ...copies].flatMap((bytes) => [
    bytes.subarray(0, 4_096),
    bytes.subarray(-4_096),
  ]);
  // Pages that lie in two places, or bodies that share a run of octets.
  const all = Buffer.concat([data, ...copies]);
  return [all, data, head, ...copies, ...ends].flatMap((bytes) => [
    chiSquare(bytes),
    mean(bytes),
    repeats(bytes),
  ]);
}

/** When files came to be, alone. */
function births(dir: string): number[][] {
  return Array.from({ length: SLOTS }, (_, slot) =>
    PARTS.map((part) => statSync(join(dir, 'vault', `${slot}.${part}`)).birthtimeMs),
  );
}

/** A control: the ends of used slots are cut, and grow page by page beside another file. */
function growAlone(dir: string, used: ReadonlySet<number>): void {
  const beside = openSync(join(dir, 'beside'), 'w');
  for (const slot of used) {
    const path = join(dir, 'vault', `${slot}.data`);
    const { size, atime, mtime } = statSync(path);
    const file = openSync(path, 'r+');
    ftruncateSync(file, size - 4 * PAGE);
    fsyncSync(file);
    for (let at = size - 4 * PAGE; at < size; at += PAGE) {
      writeSync(beside, randomBytes(PAGE));
      fsyncSync(beside);
      writeSync(file, randomBytes(PAGE), 0, PAGE, at);
      fsyncSync(file);
    }
    closeSync(file);
    utimesSync(path, atime, mtime);
  }
  closeSync(beside);
}

/** A control: headers of used slots are made anew without the others. */
function bearAlone(dir: string, used: ReadonlySet<number>): void {
  for (const slot of used) {
    const path = join(dir, 'vault', `${slot}.head`);
    writeFileSync(`${path}.new`, readFileSync(path));
    renameSync(`${path}.new`, path);
  }
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

/** Of the half nobody told of, how many are guessed right. */
function guesses(samples: readonly Sample[]): { readonly right: number; readonly of: number } {
  const half = Math.ceil(VAULTS / 2) * SLOTS;
  const others = samples.slice(half);
  return { right: rightGuesses(samples.slice(0, half), others), of: others.length };
}

test('which slots are used cannot be told from the files, in vaults at rest', async (t) => {
  const atRest: Sample[] = [];
  const grown: Sample[] = [];
  const born: Sample[] = [];
  for (let i = 0; i < VAULTS; i++) {
    const dir = join(root, `v${i}`);
    const used = await makeVault(dir);
    const note = (into: Sample[], measured: number[][], more = (_slot: number): number[] => []) => {
      for (let slot = 0; slot < SLOTS; slot++) {
        const features = [...ranksOf(measured, slot), ...more(slot)];
        into.push({ features, used: used.has(slot) });
      }
    };
    assert.ok(statSync(join(dir, 'vault/0.roll0')).size > 65_536, 'copies are there');
    note(atRest, outsides(dir), (slot) => inside(dir, slot));
    if (SAYS) {
      growAlone(dir, used);
      note(grown, outsides(dir));
    }
    bearAlone(dir, used);
    note(born, births(dir));
    rmSync(dir, { recursive: true });
  }
  const rest = guesses(atRest);
  // Half of them by chance; five standard deviations, once in two million runs.
  const deviation = Math.sqrt(rest.of) / 2;
  t.diagnostic(`${rest.right} of ${rest.of} at rest`);
  assert.ok(Math.abs(rest.right - rest.of / 2) <= 5 * deviation, `${rest.right} of ${rest.of}`);
  const controls = [born, ...(SAYS ? [grown] : [])].map(guesses);
  t.diagnostic(`controls: ${controls.map(({ right, of }) => `${right} of ${of}`).join(', ')}`);
  for (const { right, of } of controls)
    assert.ok(right >= 0.9 * of, `a control: ${right} of ${of}`);
  if (!SAYS) t.diagnostic('where blocks lie was left out: no filefrag, or it does not say');
});
