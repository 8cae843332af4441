/**
 * What somebody sees who records every byte of a person's link: open, window lock, full lock, and going from one
 * to the other again and again, look the same. Two controls are found: frames held back by the recorder, and a
 * daemon that ends and starts where another one locks.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { foundTwice } from '@tacet/testkit/twice';
import { introduce } from '../lib/meet.ts';
import { sleep } from '../lib/program.ts';
import { FAST, Town } from '../lib/town.ts';
import { fitGrid } from '../rhythm/grid.ts';
import { judge, type Stretch } from '../rhythm/judge.ts';
import { asTable } from '../rhythm/main.ts';
import { Wiretap, wireNow } from '../rhythm/wiretap.ts';

const SLOT = 500;
const FRAMES = 80;
const HELD_MS = 100;
/** Of twelve comparisons the same one is below it twice, by chance, in a million runs. */
const LEAST_P = 0.00025;
const SECRET = { keychain: true } as const;

const parameters = {
  ...FAST,
  slotMs: SLOT,
  inUseSlotMs: SLOT,
  delayMeanMs: SLOT / 4,
  digestMs: SLOT,
};

/** Plays all of it on a network of its own. @returns which stretches differ, as chance makes them now and then */
async function look(t: TestContext): Promise<readonly string[]> {
  const dir = mkdtempSync(join(tmpdir(), 'tacet-wire-'));
  const tap = await Wiretap.prepare(dir, 2);
  try {
    return await Town.with({ parameters, configure: tap.configure, urgent: true }, async (town) => {
      await tap.start();
      const alice = await town.person('alice');
      // The wire's first connection is hers: nobody else was there.
      const bob = await town.person('bob');
      const { atGuest } = await introduce(town, alice, bob);
      for (const { api } of [alice, bob]) await api.call('level.set', { level: 'strong' });
      await sleep(8 * SLOT);
      const stretches: Stretch[] = [];
      let written = 0;
      const stretch = async (name: string, during: (over: AbortSignal) => Promise<void>) => {
        // There is mail to come in each of them.
        await bob.api.call('message.send', {
          contactId: atGuest,
          text: name,
          clientId: `${written++}`,
        });
        const from = wireNow();
        const over = new AbortController();
        const work = during(over.signal);
        await sleep((FRAMES + 2) * SLOT);
        over.abort();
        stretches.push({ name, from, to: wireNow() });
        await work;
      };
      const lock = (full: boolean) => alice.api.call('profile.lock', { full });
      const unlock = () => alice.api.call('profile.unlock', SECRET);
      const state = async () => (await alice.api.call('status', {})).state;
      let ways = 0;

      await stretch('open', async () => {});
      await lock(false);
      assert.equal(await state(), 'window-locked');
      await stretch('window', async () => {});
      await lock(true);
      assert.equal(await state(), 'full-locked');
      await stretch('full', async () => {});
      await unlock();
      await stretch('ways', async (over) => {
        for (; !over.aborted; ways++) {
          await lock(ways % 3 === 0);
          await lock(true);
          await sleep(SLOT * Math.random());
          await unlock();
          await sleep(2 * SLOT * Math.random());
        }
      });
      assert.equal(await state(), 'open');
      tap.plant(HELD_MS);
      await stretch('planted', async () => {});
      tap.plant(0);
      await sleep(4 * SLOT);

      const { debug } = await alice.api.call('status', {});
      assert.equal(debug.counters['dialled'], 1);
      t.diagnostic(`${ways} times locked; at the write call: ${JSON.stringify(debug.lateness)}`);
      // Control: the keys leave memory in another way, and it shows.
      const restart = wireNow();
      await alice.stop();
      await alice.start();
      await sleep(FRAMES * SLOT * 0.5);

      const sightings = await tap.stop();
      const own = sightings.filter(({ connection }) => connection === 1);
      const verdict = judge(own, stretches, SLOT, { leastP: LEAST_P, quiet: false });
      t.diagnostic(asTable(verdict));
      assert.ok(ways >= 3, `${ways} times locked`);
      assert.equal(verdict.faults.length, verdict.differing.length, verdict.faults.join('; '));
      // No slot is empty and none is double, whatever was locked when.
      assert.equal(verdict.missed, 0);
      const seen = own.filter(
        ({ direction, at }) => direction === 'up' && at >= (stretches[0]?.from ?? 0),
      );
      assert.ok(seen.length >= 4 * FRAMES);
      const later = sightings.filter(({ connection, at }) => connection > 2 && at > restart);
      assert.ok(later.length > 0, 'control: who starts anew dials anew');
      const ups = [...own, ...later].filter(({ direction, type, at, bytes }) => {
        return direction === 'up' && type === 23 && bytes > 12_000 && at > restart - 10 * SLOT;
      });
      const { lateness, missed } = fitGrid(
        ups.map(({ at }) => at),
        SLOT,
      );
      assert.ok(missed > 0 || Math.max(...lateness) > SLOT / 50, 'control: on another grid');
      return verdict.differing;
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test('open, window lock, full lock and the ways between them look the same on the wire', async (t) => {
  assert.deepEqual(await foundTwice(() => look(t)), []);
});
