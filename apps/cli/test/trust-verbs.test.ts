/**
 * Commands of meeting and trust, through the real parser and over a real socket: each with what it
 * asks of the daemon, and what it prints of the answer.
 */
import { after, before, describe } from 'node:test';
import { AppError, DAY } from '@tacet/base';
import { contactView } from '@tacet/testkit/views';
import { EXIT } from '../src/exit.ts';
import { FakeDaemon } from './fake-daemon.ts';
import { behave, strict } from './harness.ts';

const SOON = Date.now() + 2 * DAY;
const ADDRESS = `tacet://address/1#${'A'.repeat(40)}`;
const CODE = 'tacet://meet/1#AAAA';

const bob = contactView();
const carol = contactView({
  ...{ id: '2', name: 'carol', trust: 'introduced', introducedBy: 'bob' },
  trustWarning: 'key-changed',
});
const gone = contactView({ id: '3', name: 'dave', trust: 'unverified', silentSince: 1 });
const echo = contactView({ id: '4', name: 'Echo' });
const PEOPLE = [bob, carol, gone, echo];

const shortCode = (change: object) => ({
  ...{ contactId: '1', state: 'compare', code: '123456', peerSaid: null },
  ...{ beganAt: 1, movedAt: 1, byUs: true, spent: 1, left: 2 },
  ...change,
});
const address = (change: object = {}) => ({
  ...{ id: '5', label: 'card', identity: 'me', state: 'live', createdAt: 1, endsAt: null },
  ...{ words: 'lake stone', link: ADDRESS, fullLink: `${ADDRESS}.card`, waiting: 2 },
  day: { at: 1, boxes: 70, unreadable: 64, turnedAway: 3 },
  ...change,
});
const introduction = (change: object) => ({
  ...{ id: '7', role: 'introducer', state: 'asked', contactId: '1', otherId: '2' },
  ...{ name: 'Carol', note: 'both sail', at: 1, movedAt: 1, endsAt: SOON },
  ...change,
});
const scan = (state: string) => ({
  ...{ id: '4', at: 1, name: 'Bob', contactId: null, state, verifiedAt: null },
});
const NUMBER = '0123456789'.repeat(6);

/** What the daemon refuses, with the code of the refusal in the name that was typed. */
function known(contact: string) {
  const found = PEOPLE.find(({ id, name }) => contact === id || contact === name);
  if (found !== undefined) return found;
  throw new AppError('contact-unknown', 'missing', 'there is no contact of that name');
}

