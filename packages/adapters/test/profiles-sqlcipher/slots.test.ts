/** Several profiles in one vault, what an added one may cost, and what the files say of their number. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isAppError, type Rng, Sensitive } from '@tacet/base';
import type { ProfileStore } from '@tacet/client';
import { systemRng } from '@tacet/crypto';
import { seededRng } from '@tacet/testkit';
import { openSlot } from '@tacet/testkit/open-slot';
import {
  createProfile,
  type OpenProfile,
  openProfile,
  type ProfileOptions,
} from '../../src/profiles-sqlcipher/index.ts';
import { stepFor } from '../../src/profiles-sqlcipher/sizes.ts';

const COST = { memoryKiB: 64, passes: 1 };
const PAGE = 4_096;
const root = mkdtempSync(join(tmpdir(), 'tacet-slots-'));
after(() => rmSync(root, { recursive: true, force: true }));
let counter = 0;
const fresh = (): string => join(root, `p${counter++}`);
/** As good as a passphrase, and answered at once. */
const typed = (text: string) => ({
  kind: 'keychain' as const,
  secret: new Sensitive(new Uint8Array(createHash('sha256').update(text).digest())),
});
const refused = (code: string) => (error: unknown) => isAppError(error, code);

const options = (dir: string, text: string, more: Partial<ProfileOptions> = {}) => ({
  ...{ dir, cost: COST, first: 4 },
  ...typed(text),
  ...more,
});

const note = (text: string) => (store: ProfileStore) => {
  store.exec('CREATE TABLE t (v TEXT) STRICT');
  store.run('INSERT INTO t VALUES (?)', text);
};
const prepare = (text: string) => async (store: ProfileStore) => note(text)(store);

const read = ({ store }: OpenProfile) => store.get('SELECT v FROM t')?.['v'];

/** What a secret opens, or the code of its refusal. */
async function opens(dir: string, text: string): Promise<unknown> {
  try {
    const profile = await openProfile(options(dir, text));
    await profile.checked();
    const said = read(profile);
    profile.close();
    return said;
  } catch (error) {
    return isAppError(error, 'passphrase-wrong') ? error.code : Promise.reject(error);
  }
}

/** A closed vault with one profile, `first`. */
async function vault(slot?: number): Promise<string> {
  const dir = fresh();
  const made = await createProfile(options(dir, 'first', slot === undefined ? {} : { slot }));
  note('of the first')(made.store);
  made.close();
  return dir;
}

async function add(
  dir: string,
  from: string,
  text: string,
  keep: readonly string[] = [],
  rng: Rng = systemRng,
) {
  const profile = await openProfile(options(dir, from, { rng }));
  try {
    await profile.addProfile(typed(text), keep.map(typed), prepare(`of ${text}`));
  } finally {
    profile.close();
  }
}

async function addDuress(dir: string, from: string, text: string, keep: readonly string[] = []) {
  const profile = await openProfile(options(dir, from));
  try {
    await profile.addDuress(typed(text), keep.map(typed));
  } finally {
    profile.close();
  }
}

/** Names, sizes and times of the files of each slot. */
function look(dir: string) {
  const folder = join(dir, 'vault');
  const slots = ['0', '1', '2', '3'].map((slot) =>
    readdirSync(folder)
      .filter((name) => name.startsWith(slot))
      .sort()
      .map((name) => {
        const { size, mtimeMs, atimeMs, mode } = statSync(join(folder, name));
        return { part: name.slice(2), size, mtimeMs, atimeMs, mode };
      }),
  );
  return { slots, names: readdirSync(folder).length };
}

/** The slot that a secret opens. */
async function slotOf(dir: string, text: string): Promise<number> {
  const profile = await openProfile(options(dir, text));
  const slot = openSlot(dir);
  profile.close();
  return slot;
}

test('every vault has four slots that look alike, and the first profile lies in any', async () => {
  const used = new Set<number>();
  for (let i = 0; used.size < 4; i++) {
    assert.ok(i < 60, 'by chance once in ten million');
    const dir = await vault();
    const { slots, names } = look(dir);
    assert.equal(names, 22);
    for (const slot of slots) assert.deepEqual(slot, slots[0]);
    assert.deepEqual(
      slots[0]?.map(({ part, size }) => [part, size]),
      [
        ['cells', 0],
        ['data', 4 * PAGE],
        ['head', 4_096],
        ['roll0', 0],
        ['roll1', 0],
      ],
    );
    used.add(await slotOf(dir, 'first'));
  }
});

/** Of each part when the files of the four slots came to be, ns. */
function births(dir: string): Map<string, bigint[]> {
  const born = (name: string) => statSync(join(dir, 'vault', name), { bigint: true }).birthtimeNs;
  const parts = ['head', 'data', 'cells', 'roll0', 'roll1'];
  return new Map(parts.map((part) => [part, [0, 1, 2, 3].map((slot) => born(`${slot}.${part}`))]));
}

