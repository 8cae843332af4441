/** `listen` and muted conversations (docs/spec/18-conversations.md, 1). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { contactView, messageDetail } from '@tacet/testkit/views';
import { FakeDaemon } from './fake-daemon.ts';

const PAST = 1;
/** What is told of each conversation, by its number. */
const MUTES: Readonly<Record<string, unknown>> = {
  1: null,
  2: { until: null, mentions: false },
  3: { until: null, mentions: true },
  4: { until: PAST, mentions: false },
};
const said = (id: string, contactId: string, mentioned = false) =>
  messageDetail({
    ...{ id, contactId, mentioned, text: `text ${id} of ${contactId}` },
    ...{ direction: 'in', state: 'received' },
  });
const messages = [
  said('1', '2', true),
  said('2', '1'),
  said('3', '3'),
  said('4', '3', true),
  said('5', '4'),
];

const fake = new FakeDaemon();
before(() =>
  fake.start({
    'events.position': () => ({ newest: 0, acknowledged: 0 }),
    'events.read': ({ cursor }: { cursor: number }) => ({
      events: messages
        .map(({ id }) => ({ cursor: Number(id), at: 1, kind: 'message', subject: id }))
        .filter((event) => event.cursor > cursor),
      ...{ cursor: messages.length, oldest: 1, lost: 0 },
    }),
    'message.get': ({ id }: { id: string }) => messages[Number(id) - 1],
    'contact.get': () => contactView(),
    'conversation.get': ({ contactId }: { contactId: string }) => ({
      ...{ id: contactId, kind: 'contact', name: `person ${contactId}`, pinned: false },
      ...{ archived: false, mute: MUTES[contactId], draft: null, lastMessage: null },
      settings: { readReceipts: false, obeyDelete: true, fetchBytes: 0, timer: 0 },
      ...{ unread: 0, lastAt: 1 },
    }),
  }),
);
after(() => fake.stop());

const heard = (out: string) => [...out.matchAll(/text (\d)/g)].map(([, id]) => id);

test('what is muted is not told, but for mentions where they count, and when its time is over', async () => {
  const { out, code } = await fake.tacet(['listen', '--count', '3']);
  assert.equal(code, 0);
  assert.deepEqual(heard(out), ['2', '4', '5']);
});

test('all of it is told where that is asked for, and to programs', async () => {
  const all = ['1', '2', '3', '4', '5'];
  assert.deepEqual(heard((await fake.tacet(['listen', '--count', '5', '--muted'])).out), all);
  assert.deepEqual(heard((await fake.tacet(['listen', '--count', '5', '--json'])).out), all);
});