const fake = new FakeDaemon();
before(() =>
  fake.start(
    strict({
      'contact.get': ({ contact }: { contact: string }) => known(contact),
      'contact.list': () => ({ contacts: PEOPLE }),
      'contact.trust': () => ({
        facts: [
          { at: 1, what: 'met-by-introduction', level: 'introduced', by: 'bob', byId: '1' },
          { at: 2, what: 'key-changed', level: 'unverified', by: null, byId: null },
        ],
      }),
      'contact.reach': ({ contactId }: { contactId: string }) => ({
        ...{ contactId, heardAt: 1, silentSince: null, waiting: 0, oldest: null, postings: 0 },
      }),
      'contact.safetyNumber': ({ contactId }: { contactId: string }) => {
        if (contactId === '1') return { contactId, digits: NUMBER };
        throw new AppError('session-of-before', 'state', 'their keys are new');
      },
      'contact.verify': () => ({}),
      'contact.block': () => ({ ...bob, blocked: true }),
      'contact.unblock': () => bob,
      'contact.delete': () => ({}),
      'code.start': () => shortCode({ state: 'waiting', code: null }),
      'code.get': ({ contactId }: { contactId: string }) =>
        shortCode(contactId === '2' ? { state: 'broken', code: null } : {}),
      'code.say': ({ found }: { found: string }) =>
        shortCode({ state: found, code: null, peerSaid: 'same' }),
      'code.stop': () => shortCode({ state: 'stopped', code: null, spent: 3, left: 0 }),
      'events.position': () => ({ newest: 1, acknowledged: 1 }),
      'events.read': () => ({ events: [], cursor: 1, oldest: 1, lost: 0 }),
      'meet.code': () => ({
        id: '9',
        state: 'preparing',
        identity: 'Dr',
        text: null,
        endsAt: SOON,
      }),
      'meet.codeState': () => ({
        id: '9',
        state: 'ready',
        identity: 'Dr',
        text: CODE,
        endsAt: SOON,
      }),
      'meet.scan': ({ contactId }: { contactId?: string }) => {
        if (contactId !== '2') return scan('waiting');
        throw new AppError('meet-other-person', 'refused', 'this code is not that contact’s');
      },
      'meet.scans': () => ({ scans: [scan('verified'), scan('ended')] }),
      'introduce.offer': () => introduction({}),
      'introduce.list': () => ({
        introductions: [
          introduction({ state: 'declined-second' }),
          introduction({ id: '8', role: 'first', state: 'replaced', otherId: null }),
        ],
      }),
      'introduce.decide': ({ id, accept }: { id: string; accept: boolean }) => {
        if (id !== '7') throw new AppError('introduction-over', 'state', 'it waits for no word');
        return introduction({ role: 'first', state: accept ? 'preparing' : 'declined' });
      },
      'identity.create': ({ sameKeys }: { sameKeys?: boolean }) => ({
        ...{ id: '1', name: 'Dr. Smith', state: 'preparing', ownKeys: sameKeys !== true },
        ...{ address: null, contacts: 0 },
      }),
      'identity.list': () => ({
        identities: [
          { id: '0', name: 'me', state: 'ready', ownKeys: true, address: 'a b', contacts: 2 },
          { id: '1', name: 'Dr', state: 'preparing', ownKeys: true, address: null, contacts: 0 },
          { id: '2', name: 'Al', state: 'ready', ownKeys: false, address: 'a b', contacts: 1 },
        ],
      }),
      'identity.delete': () => {
        throw new AppError('identity-used', 'state', 'somebody knows this identity');
      },
      'address.create': () => address(),
      'address.list': () => ({
        addresses: [address(), address({ id: '6', state: 'replaced', endsAt: SOON + DAY / 2 })],
      }),
      'address.show': () => address({ state: 'ended', link: null, fullLink: null }),
      'address.rotate': () => address({ id: '7' }),
      'address.revoke': () => address({ state: 'ended', link: null }),
      'address.check': () => ({
        ...{ name: 'Al\u001b[2Jice', words: 'lake stone', person: 'amber lantern' },
        ...{ sameNetwork: false, own: false },
      }),
      'request.send': () => ({ ...bob, state: 'meeting' }),
      'request.list': () => ({
        requests: [
          {
            ...{ id: '3', addressId: '5', name: 'eve', text: 'one\ntwo', claims: 'amber lantern' },
            ...{ cameAt: 1, endsAt: SOON + DAY / 2 },
          },
        ],
      }),
      'request.accept': () => ({ ...bob, state: 'meeting' }),
      'request.delete': () => ({}),
      'request.block': () => {
        throw new AppError('request-unknown', 'missing', 'there is no such request');
      },
      'link.check': ({ link }: { link: string }) =>
        link === CODE
          ? { kind: 'meet', problem: null, hint: null }
          : { kind: 'invitation', problem: 'invitation-own', hint: 'send it to a friend' },
      'echo.meet': () => ({ ...echo, state: 'meeting' }),
    }),
  ),
);
after(() => fake.stop());

const { usage, failed, notFound, refused } = EXIT;

describe('trust', () =>
  behave(fake, [
    {
      argv: ['trust', 'show', 'carol'],
      asks: ['contact.trust', { contactId: '2' }],
      out: /^carol: introduced by bob, not verified\n {2}warning: their keys are new.*\n.* introduced by bob -> introduced\n.*new keys, confirmed by the old ones -> unverified\n$/,
    },
    { argv: ['trust', 'show', 'DAVE'], out: /^dave: unverified\n {2}not answering since / },
    { argv: ['trust', 'show', 'nobody'], status: notFound, err: /no contact of that name\n.*list/ },
    {
      argv: ['trust', 'number', 'bob'],
      asks: ['contact.safetyNumber', { contactId: '1' }],
      out: /^(\d{5} ){11}\d{5}\n$/,
    },
    { argv: ['trust', 'number', 'carol'], status: failed, err: /keys are new\n.*scan each other/ },
    {
      argv: ['trust', 'say', 'bob', 'same'],
      asks: ['contact.verify', { contactId: '1', found: 'same' }],
      out: /^bob: link\n$/,
    },
    {
      argv: ['trust', 'say', 'bob', 'taken-back'],
      asks: ['contact.verify', { contactId: '1', found: 'taken-back' }],
      out: /^bob: /,
    },
    {
      argv: ['trust', 'say', 'bob', 'perhaps'],
      status: usage,
      never: ['contact.verify'],
      err: /same, different, taken-back/,
    },
    { argv: ['trust', 'say', 'bob'], status: usage, never: ['contact.verify'] },
  ]));

