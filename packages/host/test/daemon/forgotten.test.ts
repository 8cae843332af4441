/**
 * What a full lock collects is dead by then: nothing that lives on holds the machine of the profile, and
 * with it whatever that keeps of names, keys and texts (docs/spec/21-lock.md, 5).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@tacet/base';
import { Daemon, localApi } from '../../src/daemon/index.ts';
import { collectFreed, overwriteFreed } from '../../src/freed-memory.ts';
import { environment, FakePerson, type FakeStore, FakeVault, type Job } from './fakes.ts';

test('when a full lock collects, nothing holds the machine of the profile any more', async () => {
  const people: WeakRef<FakePerson>[] = [];
  /** Machines of the profile alive behind each collection. */
  let alive: number[] = [];
  const weakly = (): FakePerson => {
    const person = new FakePerson();
    people.push(new WeakRef(person));
    return person;
  };
  const vault = new FakeVault();
  const daemon = new Daemon<FakeStore, Job, string>({
    handle: 'alice',
    dir: '/nowhere/alice',
    version: '0.1.0',
    environment: environment(),
    vault,
    dial: () => Promise.reject(new AppError('link-refused', 'network', 'no')),
    prepare: async () => {},
    fill: async () => {},
    openPerson: weakly,
    prepareCover: async () => ({ open: () => new FakePerson(), close: () => {} }),
    collectFreed: () => {
      overwriteFreed();
      collectFreed();
      alive.push(people.filter((one) => one.deref() !== undefined).length);
    },
    fillFreed: () => [],
    runJob: async () => 'ok',
    pictures: { remake: () => Promise.reject(new Error('no pictures here')) },
    window: () => null,
    onStop: () => {},
  });
  const api = localApi(daemon);
  const passphrase = 'right';
  try {
    await api.call('profile.create', { name: 'Alice', passphrase });
    for (let n = 1; n <= 2; n++) {
      await api.call('message.send', { contactId: '1', text: 'a', clientId: `${n}` });
      await api.call('profile.lock', {});
      await api.call('profile.unlock', { passphrase });
      // It remembers stores for tests, and they whoever waits to hear that they are whole.
      vault.stores.length = 0;
      alive = [];
      await api.call('profile.lock', { full: true });
      assert.equal(people.length, n);
      assert.ok(alive.length >= 2);
      assert.equal(alive.at(-1), 0, `lock ${n}: alive behind each collection: ${alive}`);
      await api.call('profile.unlock', { passphrase });
    }
  } finally {
    await daemon.stop();
  }
});