test('when a file came to be says nothing: first, added, resealed, coerced', async () => {
  for (let slot = 0; slot < 4; slot++) {
    const dir = await vault(slot);
    const first = births(dir);
    const look = async (
      text: string,
      changed: boolean,
      work: (profile: OpenProfile) => Promise<void>,
    ): Promise<void> => {
      const before = births(dir);
      const profile = await openProfile(options(dir, text));
      await work(profile);
      profile.close();
      for (const [part, born] of births(dir)) {
        // In one order, whichever is used, and all of a part together or none.
        assert.deepEqual(born, born.toSorted(ascending), part);
        const same = part !== 'head' || !changed;
        if (same) assert.deepEqual(born, before.get(part), part);
        else assert.ok(born.every((at) => at > (before.get(part)?.at(-1) ?? at)));
      }
    };
    await look('first', false, async () => {});
    await look('first', true, (profile) =>
      profile.addProfile(typed('decoy'), [], prepare('of decoy')),
    );
    await look('first', true, (profile) => profile.changeSecret(typed('first'), typed('other')));
    await look('decoy', true, (profile) => profile.addDuress(typed('coerced'), [typed('other')]));
    await look('coerced', false, async () => {});
    assert.deepEqual(births(dir).get('data'), first.get('data'));
  }
});

const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

test('while it is open, times of headers do not say whether others were just overwritten', async () => {
  const times = (dir: string) =>
    [0, 1, 2, 3].map((slot) => {
      const { mtimeNs, ctimeNs } = statSync(join(dir, 'vault', `${slot}.head`), { bigint: true });
      return { modified: mtimeNs, changed: ctimeNs };
    });
  for (const text of ['decoy', 'coerced']) {
    const dir = await vault();
    await add(dir, 'first', 'decoy');
    await addDuress(dir, 'decoy', 'coerced', ['first']);
    const ask = async (asked: string, before = times(dir)) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const began = BigInt(Date.now()) * 1_000_000n;
      const held = await openProfile(options(dir, asked));
      const opened = times(dir);
      assert.ok(opened.every(({ changed }, slot) => changed > (before[slot]?.changed ?? 0n)));
      assert.equal(new Set(opened.map(({ modified }) => modified)).size, 1, asked);
      assert.ok(opened.every(({ modified }) => modified >= began - 1_000_000n));
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(await held.opens(typed(asked)), 'this');
      const again = times(dir);
      assert.ok(again.every(({ changed }, slot) => changed > (opened[slot]?.changed ?? 0n)));
      assert.equal(new Set(again.map(({ modified }) => modified)).size, 1, asked);
      held.close();
    };
    await ask(text);
  }
});

test('steps grow by half', () => {
  assert.deepEqual(
    [1, 512, 513, 768, 769, 2_000].map((pages) => stepFor(pages, 512)),
    [512, 512, 768, 768, 1_152, 2_592],
  );
});

test('what grows in one slot makes all of them longer, and none of them loses anything', async () => {
  const dir = await vault();
  await add(dir, 'first', 'second');
  const first = await openProfile(options(dir, 'first'));
  first.store.exec('CREATE TABLE large (v BLOB) STRICT');
  first.store.run('INSERT INTO large VALUES (zeroblob(300000))');
  const cells = await first.cells();
  const place = { key: systemRng.fill(new Uint8Array(32)), file: 1, block: 0 };
  await cells.write(2, place, new Uint8Array(144_832).fill(7));
  first.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  (await openProfile(options(dir, 'first'))).close();
  const { slots } = look(dir);
  for (const slot of slots) assert.deepEqual(slot, slots[0]);
  const sizes = Object.fromEntries(slots[0]?.map(({ part, size }) => [part, size]) ?? []);
  assert.equal(sizes['cells'], 16 * 147_456);
  assert.equal(sizes['data'], stepFor(76, 4) * PAGE);

  const second = await openProfile(options(dir, 'second'));
  await second.checked();
  assert.equal(read(second), 'of second');
  second.store.run('INSERT INTO t VALUES (?)', 'more');
  second.close();
  const again = await openProfile(options(dir, 'first'));
  await again.checked();
  assert.equal(read(again), 'of the first');
  assert.deepEqual(again.store.get('SELECT sum(length(v)) AS n FROM large'), { n: 300_000 });
  assert.deepEqual(await (await again.cells()).read(2, place), new Uint8Array(144_832).fill(7));
  again.close();
});

test('killed while open, its file is as long as the others and has a log; whoever opens another slot leaves it whole', async () => {
  const dir = await vault(1);
  await add(dir, 'first', 'second');
  const open = await openProfile(options(dir, 'first'));
  open.store.exec('CREATE TABLE later (v BLOB) STRICT');
  for (let i = 0; i < 20; i++) open.store.run('INSERT INTO later VALUES (zeroblob(9000))');
  const killed = fresh();
  cpSync(dir, killed, { recursive: true });
  open.close();
  const lengths = [0, 1, 2, 3].map((slot) => statSync(join(killed, `vault/${slot}.data`)).size);
  assert.equal(new Set(lengths).size, 1);
  assert.equal(await opens(killed, 'second'), 'of second');
  assert.ok(statSync(join(killed, 'vault/1.data-wal')).size > 0, 'the log is still there');
  const first = await openProfile(options(killed, 'first'));
  await first.checked();
  assert.deepEqual(first.store.get('SELECT count(*) AS n FROM later'), { n: 20 });
  assert.equal(first.store.get('PRAGMA integrity_check(1)')?.['integrity_check'], 'ok');
  first.close();
});