describe('short code', () =>
  behave(fake, [
    {
      argv: ['code', 'start', 'bob'],
      asks: ['code.start', { contactId: '1' }],
      out: /^123 456\ncompare it aloud.*\ntried 1 times in the last day, 2 left\n$/,
    },
    { argv: ['code', 'show', 'carol'], out: /^the other side broke the rules: somebody may stand/ },
    {
      argv: ['code', 'say', 'bob', 'different'],
      asks: ['code.say', { contactId: '1', found: 'different' }],
      out: /^it differs: somebody may stand between you\nthey said: same\n/,
    },
    {
      argv: ['code', 'say', 'bob', 'taken-back'],
      status: usage,
      never: ['code.say'],
      err: /same or different/,
    },
    { argv: ['code', 'stop', 'bob'], out: /^stopped\ntried 3 times in the last day, 0 left\n$/ },
  ]));

describe('in person', () =>
  behave(fake, [
    {
      argv: ['meet', 'code', '--as', 'Dr'],
      asks: ['meet.code', { identity: 'Dr' }],
      out: /^tacet:\/\/meet\/1#AAAA\n$/,
      err: /you show: Dr/,
    },
    {
      argv: ['meet', 'code', '--contact', 'bob'],
      asks: ['meet.code', { contactId: '1' }],
      out: /meet/,
    },
    {
      argv: ['meet', 'code', '--contact', 'bob', '--as', 'Dr'],
      status: usage,
      never: ['meet.code'],
      err: /either --contact or --as/,
    },
    {
      argv: ['meet', 'scan', '-'],
      stdin: ` ${CODE}\n`,
      asks: ['meet.scan', { code: CODE }],
      out: /^Bob: scanned; verified when they have scanned yours\n$/,
    },
    {
      argv: ['meet', 'scan', CODE, '--contact', 'carol'],
      asks: ['meet.scan', { code: CODE, contactId: '2' }],
      status: refused,
      err: /not that contact’s\n.*ask whose code it is/,
    },
    { argv: ['meet', 'scans'], out: /NAME.*\nBob .*verified\nBob .*did not scan yours in time\n$/ },
  ]));

describe('introductions', () =>
  behave(fake, [
    {
      argv: ['introduce', 'bob', 'carol', '--note', 'both sail'],
      asks: ['introduce.offer', { firstId: '1', secondId: '2', note: 'both sail' }],
      out: /^the first was asked\n$/,
    },
    { argv: ['introduce', 'bob'], status: usage, never: ['introduce.offer'] },
    {
      argv: ['introduction', 'list'],
      out: /bob and Carol .*declined by the second .*both sail\n8 .*Carol, by bob .*was refused/,
    },
    {
      argv: ['introduction', 'answer', '7', 'yes'],
      asks: ['introduce.decide', { id: '7', accept: true }],
      out: /^you agreed; being prepared\n$/,
    },
    {
      argv: ['introduction', 'answer', '7', 'no'],
      asks: ['introduce.decide', { id: '7', accept: false }],
      out: /^declined\n$/,
    },
    { argv: ['introduction', 'answer', '9', 'yes'], status: failed, err: /waits for no word/ },
    { argv: ['introduction', 'answer', '7', 'maybe'], status: usage, never: ['introduce.decide'] },
  ]));

describe('identities', () =>
  behave(fake, [
    {
      argv: ['identity', 'create', 'Dr. Smith'],
      asks: ['identity.create', { name: 'Dr. Smith' }],
      out: /^1: Dr\. Smith\n$/,
    },
    {
      argv: ['identity', 'create', 'Al', '--same-keys'],
      asks: ['identity.create', { name: 'Al', sameKeys: true }],
      out: /^1: /,
    },
    { argv: ['identity', 'list'], out: /\n1 +Dr +own +0 +being made\n2 +Al +yours +1 +a b\n$/ },
    {
      argv: ['identity', 'delete', 'Dr. Smith'],
      asks: ['identity.delete', { identity: 'Dr. Smith' }],
      status: failed,
      err: /somebody knows this identity/,
    },
  ]));

