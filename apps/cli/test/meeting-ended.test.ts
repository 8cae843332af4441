/** `invite accept --wait` when the meeting ends: one sentence, the reason's code, its status. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { EXIT } from '../src/exit.ts';
import { FakeDaemon } from './fake-daemon.ts';

const ENDS: readonly (readonly [reason: string, status: number, sentence: RegExp])[] = [
  ['invitation-used', EXIT.refused, /used by somebody else/],
  ['invitation-missing', EXIT.notFound, /nothing is stored/],
  ['invitation-revoked', EXIT.refused, /taken back/],
  ['invitation-expired', EXIT.notFound, /ended without an answer/],
  ['invitation-refused', EXIT.refused, /could not read the answer/],
  ['invitation-replaced', EXIT.refused, /does not match its link/],
  ['session-identity-changed', EXIT.refused, /failed/],
];

describe('meetings that end', () => {
  const fake = new FakeDaemon();
  let reason = '';
  const inviter = {
    id: 'c1',
    name: 'inviter',
    givenName: 'inviter',
    trust: 'link',
    steps: { opened: 1, delivered: 2, accepted: null, ready: null },
    endsAt: null,
    unread: 0,
    lastMessage: null,
  };
  before(() =>
    fake.start({
      'invite.accept': () => ({ ...inviter, state: 'meeting', reason: null }),
      'contact.get': () => ({ ...inviter, state: 'ended', reason }),
      'events.position': () => ({ newest: 1, acknowledged: 1 }),
    }),
  );
  after(() => fake.stop());

  for (const [code, status, sentence] of ENDS) {
    test(`${code}: said with what to do, and exit status ${status}`, async () => {
      reason = code;
      const text = await fake.tacet(['invite', 'accept', 'tacet:...', '--wait']);
      assert.equal(text.code, status);
      assert.equal(text.out, '');
      const [line = '', hint, ...more] = text.err.trimEnd().split('\n');
      assert.match(line, sentence);
      assert.equal(hint !== undefined, code.startsWith('invitation-'), 'what to do next');
      assert.deepEqual(more, []);
      const json = await fake.tacet(['invite', 'accept', 'tacet:...', '--wait', '--json']);
      assert.equal(json.code, status);
      assert.equal((JSON.parse(json.err) as { code: string }).code, code);
    });
  }
});
