/** The full lock between processes: mail waits and comes, nobody dials, and kill -9 loses nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { allMessages, type DaemonProcess } from '../lib/daemon.ts';
import { introduce } from '../lib/meet.ts';
import { sleep } from '../lib/program.ts';
import { FAST, Town } from '../lib/town.ts';

const PATIENCE = 120_000;
const SECRET = { keychain: true } as const;
const code = (expected: string) => (error: unknown) => isAppError(error, expected);

async function pair(town: Town) {
  const alice = await town.person('alice');
  const bob = await town.person('bob');
  const { atHost, atGuest } = await introduce(town, alice, bob);
  return {
    alice,
    bob,
    write: (text: string) => send(alice, atHost, text),
    answer: (text: string) => send(bob, atGuest, text),
    atAlice: () => texts(alice, atHost),
    atBob: () => texts(bob, atGuest),
  };
}

async function send({ api }: DaemonProcess, contactId: string, text: string): Promise<void> {
  await api.call('message.send', { contactId, text, clientId: text });
}

async function texts(who: DaemonProcess, contactId: string): Promise<string[]> {
  const all = await allMessages(who, contactId);
  return all.filter(({ direction }) => direction === 'in').map(({ text }) => text);
}

test('fully locked, a daemon keeps its link and answers nothing; mail waits and comes, both ways', async () => {
  await Town.with({ parameters: FAST }, async (town) => {
    const { alice, write, answer, atAlice, atBob } = await pair(town);
    const { api } = alice;
    for (let round = 0; round < 3; round++) {
      await write(`written ${round}`);
      await api.call('profile.lock', { full: true });
      const waiting = await api.call('status', {});
      assert.equal(waiting.state, 'full-locked');
      await assert.rejects(api.call('contact.list', {}), code('locked'));
      await assert.rejects(
        api.call('profile.unlock', { passphrase: 'no' }),
        code('passphrase-wrong'),
      );
      await answer(`answered ${round}`);
      await sleep(3_000);
      const later = await api.call('status', {});
      assert.ok(later.debug.lateness.slots >= waiting.debug.lateness.slots + 25);
      await api.call('profile.unlock', SECRET);
      await town.until('both have it', PATIENCE, async () => {
        const [a, b] = [await atAlice(), await atBob()];
        return a.includes(`answered ${round}`) && b.includes(`written ${round}`);
      });
      const { debug } = await api.call('status', {});
      assert.equal(debug.counters['dialled'], 1);
      assert.equal(debug.counters['link-closed'] ?? 0, 0);
    }
  });
});

test('kill -9 at any moment of a full lock, and of the way back, loses nothing and tells nothing twice', async () => {
  await Town.with({ parameters: FAST }, async (town) => {
    const { alice, write, answer, atAlice, atBob } = await pair(town);
    const [written, answered]: string[][] = [[], []];
    for (let n = 0; n < 16; n++) {
      const [ours, theirs] = [`ours ${n}`, `theirs ${n}`];
      await write(ours);
      await answer(theirs);
      written?.push(ours);
      answered?.push(theirs);
      const locked = alice.api.call('profile.lock', { full: true }).catch(() => null);
      if (n % 2 === 0) {
        // A lock takes a second or two at this rhythm.
        await sleep(n * 120);
      } else {
        await locked;
        const back = alice.api.call('profile.unlock', SECRET).catch(() => null);
        await sleep((n - 1) * 25);
        await alice.kill();
        await back;
      }
      await alice.kill();
      await locked;
      await alice.start();
    }
    const sorted = (all: readonly string[]) => all.toSorted();
    await town.until('all is there', PATIENCE, async () => {
      const [a, b] = [await atAlice(), await atBob()];
      return a.length >= 16 && b.length >= 16;
    });
    assert.deepEqual(sorted(await atBob()), sorted(written ?? []));
    assert.deepEqual(sorted(await atAlice()), sorted(answered ?? []));
    assert.deepEqual(town.crashed(), []);
  });
});