describe('blocking and deleting', () =>
  behave(fake, [
    {
      argv: ['contact', 'block', 'bob'],
      asks: ['contact.block', { contactId: '1' }],
      out: /^bob: blocked\n$/,
    },
    {
      argv: ['contact', 'unblock', 'bob'],
      asks: ['contact.unblock', { contactId: '1' }],
      out: /^bob: ready\n$/,
    },
    {
      argv: ['contact', 'delete', 'bob', '--block', '--yes'],
      asks: ['contact.delete', { contactId: '1', block: true }],
      out: /^deleted\n$/,
    },
    {
      argv: ['contact', 'delete', 'bob'],
      status: usage,
      never: ['contact.delete'],
      err: /cannot be undone; say --yes/,
    },
  ]));

describe('addresses', () =>
  behave(fake, [
    {
      argv: ['address', 'create', 'on my card', '--as', 'Dr'],
      asks: ['address.create', { label: 'on my card', identity: 'Dr' }],
      out: /^tacet:\/\/address\/1#A+\n$/,
      err: /words to compare: lake stone/,
    },
    {
      argv: ['address', 'create', '--full'],
      asks: ['address.create', { label: '' }],
      out: /\.card\n$/,
    },
    {
      argv: ['address', 'list'],
      out: /\n5 +card +live +2 +70 of 256 boxes, 64 unreadable, 3 turned away .*\n6 +card +replaced, ends in /,
    },
    {
      argv: ['address', 'show', '5'],
      asks: ['address.show', { id: '5' }],
      out: /^this address has ended\n$/,
    },
    {
      argv: ['address', 'rotate', '5', '--days', '0'],
      asks: ['address.rotate', { id: '5', days: 0 }],
      out: /address/,
    },
    { argv: ['address', 'rotate', '5'], asks: ['address.rotate', { id: '5' }], out: /address/ },
    { argv: ['address', 'rotate', '5', '--days', '91'], status: usage, never: ['address.rotate'] },
    { argv: ['address', 'revoke', '5'], asks: ['address.revoke', { id: '5' }], out: /^ended\n$/ },
    {
      argv: ['address', 'check', '-'],
      stdin: `${ADDRESS}\n`,
      asks: ['address.check', { address: ADDRESS }],
      out: /^name: Alice \(as the address says\)\nwords of this address: lake stone\nwords of the person: amber lantern\nit belongs to another network\n$/,
    },
  ]));

describe('requests', () =>
  behave(fake, [
    {
      argv: ['request', 'send', '-', 'we met', '--name', 'al', '--as', 'Dr'],
      stdin: ADDRESS,
      asks: ['request.send', { address: ADDRESS, text: 'we met', name: 'al', identity: 'Dr' }],
      out: /^bob: asked; see tacet contact list\n$/,
    },
    {
      argv: ['request', 'list'],
      out: /^3 .* says to be: eve {2}\(ends in .*\)\n {4}one\n {4}two\n$/,
    },
    {
      argv: ['request', 'accept', '3', '--name', 'eva', '--as', 'Dr'],
      asks: ['request.accept', { id: '3', name: 'eva', identity: 'Dr' }],
      out: /^bob: meeting\n$/,
    },
    { argv: ['request', 'delete', '3'], asks: ['request.delete', { id: '3' }], out: /^deleted\n$/ },
    { argv: ['request', 'block', '9'], status: notFound, err: /no such request\n.*request list/ },
  ]));

describe('links and Echo', () => {
  behave(fake, [
    { argv: ['link', 'check', CODE], out: /^a code to scan: tacet meet scan\n$/ },
    {
      argv: ['link', 'check', 'tacet://invite/1#x'],
      status: failed,
      out: /^an invitation: .*\nit cannot work here: invitation-own\nsend it to a friend\n$/,
    },
    { argv: ['echo'], asks: ['echo.meet', {}], out: /^Echo: ready\n$/ },
  ]);
});
