/** `invite accept`: what it says while it waits, how it ends, and what is left then. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { contactView } from '@tacet/testkit/views';
import { EXIT } from '../src/exit.ts';
import { FakeDaemon } from './fake-daemon.ts';

const ENDS: readonly (readonly [reason: string, status: number, sentence: RegExp])[] = [
  ['invitation-used', EXIT.refused, /used by somebody else/],
  ['invitation-missing', EXIT.notFound, /nothing is stored/],
  ['invitation-revoked', EXIT.refused, /taken back/],
  ['invitation-expired', EXIT.notFound, /ended without an answer/],
  ['invitation-refused', EXIT.refused, /could not read the answer/],
  ['invitation-replaced', EXIT.refused, /does not match its link/],
  ['a-later-reason', EXIT.refused, /failed/],
  ['request-replaced', EXIT.refused, /not of the person it names/],
  ['meet-swapped', EXIT.refused, /not of the person whose keys/],
  ['introduction-replaced', EXIT.refused, /not whom the introducer named/],
];

const inviter = contactView({
  id: 'c1',
  name: 'inviter',
  givenName: 'inviter',
  steps: { opened: 1, delivered: 2, accepted: null, ready: null },
});
const accept = (...more: string[]) => ['invite', 'accept', 'tacet:...', ...more];

describe('meetings that end', () => {
  const fake = new FakeDaemon();
  let now: object = {};
  const dismissed = (): number =>
    fake.calls.filter(({ method }) => method === 'contact.dismiss').length;
  before(() =>
    fake.start({
      'invite.accept': () => ({ ...inviter, state: 'meeting', reason: null }),
      'contact.get': () => ({ ...inviter, ...now }),
      'contact.dismiss': () => ({}),
      'events.position': () => ({ newest: 1, acknowledged: 1 }),
      'events.read': () => ({ events: [], cursor: 1, oldest: 1, lost: 0 }),
    }),
  );
  after(() => fake.stop());

  for (const [code, status, sentence] of ENDS) {
    for (const option of [[], ['--wait']]) {
      test(`${code}: said with what to do, exit status ${status}, dismissed ${option}`, async () => {
        now = { state: 'ended', reason: code };
        const had = dismissed();
        const text = await fake.tacet(accept(...option));
        assert.equal(text.code, status);
        assert.equal(text.out, '');
        const [line = '', hint, ...more] = text.err.trimEnd().split('\n');
        assert.match(line, sentence);
        assert.equal(hint !== undefined, code !== 'a-later-reason', 'what to do next');
        assert.deepEqual(more, []);
        const json = await fake.tacet(accept(...option, '--json'));
        assert.equal(json.code, status);
        assert.equal((JSON.parse(json.err) as { code: string }).code, code);
        assert.equal(dismissed(), had + 2);
      });
    }
  }

  test('nothing stored for it: told and given up, although the daemon would go on asking', async () => {
    now = { state: 'meeting', reason: 'invitation-missing' };
    const had = dismissed();
    const { code, err } = await fake.tacet(accept());
    assert.equal(code, EXIT.notFound);
    assert.match(err, /nothing is stored/);
    assert.equal(dismissed(), had + 1);
  });

  test('the time is over and the answer is delivered: 0, or 8 with --wait; it goes on', async () => {
    now = { state: 'meeting', reason: null };
    const had = dismissed();
    const text = await fake.tacet(accept('--timeout', '1ms'));
    assert.deepEqual([text.code, text.out], [EXIT.ok, 'inviter: meeting\n']);
    assert.match(text.err, /^answered; waiting for inviter\nno answer yet; this goes on by itself/);
    const json = await fake.tacet(accept('--timeout', '1ms', '--json'));
    assert.equal(json.err, '');
    assert.deepEqual(JSON.parse(json.out), { schema: 1, ...inviter, ...now });
    assert.equal((await fake.tacet(accept('--timeout', '1ms', '--wait'))).code, EXIT.unconfirmed);
    assert.equal(dismissed(), had);
  });

  test('the time is over and nothing is known: 8, and it goes on', async () => {
    const steps = { opened: null, delivered: null, accepted: null, ready: null };
    now = { state: 'meeting', reason: null, steps };
    const had = dismissed();
    const { code, out, err } = await fake.tacet(accept('--timeout', '1ms'));
    assert.deepEqual([code, out], [EXIT.unconfirmed, '']);
    assert.match(err, /^reading the invitation\ntacet: it is not known yet .*\n$/);
    assert.equal(dismissed(), had);
  });

  test('--no-wait answers at once', async () => {
    now = { state: 'ended', reason: 'invitation-used' };
    const had = dismissed();
    const text = await fake.tacet(accept('--no-wait'));
    assert.deepEqual(text, { code: EXIT.ok, out: 'inviter: meeting\n', err: '' });
    assert.equal(dismissed(), had);
    assert.equal((await fake.tacet(accept('--no-wait', '--wait'))).code, EXIT.usage);
  });
});