test('added profiles open by their own passphrase, and what is named is kept', async () => {
  for (let i = 0; i < 4; i++) {
    const dir = await vault();
    await add(dir, 'first', 'second');
    await add(dir, 'first', 'third', ['second']);
    await add(dir, 'second', 'fourth', ['first', 'third']);
    assert.equal(await opens(dir, 'first'), 'of the first');
    assert.equal(await opens(dir, 'second'), 'of second');
    assert.equal(await opens(dir, 'third'), 'of third');
    assert.equal(await opens(dir, 'fourth'), 'of fourth');
    assert.equal(await opens(dir, 'fifth'), 'passphrase-wrong');
    const all = ['second', 'third', 'fourth'];
    await assert.rejects(add(dir, 'first', 'fifth', all), refused('vault-full'));
    await assert.rejects(add(dir, 'first', 'second', all), refused('passphrase-used'));
    await assert.rejects(add(dir, 'first', 'first'), refused('passphrase-used'));
    await assert.rejects(add(dir, 'first', 'fifth', ['nobody']), refused('passphrase-wrong'));
    const profile = await openProfile(options(dir, 'first'));
    await assert.rejects(
      profile.changeSecret(typed('first'), typed('third')),
      refused('passphrase-used'),
    );
    await profile.changeSecret(typed('first'), typed('first'));
    assert.equal(await profile.opens(typed('second')), 'another');
    assert.equal(await profile.opens(typed('first')), 'this');
    assert.equal(await profile.opens(typed('nobody')), 'nothing');
    profile.close();
    assert.equal(await opens(dir, 'third'), 'of third');
  }
});

test('a profile nobody named may be the one whose slot is taken', async () => {
  // Of a seed, so that no run is the one in a hundred in which chance spares it each time.
  const rng = seededRng('whose slot is taken');
  const times = 12;
  let lost = 0;
  for (let i = 0; i < times; i++) {
    const dir = await vault(i % 4);
    await add(dir, 'first', 'second', [], rng);
    await add(dir, 'first', 'third', [], rng);
    if ((await opens(dir, 'second')) === 'passphrase-wrong') lost += 1;
    else assert.equal(await opens(dir, 'second'), 'of second');
    assert.equal(await opens(dir, 'third'), 'of third');
  }
  assert.ok(lost > 0 && lost < times, `${lost} of ${times}`);
});

test('a passphrase for coercion opens its profile and leaves no other, each time', async () => {
  const dir = await vault();
  await add(dir, 'first', 'decoy');
  await addDuress(dir, 'decoy', 'coerced', ['first']);
  assert.equal(await opens(dir, 'first'), 'of the first', 'the control: until then both are there');
  const held = await openProfile(options(dir, 'decoy'));
  assert.equal(await held.opens(typed('coerced')), 'this', 'it is as good as the right one');
  held.close();
  assert.equal(await opens(dir, 'first'), 'passphrase-wrong', 'also when a window asks for it');
  for (let i = 0; i < 2; i++) {
    await add(dir, 'decoy', `later ${i}`, ['coerced']);
    assert.equal(await opens(dir, `later ${i}`), `of later ${i}`);
    assert.equal(await opens(dir, 'coerced'), 'of decoy');
    assert.equal(await opens(dir, `later ${i}`), 'passphrase-wrong');
  }
  assert.equal(await opens(dir, 'decoy'), 'of decoy');
  const { slots, names } = look(dir);
  assert.equal(names, 22);
  for (const slot of slots) assert.deepEqual(slot, slots[0]);
});

test('asked for while the one it destroys is open, it is another profile, and the open one is gone', async () => {
  const dir = await vault();
  await add(dir, 'first', 'decoy');
  await addDuress(dir, 'decoy', 'coerced', ['first']);
  const open = await openProfile(options(dir, 'first'));
  assert.equal(await open.opens(typed('coerced')), 'another');
  open.close();
  assert.equal(await opens(dir, 'first'), 'passphrase-wrong');
  assert.equal(await opens(dir, 'decoy'), 'of decoy');
});

test('a log of a profile that was open when the computer stopped goes with it', async () => {
  const dir = await vault(2);
  await add(dir, 'first', 'decoy');
  await addDuress(dir, 'decoy', 'coerced', ['first']);
  const open = await openProfile(options(dir, 'first'));
  open.store.run('INSERT INTO t VALUES (?)', 'in the log');
  const stopped = fresh();
  cpSync(dir, stopped, { recursive: true });
  open.close();
  assert.ok(statSync(join(stopped, 'vault/2.data-wal')).size > 0, 'the control');
  assert.equal(await opens(stopped, 'coerced'), 'of decoy');
  assert.equal(look(stopped).names, 22);
  assert.equal(await opens(stopped, 'first'), 'passphrase-wrong');
});
