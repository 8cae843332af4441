import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DaemonStatus, isMethod, methods } from '@tacet/api';
import { AppError, isAppError } from '@tacet/base';
import { type Caller, Daemon, localApi } from '../../src/daemon/index.ts';
import { handlers } from '../../src/daemon/methods.ts';
import { environment, FakePerson, type FakeStore, FakeVault, type Job, until } from './fakes.ts';

const inside: Caller = { kind: 'inside' };
const code = (expected: string) => (error: unknown) => isAppError(error, expected);

function setUp() {
  const vault = new FakeVault();
  const person = new FakePerson();
  const cover = new FakePerson();
  const prepared: string[] = [];
  const seat: { error: AppError | null } = { error: null };
  const steps: string[] = [];
  let stops = 0;
  const surroundings = environment();
  const daemon = new Daemon<FakeStore, Job, string>({
    handle: 'alice',
    dir: '/nowhere/alice',
    version: '0.1.0',
    environment: surroundings,
    vault,
    dial: () => Promise.reject(new AppError('link-refused', 'network', 'no')),
    prepare: async (_store, name) => {
      if (name === 'Full') throw new AppError('disk-full', 'storage', 'The disk is full.');
      prepared.push(name);
    },
    fill: async (_store, name) => void prepared.push(name),
    openPerson: () => person,
    prepareCover: async () => {
      if (seat.error !== null) throw seat.error;
      return {
        open: () => {
          cover.nextSlot = person.nextSlot;
          return cover;
        },
        close: () => void steps.push('cover closed'),
      };
    },
    collectFreed: () => void steps.push('collected'),
    fillFreed: () => [() => void steps.push('filled')],
    runJob: async () => 'ok',
    pictures: { remake: () => Promise.reject(new Error('no pictures here')) },
    window: () => null,
    onStop: () => {
      stops += 1;
    },
  });
  const api = localApi(daemon);
  const { logged } = surroundings;
  return { vault, person, cover, seat, prepared, steps, daemon, api, logged, stops: () => stops };
}

async function opened() {
  const scene = setUp();
  await scene.api.call('profile.create', { name: 'Alice', passphrase: 'right' });
  return scene;
}

test('the table says which methods need an opened profile, and the daemon agrees', () => {
  for (const [name, method] of Object.entries(methods)) {
    assert.equal(method.unlocked, name in handlers, name);
  }
});

test('without a profile everything but status and create says so', async () => {
  const { api, daemon } = setUp();
  assert.equal((await api.call('status', {})).state, 'none');
  await assert.rejects(api.call('contact.list', {}), code('profile-missing'));
  await assert.rejects(api.call('profile.unlock', { passphrase: 'x' }), code('profile-missing'));
  await daemon.stop();
});

test('create, restart, unlock', async () => {
  const scene = await opened();
  assert.deepEqual(scene.prepared, ['Alice']);
  assert.equal((await scene.api.call('status', {})).state, 'open');
  await assert.rejects(
    scene.api.call('profile.create', { name: 'B', passphrase: 'x' }),
    code('profile-exists'),
  );
  await scene.daemon.stop();
  assert.equal(scene.vault.stores[0]?.closed, true);
  // What is only in memory is saved first.
  assert.equal(scene.person.rests, 1);
});

test('a name that is refused makes nothing first', async () => {
  const { api, vault, daemon } = setUp();
  for (const name of ['', 'x'.repeat(65)]) {
    await assert.rejects(
      api.call('profile.create', { name, passphrase: 'x' }),
      code('name-invalid'),
    );
  }
  assert.equal(vault.stores.length, 0);
  await daemon.stop();
});

test('a profile that cannot be filled is not left behind', async () => {
  const { api, vault, daemon } = setUp();
  await assert.rejects(
    api.call('profile.create', { name: 'Full', passphrase: 'x' }),
    code('disk-full'),
  );
  assert.equal(vault.stores[0]?.closed, true);
  assert.equal((await api.call('status', {})).state, 'none');
  await daemon.stop();
});

