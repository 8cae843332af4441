/** A life to look at: contacts and messages in every state. */
import type { FakeDaemon } from './fake-daemon.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface Scene {
  readonly bob: string;
  readonly chiara: string;
  readonly lateMessage: string;
}

export function fillScene(daemon: FakeDaemon): Scene {
  const now = Date.now();
  daemon.pace = null;
  const bob = daemon.addContact('Bob Okafor', { trust: 'verified' }).id;
  const noor = daemon.addContact('نور الدين').id;
  const dana = daemon.addContact('Dana', {
    state: 'meeting',
    steps: { opened: now - 40_000, delivered: now - 28_000, accepted: null, ready: null },
  }).id;
  const chiara = daemon.addContact('Chiara').id;
  const echo = daemon.addContact('Echo', { trust: 'unverified' }).id;

  const past = (contactId: string, direction: 'in' | 'out', ago: number, text: string) =>
    daemon.put(
      contactId,
      {
        direction,
        text,
        sentAt: now - ago,
        ...(direction === 'in'
          ? { state: 'received', arrivedAt: now - ago + 6_000 }
          : { state: 'delivered', copies: 2, partsSent: 1, deliveredAt: now - ago + 7_000 }),
      },
      true,
    ).id;

  past(bob, 'in', 49 * HOUR, 'Are you coming to the rehearsal on Thursday?');
  past(bob, 'out', 49 * HOUR - 2 * MINUTE, 'Yes. I bring the scores.');
  past(bob, 'out', 49 * HOUR - 3 * MINUTE, 'And the long music stand, if it fits on the train.');
  past(
    bob,
    'in',
    26 * HOUR,
    'It went well, I think.\n\nThe second movement still drags a little, but the pause before the coda was perfect. Nobody breathed.',
  );
  past(bob, 'out', 25 * HOUR, 'Tacet al fine.');
  past(
    bob,
    'in',
    3 * HOUR,
    'I read about how this works. So the packets leave all the time, even now?',
  );
  past(
    bob,
    'out',
    3 * HOUR - MINUTE,
    'Even now. One a second while this window is open, one every two when it is not. Most are empty.',
  );
  past(bob, 'in', 2 * HOUR, 'Good. 🎻');
  past(bob, 'in', 2 * HOUR - 20_000, 'Send me the address when you have it?');
  const lateMessage = daemon.put(
    bob,
    {
      direction: 'out',
      text: 'Hauptstraße 12, back entrance, second bell.',
      sentAt: now - 4 * MINUTE,
      state: 'stored',
      copies: 2,
      partsSent: 1,
      late: true,
    },
    true,
  ).id;
  for (const [what, ago] of [
    ['saved', 240_000],
    ['encrypted', 239_600],
    ['part-sent', 238_000],
    ['part-stored', 236_900],
    ['copy-stored', 231_000],
    ['retry', 61_000],
  ] as const) {
    daemon.note(lateMessage, what, 1, now - ago);
  }

  past(noor, 'in', 5 * HOUR, 'هل وصلت الرسالة؟ أرسلتها صباح اليوم');
  past(noor, 'out', 5 * HOUR - 3 * MINUTE, 'Yes, it did. Thank you!');
  daemon.receive(noor, 'شكرا جزيلا لك');

  past(chiara, 'in', 30 * HOUR, 'Ciao! Did the parcel arrive?');
  daemon.put(
    chiara,
    { text: 'Not yet', sentAt: now - 29 * HOUR, state: 'unconfirmed', copies: 2 },
    true,
  );
  daemon.put(
    chiara,
    {
      text: 'I will ask at the post office.',
      sentAt: now - 20 * MINUTE,
      state: 'failed',
      reason: 'text-too-long',
    },
    true,
  );
  daemon.put(
    chiara,
    {
      text: 'A long letter, in parts',
      sentAt: now - 3 * MINUTE,
      state: 'sending',
      parts: 5,
      partsSent: 3,
    },
    true,
  );
  daemon.put(chiara, { text: 'One more line', sentAt: now - 30_000, state: 'queued' }, true);
  daemon.put(
    chiara,
    {
      direction: 'in',
      text: 'Sorry, I was in the mountains, no network.',
      sentAt: now - 2 * HOUR,
      arrivedAt: now - 25 * MINUTE,
      state: 'received',
    },
    true,
  );

  past(echo, 'out', 40 * HOUR, 'ping');
  past(echo, 'in', 40 * HOUR - 9_000, 'ping');
  daemon.patchContact(dana, {});
  return { bob, chiara, lateMessage };
}
