/**
 * Everything a contact may have chosen, shown by every command that shows it: no byte of it drives
 * the terminal or turns a line around, and as JSON the value is the same.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { contactView, messageDetail, messageView, profileStatus } from '@tacet/testkit/views';
import { FakeDaemon } from './fake-daemon.ts';

const NASTY =
  'ok\u001b[2J\u001b]0;title\u0007\u009b31m\u202egpj.exe\u2066\u200f\u061c\b\u007f\r\0\u0085\u2028end';

/** Words of our own, ids and numbers as text: what a daemon never takes from a contact. */
const OURS = new Set(
  'id contactId state direction trust kind subject level link version handle address schema own other pause socks what role proof who words person'.split(
    ' ',
  ),
);

/** The same view with `NASTY` wherever somebody else may have put a text. */
function nasty<T>(view: T): T {
  return JSON.parse(JSON.stringify(view), (key, value) =>
    typeof value === 'string' && !OURS.has(key) ? NASTY : value,
  ) as T;
}

const last = messageView({ direction: 'in', state: 'received', reason: 'x' });
const contact = nasty(contactView({ lastMessage: last }));
const ended = nasty(contactView({ state: 'ended', reason: 'x' }));
const message = nasty(
  messageDetail({ ...last, evidence: [{ at: 1, what: 'x', part: 0, parts: 1 }] }),
);
const dispute = { at: 1, epoch: 1, epochStart: 1, contact: 'x', own: 'x', other: 'x' };
const card = { name: 'x', authorities: 1, threshold: 1, closed: true };
const scan = nasty({
  id: '1',
  at: 1,
  name: 'x',
  contactId: null,
  state: 'waiting',
  verifiedAt: null,
});
const request = nasty({
  ...{ id: '1', addressId: '1', name: 'x', text: 'x', claims: 'x', cameAt: 1, endsAt: 2 },
});
const relay = {
  id: '1',
  role: 'mix',
  layer: 1,
  family: 'x',
  country: 'x',
  ownEdge: false,
  suspected: true,
};
const facts = nasty({
  ...{ name: 'x', crowd: true, closed: false, authorities: { count: 1, threshold: 1 } },
  ...{ document: null, relays: [relay], families: 1, countries: 1, words: [], wire: 1 },
  ownEdge: { address: 'x', since: null },
});
const conversation = nasty({
  ...{ id: '1', kind: 'contact', name: 'x', pinned: false, archived: false, mute: null },
  draft: { text: 'x', replyTo: null, at: 1 },
  settings: { readReceipts: false, obeyDelete: true, fetchBytes: 262_144, timer: 0 },
  ...{ unread: 1, lastMessage: last, lastAt: 1 },
});
const hit = nasty({
  ...{ id: '1', contactId: '1', direction: 'in', sentAt: 1 },
  excerpt: { text: 'x', cutBefore: false, cutAfter: false, marks: [[1, 2]] },
});
const lateness = { slots: 0, missed: 0, p50: 0, p99: 0, p999: 0, max: 0 };
const debug = { lateness, sessionQueue: 0, longestStep: 0, clockSteps: 0, counters: {} };
const event = { cursor: 1, at: 1, kind: 'message', subject: '1' };

const fake = new FakeDaemon();
before(() =>
  fake.start({
    'contact.list': () => ({ contacts: [contact, ended] }),
    'contact.get': () => contact,
    'contact.rename': () => contact,
    'message.list': () => ({ messages: [message] }),
    'message.get': () => message,
    'message.send': () => ({ ...message, direction: 'out', state: 'failed' }),
    'events.position': () => ({ newest: 0, acknowledged: 0 }),
    'events.read': () => ({ events: [event], cursor: 1, oldest: 1, lost: 0 }),
    'contact.trust': () => ({
      facts: [nasty({ at: 1, what: 'met-by-link', level: 'link', by: 'x', byId: null })],
    }),
    'meet.scans': () => ({ scans: [scan] }),
    'meet.scan': () => scan,
    'address.check': () =>
      nasty({ name: 'x', words: 'x', person: 'x', sameNetwork: true, own: false }),
    'request.list': () => ({ requests: [request] }),
    'request.accept': () => contact,
    'request.send': () => contact,
    'network.facts': () => ({ facts }),
    'conversation.list': () => ({ conversations: [conversation] }),
    'conversation.get': () => conversation,
    'conversation.pin': () => conversation,
    'draft.set': () => conversation,
    'note.open': () => conversation,
    'message.around': () => ({ messages: [message], older: false, newer: false }),
    'message.pins': () => ({ messages: [message] }),
    'search.find': () => ({ hits: [hit], next: null }),
    'contact.reach': () => ({
      ...{
        contactId: '1',
        heardAt: null,
        silentSince: null,
        waiting: 0,
        oldest: null,
        postings: 0,
      },
    }),
    'network.status': () =>
      nasty({
        ...{ card, network: null, link: 'ready', pause: null, clockAhead: null, socks: '' },
        disputes: [dispute],
      }),
    status: () => ({
      ...{ version: '1', api: 1, pid: 1, handle: 'default', state: 'open', reason: null },
      ...{ startedAt: 1, window: null, backup: null, debug, wrongSecrets: 0, opensWith: null },
      status: nasty(profileStatus({ card, disputes: [dispute], deadLetters: 3 })),
    }),
  }),
);
after(() => fake.stop());

/** What shows something a contact chose. */
const COMMANDS: readonly (readonly string[])[] = [
  ['contact', 'list'],
  ['contact', 'rename', 'ok', 'other'],
  ['message', 'list', 'ok'],
  ['message', 'list', 'ok', '--details'],
  ['send', 'ok', 'hello'],
  ['listen', '--count', '1'],
  ['network', 'status'],
  ['status'],
  ['trust', 'show', 'ok'],
  ['meet', 'scans'],
  ['meet', 'scan', 'tacet://meet/1#x'],
  ['address', 'check', 'tacet://address/1#x'],
  ['request', 'list'],
  ['request', 'accept', '1'],
  ['request', 'send', 'tacet://address/1#x', 'hello'],
  ['network', 'facts'],
  ['conversation', 'list'],
  ['conversation', 'pin', 'ok'],
  ['draft', 'ok', 'hello'],
  ['note'],
  ['message', 'around', '1'],
  ['message', 'pins', 'ok'],
  ['search', 'ok'],
];

/** Line ends and tabs are ours; nothing else of the kind is. */
function assertTame(shown: string, what: string): void {
  for (const character of shown) {
    const tame =
      /[\n\t]/.test(character) ||
      !/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(character);
    assert.ok(tame, `${what} shows U+${character.codePointAt(0)?.toString(16)}`);
  }
}

test('the check itself sees what it looks for', () => {
  for (const one of ['\u001b', '\u009b', '\u202e', '\u2028', '\r', '\b']) {
    assert.throws(() => assertTame(`a${one}b`, 'planted'), one);
  }
});

for (const argv of COMMANDS) {
  test(`what a contact chose is shown safely: tacet ${argv.join(' ')}`, async () => {
    const { out, err } = await fake.tacet(argv);
    assert.ok(out.includes('ok'), `${out}${err}`);
    assertTame(out + err, argv.join(' '));
    const json = await fake.tacet([...argv, '--json']);
    assertTame(json.out + json.err, `${argv.join(' ')} --json`);
    assert.ok(
      json.out
        .trimEnd()
        .split('\n')
        .some((line) =>
          JSON.stringify(JSON.parse(line)).includes(JSON.stringify(NASTY).slice(1, -1)),
        ),
      json.out,
    );
  });
}