test('a wrong passphrase is one error and changes nothing', async () => {
  const { api, vault, daemon } = setUp();
  await vault.create({ kind: 'keychain' });
  assert.equal((await api.call('status', {})).state, 'locked');
  await assert.rejects(api.call('contact.list', {}), code('locked'));
  await assert.rejects(api.call('profile.unlock', { passphrase: 'wrong' }), (error) => {
    assert.ok(isAppError(error, 'passphrase-wrong'));
    assert.doesNotMatch(error.message, /wrong/);
    return true;
  });
  assert.equal((await api.call('status', {})).state, 'locked');
  await assert.rejects(api.call('profile.unlock', {}), code('params-invalid'));
  await api.call('profile.unlock', { keychain: true });
  assert.equal((await api.call('status', {})).state, 'open');
  await daemon.stop();
});

test('a window lock shuts every door, ends waiting readers and asks for the passphrase again', async () => {
  const { api, daemon, person } = await opened();
  let locks = 0;
  daemon.onLock(() => {
    locks += 1;
  });
  await api.call('window.heartbeat', { visible: true });
  assert.equal(person.inUse, true);
  const waiting = api.call('events.read', { cursor: 0, max: 10, waitMs: 60_000 });
  await new Promise((resolve) => setTimeout(resolve, 10));
  await api.call('profile.lock', {});
  await assert.rejects(waiting, code('locked'));
  assert.equal(locks, 1);
  await until(() => !person.inUse);
  const status = await api.call('status', {});
  assert.equal(status.state, 'window-locked');
  assert.equal(status.status, null, 'nothing of the profile is shown');
  await assert.rejects(api.call('message.get', { id: '1' }), code('locked'));
  await assert.rejects(
    api.call('profile.unlock', { passphrase: 'wrong' }),
    code('passphrase-wrong'),
  );
  assert.equal((await api.call('status', {})).state, 'window-locked');
  await api.call('profile.unlock', { passphrase: 'right' });
  assert.equal((await api.call('status', {})).state, 'open');
  await daemon.stop();
});

test('a full lock closes the store on a link that stands, answers nothing but unlock, and comes back', async () => {
  const { api, daemon, vault, person, cover, steps } = await opened();
  await api.call('message.send', { contactId: '1', text: 'a', clientId: 'c' });
  await api.call('profile.lock', { full: true });
  assert.equal(vault.stores[0]?.closed, true);
  // What is only in memory is saved first; what was freed is overwritten last.
  assert.equal(person.rests, 1);
  assert.deepEqual(person.inputs.at(-1), 'handed over');
  assert.deepEqual(new Set(steps), new Set(['collected', 'filled']));
  const status = await api.call('status', {});
  assert.equal(status.state, 'full-locked');
  assert.equal(status.status, null);
  for (const method of ['contact.list', 'backup.status', 'network.status'] as const) {
    await assert.rejects(api.call(method, {}), code('locked'));
  }
  await assert.rejects(
    api.call('profile.create', { name: 'B', passphrase: 'x' }),
    code('profile-exists'),
  );
  // Once more changes nothing, and neither does the lesser lock.
  await api.call('profile.lock', { full: true });
  await api.call('profile.lock', {});
  assert.equal((await api.call('status', {})).state, 'full-locked');
  await assert.rejects(
    api.call('profile.unlock', { passphrase: 'wrong' }),
    code('passphrase-wrong'),
  );
  assert.equal((await api.call('status', {})).wrongSecrets, 1);
  assert.ok(!cover.inputs.includes('handed over'), 'the stand-in goes on');
  await api.call('profile.unlock', { passphrase: 'right' });
  assert.equal((await api.call('status', {})).state, 'open');
  assert.equal((await api.call('status', {})).wrongSecrets, 0);
  assert.equal(cover.inputs.at(-1), 'handed over');
  assert.equal(steps.at(-1), 'cover closed');
  assert.equal(vault.stores.length, 2);
  await api.call('contact.list', {});
  await daemon.stop();
  assert.equal(vault.stores[1]?.closed, true);
});

