import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AppError } from '@tacet/base';
import { contactView, messageDetail, messageView, profileStatus } from '@tacet/testkit/views';
import { FakeDaemon } from './fake-daemon.ts';

describe('against a daemon', () => {
  const fake = new FakeDaemon();
  let state: 'queued' | 'stored' | 'delivered' | 'failed' = 'queued';
  let cursor = 5;
  let locked = false;
  let lockState: 'open' | 'window-locked' | 'full-locked' = 'open';
  let wrongSecrets = 0;
  let opensWith: 'passphrase' | 'keychain' = 'passphrase';
  let link: 'offline' | 'limited' = 'offline';
  let ahead: number | null = null;
  let pause = 'document';
  let disputes: object[] = [];
  const named = (name: string) => contactView({ id: 'c1', name, givenName: name });
  const unlockable = (params: { passphrase?: string }) => {
    if (params.passphrase !== 'right') {
      throw new AppError('passphrase-wrong', 'refused', 'that is not the passphrase');
    }
    return profileStatus();
  };

  before(async () => {
    await fake.start({
      'contact.get': ({ contact }: { contact: string }) => {
        if (locked) throw new AppError('locked', 'state', 'the profile is locked');
        if (contact === 'bob' || contact === 'c1') return named('bob\u001b[31m');
        throw new AppError('contact-unknown', 'missing', 'there is no contact of that name');
      },
      'contact.list': () => ({
        contacts: [
          named('bob\u202e'),
          { ...named('eve'), state: 'ended', reason: 'invitation-used' },
          {
            ...named('dan'),
            state: 'meeting',
            reason: 'invitation-unanswered',
            endsAt: 1_800_000_000_000,
            steps: { opened: 1, delivered: 2, accepted: null, ready: null },
          },
        ],
      }),
      'message.send': ({ text }: { text: string }) => {
        if (text.length > 16_384) {
          throw new AppError('text-too-long', 'input', 'a text is at most 16 KiB');
        }
        return messageView({ id: 'm1', text });
      },
      'message.get': () => messageDetail({ id: 'm1', state, reason: 'session-ended' }),
      'message.list': () => ({
        messages: [messageView({ direction: 'in', state: 'received', text: 'a\u001b[2Jb' })],
      }),
      'invite.accept': ({ link }: { link: string }) => {
        const code = link.startsWith('used') ? 'invitation-used' : 'invitation-malformed';
        const kind = code === 'invitation-used' ? 'refused' : 'input';
        throw new AppError(code, kind, 'no');
      },
      'events.position': () => ({ newest: cursor, acknowledged: 2 }),
      'events.read': ({ waitMs }: { waitMs: number }) => {
        if (state === 'queued' && waitMs > 100) state = 'stored';
        else if (state === 'stored') state = 'delivered';
        cursor += 1;
        return { events: [], cursor, oldest: 1, lost: 0 };
      },
      'profile.unlock': unlockable,
      'profile.lock': ({ full }: { full?: boolean }) => {
        lockState = full === true ? 'full-locked' : 'window-locked';
        return {};
      },
      status: () => ({
        ...{ version: '0.1.0', api: 1, pid: 1, handle: 'alice', state: lockState, reason: null },
        ...{ wrongSecrets, opensWith, startedAt: 1, status: null, window: null, backup: null },
        debug: {
          lateness: { slots: 0, missed: 0, p50: 0, p99: 0, p999: 0, max: 0 },
          ...{ sessionQueue: 0, longestStep: 0, clockSteps: 0, counters: {} },
        },
      }),
      'network.status': () => ({
        card:
          link === 'offline' ? null : { name: 'home', authorities: 1, threshold: 1, closed: true },
        network: null,
        link,
        pause,
        clockAhead: ahead,
        disputes,
        socks: '',
      }),
    });
  });
  after(() => fake.stop());

  test('send answers queued and one JSON object with a schema', async () => {
    state = 'queued';
    const text = await fake.tacet(['send', 'bob', 'hello']);
    assert.deepEqual(text, { code: 0, out: 'queued\n', err: '' });
    const json = await fake.tacet(['send', 'bob', 'hello', '--json']);
    const value = JSON.parse(json.out);
    assert.equal(value.schema, 1);
    assert.equal(value.state, 'queued');
    assert.equal(json.out.split('\n').length, 2);
  });

  test('send reads standard input and drops one line end', async () => {
    await fake.tacet(['send', 'bob', '-'], { stdin: 'from a pipe\n\n' });
    assert.equal(
      (fake.calls.at(-1)?.params as { text: string } | undefined)?.text,
      'from a pipe\n',
    );
  });

  test('send --wait delivered exits 0 when it was delivered', async () => {
    state = 'queued';
    const done = await fake.tacet(['send', 'bob', 'x', '--wait', 'delivered', '--timeout', '60s']);
    assert.deepEqual(done, { code: 0, out: 'delivered\n', err: '' });
  });

  test('send --wait exits 8 when time is up, and says where it is', async () => {
    state = 'queued';
    const late = await fake.tacet(['send', 'bob', 'x', '--wait', 'delivered', '--timeout', '1ms']);
    assert.equal(late.code, 8);
    assert.equal(late.out, 'queued\n');
    assert.match(late.err, /not delivered yet: it is queued/);
    const json = await fake.tacet([
      'send',
      'bob',
      'x',
      '--wait',
      'delivered',
      '--timeout',
      '1ms',
      '--json',
    ]);
    assert.equal(json.code, 8);
    assert.deepEqual(Object.keys(JSON.parse(json.err)), ['schema', 'code', 'message', 'hint']);
  });

  test('send --wait exits 7 on a refusal', async () => {
    state = 'failed';
    const done = await fake.tacet(['send', 'bob', 'x', '--wait', 'stored']);
    assert.equal(done.code, 7);
    assert.equal(done.out, 'failed: session-ended\n');
  });

  test('an unknown contact exits 5 with code and advice', async () => {
    const done = await fake.tacet(['send', 'carol', 'x', '--json']);
    assert.equal(done.code, 5);
    assert.equal(done.out, '');
    assert.deepEqual(JSON.parse(done.err), {
      schema: 1,
      code: 'contact-unknown',
      message: 'there is no contact of that name',
      hint: 'see who is there: tacet contact list',
    });
  });

  test('joined without a document yet is not the same as no network', async () => {
    assert.match((await fake.tacet(['network', 'status'])).out, /^no network: /);
    link = 'limited';
    const { out } = await fake.tacet(['network', 'status']);
    assert.match(out, /^name +home \(one authority: who runs it decides alone\)$/m);
    assert.match(out, /^document +none yet/m);
    assert.match(out, /^waiting for the network's document/m);
  });

  test('no document for the whole validity is one clear sentence', async () => {
    pause = 'document-old';
    const { out } = await fake.tacet(['network', 'status']);
    assert.match(out, /^the network has published no document that holds now; messages wait/m);
    assert.doesNotMatch(out, /it comes by itself/);
    pause = 'document';
  });

  test('a wrong clock and a dispute are said with what to do', async () => {
    ahead = -300_000;
    disputes = [
      {
        at: 0,
        epoch: 7,
        epochStart: 0,
        contact: 'bob\u001b[31m',
        own: 'a'.repeat(64),
        other: 'b'.repeat(64),
      },
    ];
    const { out } = await fake.tacet(['network', 'status']);
    assert.match(out, /^this computer's clock is 5 min behind the network's; /m);
    assert.match(out, /^bob\S* holds another document .*epoch 7 .*: a{16} here, b{16} there$/m);
    assert.match(out, /compare with other contacts/);
    assert.ok(!out.includes('\u001b'));
    ahead = null;
    disputes = [];
  });

  test('a guest whom nobody answered for a day sees when the invitation ends', async () => {
    const done = await fake.tacet(['contact', 'list']);
    assert.match(done.out, /^dan +meeting 2\/4, no answer yet; ends 20\d\d-\d\d-\d\d/m);
  });

  test('a meeting that failed says why', async () => {
    const done = await fake.tacet(['contact', 'list']);
    assert.match(done.out, /^eve +ended: invitation-used/m);
  });

  test('a name is found whatever its case', async () => {
    const done = await fake.tacet(['message', 'list', 'BOB\u202e', '--json']);
    assert.equal(done.code, 0, done.err);
  });

  test('a locked profile exits 4', async () => {
    locked = true;
    const done = await fake.tacet(['send', 'bob', 'x']);
    locked = false;
    assert.equal(done.code, 4);
    assert.equal(
      done.err,
      'tacet: the profile is locked\n       unlock the profile: tacet unlock\n',
    );
  });

  test('an oversized text exits 2 and is one sentence', async () => {
    const done = await fake.tacet(['send', 'bob', 'x'.repeat(20_000)]);
    assert.equal(done.code, 2);
    assert.match(done.err, /^tacet: a text is at most 16 KiB\n/);
  });

  test('a malformed invitation exits 2, a used one 7', async () => {
    assert.equal((await fake.tacet(['invite', 'accept', 'nonsense'])).code, 2);
    assert.equal((await fake.tacet(['invite', 'accept', 'used'])).code, 7);
  });

  test('the text of a peer cannot drive the terminal', async () => {
    const list = await fake.tacet(['message', 'list', 'bob']);
    assert.match(list.out, /bob: ab\n$/);
    assert.ok(!list.out.includes('\u001b'));
    const contacts = await fake.tacet(['contact', 'list']);
    assert.ok(contacts.out.includes('bob<U+202E>'));
    const json = await fake.tacet(['contact', 'list', '--json']);
    assert.ok(!json.out.includes('\u202e'));
    assert.equal(JSON.parse(json.out).contacts[0].name, 'bob\u202e');
  });

  test('a wrong passphrase exits 4', async () => {
    const done = await fake.tacet(['unlock'], { secrets: ['wrong'] });
    assert.equal(done.code, 4);
    assert.match(done.err, /^tacet: that is not the passphrase\n/);
    assert.doesNotMatch(done.err, /wrong/);
  });

  test('what was tried meanwhile is said when it is unlocked, and what a keychain means when it is locked', async () => {
    [wrongSecrets, opensWith] = [3, 'keychain'];
    const done = await fake.tacet(['unlock'], { secrets: ['right'] });
    assert.equal(done.code, 0);
    assert.match(done.err, /^wrong secrets tried since it was opened last: 3\n/);
    const locked = await fake.tacet(['lock', '--full']);
    assert.equal(locked.out, 'fully locked\n');
    assert.match(locked.err, /whoever uses this account of the computer can unlock it/);
    const status = await fake.tacet(['status']);
    assert.match(status.out, /fully locked: keys have left memory, mail waits in the network/);
    [wrongSecrets, opensWith] = [0, 'passphrase'];
    const quiet = await fake.tacet(['lock']);
    assert.deepEqual([quiet.out, quiet.err], ['locked\n', '']);
  });

  test('without terminal and without a way the passphrase is asked for in words', async () => {
    const done = await fake.tacet(['unlock']);
    assert.equal(done.code, 4);
    assert.match(done.err, /--passphrase-file/);
  });

  test('a passphrase file others can read is refused', async () => {
    const file = join(fake.home, 'pass');
    writeFileSync(file, 'right\n', { mode: 0o600 });
    chmodSync(file, 0o640);
    const open = await fake.tacet(['unlock', '--passphrase-file', file]);
    assert.equal(open.code, 2);
    assert.match(open.err, /chmod 600/);
    chmodSync(file, 0o600);
    const calls = fake.calls.length;
    await fake.tacet(['unlock', '--passphrase-file', file]);
    const given = fake.calls.slice(calls).find(({ method }) => method === 'profile.unlock');
    assert.deepEqual(given?.params, { passphrase: 'right' });
    assert.equal((await fake.tacet(['unlock', '--passphrase-file', fake.home])).code, 2);
    assert.equal((await fake.tacet(['unlock', '--passphrase-file', `${file}x`])).code, 2);
  });

  test('rpc prints the bare result', async () => {
    const done = await fake.tacet(['rpc', 'events.position', '{}']);
    assert.deepEqual(JSON.parse(done.out), { newest: cursor, acknowledged: 2 });
    assert.equal((await fake.tacet(['rpc', 'events.position', '{'])).code, 2);
  });
});

describe('without a daemon', () => {
  const fake = new FakeDaemon();
  after(() => fake.stop());

  test('everything that needs one exits 3 and says how to start it', async () => {
    for (const argv of [['status'], ['send', 'bob', 'x'], ['contact', 'list'], ['open']]) {
      const done = await fake.tacet(argv);
      assert.equal(done.code, 3, argv.join(' '));
      assert.match(done.err, /not running\n {7}start it: tacet up\n$/);
    }
  });

  test('down is content', async () => {
    assert.deepEqual(await fake.tacet(['down']), { code: 0, out: 'not running\n', err: '' });
  });

  test('usage errors exit 2, with --json as JSON', async () => {
    assert.equal((await fake.tacet([])).code, 2);
    assert.equal((await fake.tacet(['bogus'])).code, 2);
    const json = await fake.tacet(['bogus', '--json']);
    assert.equal(JSON.parse(json.err).code, 'usage');
    assert.equal((await fake.tacet(['--profile', '../x', 'status'])).code, 2);
    assert.equal((await fake.tacet(['network', 'join', '/nonexistent'])).code, 3);
  });

  test('help and version need nobody', async () => {
    assert.equal((await fake.tacet(['help'])).code, 0);
    assert.equal((await fake.tacet(['send', '--help'])).code, 0);
    const version = await fake.tacet(['version', '--json']);
    assert.equal(JSON.parse(version.out).schema, 1);
  });
});

test('commands in hints name the profile, where it is not the usual one', async () => {
  const fake = new FakeDaemon();
  await fake.start({}, 'alice');
  fake.stop();
  const other = await fake.tacet(['--profile', 'alice', 'contact', 'list']);
  assert.equal(other.code, 3);
  assert.match(other.err, /tacet --profile alice up/);
  const usual = await fake.tacet(['contact', 'list', '--json']);
  assert.equal(JSON.parse(usual.err).hint, 'start it: tacet up');
});
