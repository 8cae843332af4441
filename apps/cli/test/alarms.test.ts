/** What was refused is said in a sentence: `alarms`, `listen`, and beside contacts and invitations. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { hintFor, sayingOf } from '@tacet/api';
import { contactView } from '@tacet/testkit/views';
import { FakeDaemon } from './fake-daemon.ts';

const CLIENT = join(import.meta.dirname, '../../../packages/client/src');

/** Codes that the client raises as alarms, or gives as reasons of contacts and invitations. */
function codesOfClient(): Set<string> {
  const codes = new Set<string>();
  for (const file of readdirSync(CLIENT, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const source = readFileSync(join(CLIENT, file), 'utf8');
    for (const call of source.matchAll(
      /\b(?:alarm|end|hold|because|turnAway|deadLetter|append|reasonOf)\(([^;]*?)\);/gs,
    )) {
      for (const [, code] of (call[1] ?? '').matchAll(/'([a-z]+(?:-[a-z]+)+)'/g)) {
        if (code !== undefined && !NO_REASONS.has(code)) codes.add(code);
      }
    }
  }
  return codes;
}

/** Subjects of other events, and names of notices. */
const NO_REASONS = new Set(['link-up', 'link-down', 'message-state', 'invite-reply', 'key-set']);

test('every alarm and every reason the client gives has its sentence', () => {
  const codes = codesOfClient();
  for (const sure of ['invitation-taken', 'address-full', 'introduction-same', 'content-refused']) {
    assert.ok(codes.has(sure), `the search finds ${sure}`);
  }
  for (const code of codes) assert.ok(sayingOf(code) !== null, code);
  assert.equal(sayingOf('constructor'), null);
});

const alarm = (code: string, count: number) => ({
  ...{ code, count, firstAt: 1, lastAt: Date.now() },
  ...{ text: sayingOf(code) ?? code, hint: hintFor(code) },
});
const event = { cursor: 1, at: 1, kind: 'alarm', subject: 'code-broken' };
const arrived = { cursor: 2, at: 1, kind: 'message', subject: '1' };
const invitation = {
  ...{ id: '4', label: 'carol', identity: 'me', createdAt: 1, expiresAt: 2, state: 'revoked' },
  ...{ link: null, fullLink: null, contactId: null, reason: 'invitation-taken' },
};

const fake = new FakeDaemon();
before(() =>
  fake.start({
    'alarm.list': () => ({ alarms: [alarm('introduction-replaced', 3), alarm('gap-repair', 1)] }),
    'events.position': () => ({ newest: 0, acknowledged: 0 }),
    'events.read': () => ({ events: [event, arrived], cursor: 2, oldest: 1, lost: 0 }),
    'message.get': () => {
      throw new Error('end of the test');
    },
    'contact.list': () => ({
      contacts: [contactView({ state: 'ended', reason: 'meet-swapped' }), contactView()],
    }),
    'invite.list': () => ({ invitations: [invitation] }),
  }),
);
after(() => fake.stop());

test('alarms: one line for each kind, how often, and what to do', async () => {
  const { out } = await fake.tacet(['alarms']);
  const [first = '', second = ''] = out.split('\n');
  assert.match(first, /^3 times, last .* alarm: who came by the introduction is not .*\(ask who/);
  assert.match(second, /alarm: a message of this profile is missing at the other side/);
  const { alarms } = JSON.parse((await fake.tacet(['alarms', '--json'])).out);
  assert.deepEqual([alarms[0].code, alarms[0].count], ['introduction-replaced', 3]);
});

test('listen tells an alarm as it comes, beside what is printed', async () => {
  const { err, out } = await fake.tacet(['listen']);
  assert.match(err, /alarm: in a short code the other side revealed something else/);
  assert.equal(out, '');
});

test('lists say why a contact or an invitation ended, and what to do', async () => {
  const contacts = await fake.tacet(['contact', 'list']);
  assert.match(
    contacts.out,
    /\nbob: the invitation in the scanned code is not of .*\(do not trust/,
  );
  assert.equal(contacts.out.match(/\nbob: /g)?.length, 1);
  const invitations = await fake.tacet(['invite', 'list']);
  assert.match(invitations.out, /\n4: somebody else wrote into the boxes of the invitation first/);
});