test('a daemon that is fully locked stops, and is wiped, like any other', async () => {
  for (const end of ['stop', 'wipe'] as const) {
    const { api, daemon, vault, steps } = await opened();
    await api.call('profile.lock', { full: true });
    if (end === 'stop') await daemon.stop();
    else await api.call('profile.wipe', { sure: true });
    assert.equal(steps.at(-1), 'cover closed');
    assert.deepEqual(vault.steps, end === 'stop' ? ['close'] : ['close', 'erase', 'remove']);
  }
});

test('a full lock that cannot be prepared leaves windows locked and everything else as it was', async () => {
  const { api, daemon, vault, person, seat } = await opened();
  seat.error = new AppError('profile-storage-failed', 'storage', 'no');
  await assert.rejects(api.call('profile.lock', { full: true }), code('profile-storage-failed'));
  assert.equal((await api.call('status', {})).state, 'window-locked');
  assert.equal(vault.stores[0]?.closed, false);
  await api.call('profile.unlock', { passphrase: 'right' });
  await api.call('contact.list', {});
  assert.ok(!person.inputs.includes('handed over'));
  await daemon.stop();
});

test('an opening that fails leaves a full lock as it was, with its rhythm', async () => {
  const { api, daemon, vault, cover, person } = await opened();
  await api.call('profile.lock', { full: true });
  const { status } = person;
  person.status = () => {
    person.status = status;
    throw new AppError('profile-unreadable', 'storage', 'damaged');
  };
  const right = { passphrase: 'right' };
  await assert.rejects(api.call('profile.unlock', right), code('profile-unreadable'));
  assert.equal(vault.stores[1]?.closed, true);
  assert.equal((await api.call('status', {})).state, 'full-locked');
  cover.inputs.length = 0;
  await api.call('profile.unlock', right);
  assert.deepEqual(cover.inputs, ['handed over']);
  assert.equal((await api.call('status', {})).state, 'open');
  await daemon.stop();
});

test('wrong passphrases are counted and slowed down at every door, and remove nothing', async () => {
  const { api, daemon, vault } = await opened();
  await api.call('profile.lock', {});
  const attempt = (passphrase: string) => api.call('profile.unlock', { passphrase });
  for (let n = 0; n < 3; n++) {
    await assert.rejects(attempt('wrong'), code('passphrase-wrong'));
  }
  // Not even the right one: whether it was right is not said either.
  await assert.rejects(attempt('right'), code('passphrase-wait'));
  assert.equal((await api.call('status', {})).wrongSecrets, 3);
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  await attempt('right');
  assert.equal((await api.call('status', {})).wrongSecrets, 0);
  assert.equal(vault.made, true);
  await daemon.stop();
});

test('the time after which windows lock by themselves is the profile’s, and begins anew at its opening', async () => {
  const { api, daemon, person } = await opened();
  assert.deepEqual(await api.call('profile.idle', {}), { minutes: 0 });
  assert.deepEqual(await api.call('profile.idle', { minutes: 10 }), { minutes: 10 });
  assert.equal(person.lockAfter, 10);
  for (const minutes of [1.5, -1, 1_441]) {
    await assert.rejects(api.call('profile.idle', { minutes }), code('params-invalid'));
  }
  await api.call('profile.lock', {});
  await assert.rejects(api.call('profile.idle', { minutes: 0 }), code('locked'));
  await api.call('profile.unlock', { passphrase: 'right' });
  assert.deepEqual(await api.call('profile.idle', {}), { minutes: 10 });
  await daemon.stop();
});

test('bad input of a caller: one error each, nothing changed', async () => {
  const { api, daemon, person } = await opened();
  const text = { contactId: '1', clientId: 'c' };
  await assert.rejects(api.call('contact.get', { contact: 'carol' }), code('contact-unknown'));
  await assert.rejects(
    api.call('message.send', { ...text, text: 'x'.repeat(20_000) }),
    code('text-too-long'),
  );
  await assert.rejects(api.call('invite.accept', { link: 'x' }), code('invitation-malformed'));
  await assert.rejects(api.call('network.join', { card: 'x' }), code('card-malformed'));
  await assert.rejects(
    api.raw('message.send', { ...text, text: 'a', to: 'b' }),
    code('params-invalid'),
  );
  await assert.rejects(api.raw('message.nope', {}), code('method-unknown'));
  await assert.rejects(api.raw('__proto__', {}), code('method-unknown'));
  assert.equal(person.sent.length, 0);
  await daemon.stop();
});

test('events are read, waited for and acknowledged', async () => {
  const { api, daemon } = await opened();
  const empty = await api.call('events.read', { cursor: 0, max: 10, waitMs: 0 });
  assert.deepEqual(empty, { events: [], cursor: 0, oldest: 1, lost: 0 });
  const waiting = api.call('events.read', { cursor: 0, max: 10, waitMs: 60_000 });
  await api.call('message.send', { contactId: '1', text: 'a', clientId: 'c' });
  const page = await waiting;
  assert.equal(page.events[0]?.kind, 'message');
  assert.equal(page.cursor, page.events.at(-1)?.cursor);
  await assert.rejects(
    api.call('events.read', { cursor: 99, max: 1, waitMs: 0 }),
    code('cursor-ahead'),
  );
  await api.call('events.ack', { consumer: 'bot', cursor: 1 });
  const place = await api.call('events.position', { consumer: 'bot' });
  assert.equal(place.acknowledged, 1);
  await daemon.stop();
});

test('a subscription hands over the past, then the present, and ends when locked', async () => {
  const { api, daemon } = await opened();
  await api.call('message.send', { contactId: '1', text: 'a', clientId: 'c' });
  const seen: number[] = [];
  daemon.events.subscribe(0, (events) => seen.push(...events.map((event) => event.cursor)));
  await until(() => seen.length === 2);
  await api.call('message.send', { contactId: '1', text: 'b', clientId: 'd' });
  await until(() => seen.length === 4);
  assert.deepEqual(seen, [1, 2, 3, 4]);
  await api.call('profile.lock', {});
  await api.call('profile.unlock', { passphrase: 'right' });
  await api.call('message.send', { contactId: '1', text: 'c', clientId: 'e' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(seen.length, 4);
  await daemon.stop();
});

test('a broken store shuts the profile, keeps the daemon answering and says why', async () => {
  const { api, daemon, person, vault, logged } = await opened();
  person.broken = new AppError('store-failed', 'storage', 'the disk is full');
  person.nextSlot = Date.now() + 500;
  await api.call('contact.list', {});
  let status: DaemonStatus | null = null;
  await until(() => logged.length > 0);
  status = await api.call('status', {});
  assert.equal(status.state, 'failed');
  assert.equal(status.reason, 'store-failed');
  await assert.rejects(api.call('contact.list', {}), code('store-failed'));
  assert.deepEqual(logged, [{ level: 'error', code: 'store-failed' }]);
  await until(() => vault.stores[0]?.closed === true);
  await daemon.stop();
});

test('damage that is found behind the opening shuts the profile and says why', async () => {
  const { api, daemon, vault, logged } = await opened();
  assert.equal((await api.call('status', {})).state, 'open');
  vault.stores[0]?.found.reject(new AppError('profile-unreadable', 'storage', 'damaged'));
  await until(() => vault.stores[0]?.closed === true);
  const status = await api.call('status', {});
  assert.equal(status.state, 'failed');
  assert.equal(status.reason, 'profile-unreadable');
  await assert.rejects(api.call('contact.list', {}), code('profile-unreadable'));
  assert.deepEqual(logged, [{ level: 'error', code: 'profile-unreadable' }]);
  await daemon.stop();
});

test('a store that cannot take the last words of its profile is closed all the same', async () => {
  const { daemon, person, vault } = await opened();
  person.levels.rest = () => {
    throw new AppError('disk-full', 'storage', 'the disk is full');
  };
  await assert.rejects(daemon.stop(), code('disk-full'));
  assert.equal(vault.stores[0]?.closed, true);
});

test('an opening that fails when the rhythm has begun ends it, and can be tried again', async () => {
  const { api, daemon, person, vault, logged } = setUp();
  await vault.create({ kind: 'keychain' });
  const status = person.status;
  person.status = () => {
    person.status = status;
    throw new AppError('profile-unreadable', 'storage', 'damaged');
  };
  person.nextSlot = Date.now() + 100;
  await assert.rejects(api.call('profile.unlock', { keychain: true }), code('profile-unreadable'));
  assert.equal(vault.stores.at(-1)?.closed, true);
  person.broken = new AppError('profile-closed', 'state', 'the profile is locked');
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(logged, []);
  assert.equal((await api.call('status', {})).state, 'locked');
  person.broken = null;
  await api.call('profile.unlock', { keychain: true });
  assert.equal((await api.call('status', {})).state, 'open');
  await daemon.stop();
});

test('a mistake of ours that ends the profile names itself by a code, and says what to do', async () => {
  const { api, daemon, person, logged } = await opened();
  person.broken = new TypeError('of alice');
  person.nextSlot = Date.now() + 500;
  await api.call('contact.list', {});
  await until(() => logged.length > 0);
  assert.equal((await api.call('status', {})).reason, 'internal');
  await assert.rejects(api.call('contact.list', {}), {
    code: 'internal',
    message: 'something unexpected ended this profile until it is started again',
    hint: /tacet down, then tacet up/,
  });
  assert.deepEqual(logged, [{ level: 'error', code: 'internal' }]);
  await daemon.stop();
});

test('stop is asked for once and answers first', async () => {
  const { api, stops, daemon } = await opened();
  assert.deepEqual(await api.call('daemon.stop', {}), {});
  await until(() => stops() === 1);
  await daemon.stop();
  await assert.rejects(daemon.call('status', {}, inside), code('daemon-stopping'));
});

test('no method name reaches what is not in the table', async () => {
  const { daemon } = setUp();
  for (const name of ['toString', 'constructor', 'hasOwnProperty', '']) {
    assert.equal(isMethod(name), false);
    await assert.rejects(daemon.call(name, {}, inside), code('method-unknown'));
  }
  await daemon.stop();
});

test('another passphrase opens it from now on; a wrong one changes nothing', async () => {
  const { api, vault, daemon } = await opened();
  const next = { passphrase: 'new' };
  await assert.rejects(
    api.call('profile.reseal', { current: { passphrase: 'wrong' }, next }),
    code('passphrase-wrong'),
  );
  assert.equal(vault.passphrase, 'right');
  await assert.rejects(
    api.call('profile.reseal', { current: { passphrase: 'right' }, next: {} }),
    code('params-invalid'),
  );
  await api.call('profile.reseal', { current: { passphrase: 'right' }, next });
  assert.equal(vault.passphrase, 'new');
  await api.call('profile.lock', {});
  const back = { current: next, next: { passphrase: 'right' } };
  await assert.rejects(api.call('profile.reseal', back), code('locked'));
  await daemon.stop();
});

test('a wipe overwrites the key before anything else, saves nothing more and ends the daemon', async () => {
  for (const state of ['open', 'window-locked', 'locked', 'failed'] as const) {
    const scene = state === 'locked' ? setUp() : await opened();
    const { api, vault, person, daemon, stops, logged } = scene;
    if (state === 'locked') await vault.create({ kind: 'keychain' });
    if (state === 'window-locked') await api.call('profile.lock', {});
    if (state === 'failed') {
      person.broken = new AppError('profile-storage-failed', 'storage', 'no');
      // Far enough that the call has its turn before it, on a machine with much to do, too.
      person.nextSlot = Date.now() + 500;
      await api.call('contact.list', {});
      await until(() => logged.length > 0);
    }
    assert.equal((await api.call('status', {})).state, state);
    const waiting =
      state === 'open' ? api.call('events.read', { cursor: 0, max: 10, waitMs: 60_000 }) : null;
    const rests = person.rests;
    const ended = waiting && assert.rejects(waiting, code('locked'));
    assert.deepEqual(await api.call('profile.wipe', { sure: true }), { keychain: 'none' });
    await ended;
    assert.equal(vault.steps.filter((step) => step !== 'close').join(), 'erase,remove', state);
    if (state === 'open') assert.deepEqual(vault.steps, ['erase', 'close', 'remove']);
    assert.equal(person.rests, rests, 'nothing is saved on the way');
    assert.equal((await api.call('status', {}).catch((error) => error)).code, 'daemon-stopping');
    await new Promise(setImmediate);
    assert.equal(stops(), 1);
    await daemon.stop();
  }
});

test('a wipe whose overwriting fails removes all the same, says so, and ends the daemon', async () => {
  const { api, vault, stops } = await opened();
  vault.worn = new AppError('profile-storage-failed', 'storage', 'The disk failed.');
  await assert.rejects(api.call('profile.wipe', { sure: true }), code('profile-storage-failed'));
  assert.deepEqual(vault.steps, ['erase', 'close', 'remove']);
  await new Promise(setImmediate);
  assert.equal(stops(), 1);
});

test('a wipe without a word that it is meant, or where there is nothing, changes nothing', async () => {
  const { api, vault, daemon } = setUp();
  await assert.rejects(api.call('profile.wipe', { sure: true }), code('profile-missing'));
  const half = api.call('profile.wipe', { sure: false } as unknown as { sure: true });
  await assert.rejects(half, code('params-invalid'));
  assert.deepEqual(vault.steps, []);
  await daemon.stop();
});

test('another profile of the vault: added, opened over locked windows on the link that stands, and back', async () => {
  const { api, vault, steps, prepared, daemon } = await opened();
  await assert.rejects(
    api.call('vault.add', { name: 'Al', passphrase: 'other', keep: [{ passphrase: 'nobody' }] }),
    code('passphrase-wrong'),
  );
  await assert.rejects(
    api.call('vault.add', { name: ' ', passphrase: 'other', keep: [] }),
    code('name-invalid'),
  );
  await api.call('vault.add', { name: 'Al', passphrase: 'other', keep: [] });
  assert.deepEqual(prepared, ['Alice', 'Al']);
  await assert.rejects(
    api.call('profile.unlock', { passphrase: 'neither' }),
    code('passphrase-wrong'),
  );
  const [first] = vault.stores;
  assert.equal(first?.closed, false);
  let shut = 0;
  daemon.onLock(() => {
    shut += 1;
  });
  await api.call('profile.unlock', { passphrase: 'other' });
  assert.equal(shut, 1, 'windows of the one do not show the other');
  assert.equal(first?.closed, true);
  assert.equal(vault.stores.length, 2);
  assert.ok(steps.includes('cover closed'), 'the link was held meanwhile');
  await api.call('profile.unlock', { passphrase: 'right' });
  assert.equal(vault.stores.length, 3);
  await api.call('profile.lock', { full: true });
  await assert.rejects(
    api.call('vault.add', { name: 'Bo', passphrase: 'third', keep: [] }),
    code('locked'),
  );
  await daemon.stop();
});
