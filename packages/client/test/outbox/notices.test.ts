/** What nobody typed is said in the end, though its encryption fails at first; a meeting never hangs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '@tacet/base';
import { createFakeSession } from '@tacet/testkit';
import { Layer, ModelPerson, pass } from '@tacet/testkit/model';
import { Contacts } from '../../src/contacts/contacts.ts';
import { decodeEnvelope, type Envelope } from '../../src/content/envelope.ts';
import { EventLog } from '../../src/events/log.ts';
import { MAX_HELLO_TRIES } from '../../src/limits.ts';
import { Notices } from '../../src/outbox/notices.ts';
import { migratedStore } from '../migrated-store.ts';

/** Two who meet; `fails` is asked of every envelope that one of them encrypts. */
class Meeting {
  readonly layer: Layer;
  readonly inviter: ModelPerson;
  readonly guest: ModelPerson;

  constructor(seed: string, fails: (who: string, envelope: Envelope) => boolean) {
    this.layer = new Layer(seed);
    const person = (name: string) =>
      new ModelPerson(name, this.layer, seed, {
        session: (rng) => {
          const port = createFakeSession(rng);
          return {
            ...port,
            encrypt: async (records, peer, plaintext) => {
              if (fails(name, envelopeIn(plaintext))) throw new Error('no room for the ratchet');
              return port.encrypt(records, peer, plaintext);
            },
          };
        },
      });
    this.inviter = person('alice');
    this.guest = person('bob');
  }

  async begin(): Promise<void> {
    await this.inviter.begin();
    await this.guest.begin();
    await this.run(2 * MINUTE);
    this.inviter.act((client, now) => client.createInvitation({ label: 'bob' }, now));
    await this.run(3 * MINUTE);
    const link = this.inviter.machine.invitations()[0]?.link ?? '';
    this.guest.act((client, now) => client.acceptInvitation({ link }, now));
  }

  run(ms: number): Promise<void> {
    return pass(this.layer, [this.inviter, this.guest], ms);
  }

  get states(): string[] {
    return [this.inviter.machine.contact('bob').state, this.guest.machine.contact('alice').state];
  }

  /** Whether each has the other's key set. */
  get known(): boolean[] {
    return [this.inviter, this.guest].map(
      ({ store }) => store.get('SELECT ed25519 FROM contacts')?.['ed25519'] != null,
    );
  }
}

/** An answer to an invitation is none. */
function envelopeIn(plaintext: Uint8Array): Envelope {
  try {
    return decodeEnvelope(plaintext);
  } catch {
    return {};
  }
}

test('a hello whose encryption fails is said again, and the meeting goes on', async () => {
  let failed = 0;
  const meeting = new Meeting('hello later', (_, { hello }) => hello === true && ++failed <= 3);
  await meeting.begin();
  await meeting.run(15 * MINUTE);
  assert.equal(failed, 4, 'three times, and once more');
  assert.equal(meeting.inviter.alarms.get('session-failed'), 3, 'each is told');
  assert.deepEqual(meeting.states, ['ready', 'ready']);
  assert.deepEqual(meeting.known, [true, true]);
});

test('a key set whose encryption fails comes later, after a restart too', async () => {
  let failed = 0;
  const meeting = new Meeting(
    'keys later',
    (who, { keySet }) => who === 'bob' && keySet !== undefined && ++failed <= 3,
  );
  await meeting.begin();
  await meeting.run(8 * MINUTE);
  assert.ok(failed >= 1);
  meeting.guest.stop();
  meeting.guest.start();
  await meeting.run(12 * MINUTE);
  assert.equal(failed, 4);
  assert.deepEqual(meeting.states, ['ready', 'ready']);
  assert.deepEqual(meeting.known, [true, true], 'without it nobody could be verified');
});

test('a hello that can never be said ends the meeting, and says why', async () => {
  let asked = 0;
  const meeting = new Meeting('no hello', (who, { hello }) => {
    if (hello === true) asked += 1;
    return who === 'alice';
  });
  await meeting.begin();
  await meeting.run(20 * MINUTE);
  assert.ok(asked >= 3, 'tried, with pauses');
  assert.ok(asked <= 6, 'and not without end');
  assert.deepEqual(meeting.states, ['meeting', 'meeting']);
  // Seventeen hours later.
  meeting.inviter.store.run('UPDATE notices SET tries = ?, due_at = 1', MAX_HELLO_TRIES - 1);
  meeting.inviter.stop();
  meeting.inviter.start();
  await meeting.run(5 * MINUTE);
  const { state, reason } = meeting.inviter.machine.contact('bob');
  assert.deepEqual([state, reason], ['ended', 'session-failed']);
  assert.equal(meeting.inviter.store.get('SELECT count(*) AS n FROM notices')?.['n'], 0);
  const last = asked;
  await meeting.run(HOUR);
  assert.equal(asked, last, 'and is not tried any more');
});

function waiting() {
  const store = migratedStore();
  const contacts = new Contacts(store, new EventLog(store, () => undefined));
  const [first, second] = ['Ann', 'Bob'].map((name) => contacts.create(name, '', 0));
  store.run('UPDATE contacts SET out_chain = ?', new Uint8Array(32));
  const ids = [first, first, second].map(
    (contact) =>
      store.run("INSERT INTO notices (contact_id, kind) VALUES (?, 'key-set')", contact ?? 0).rowId,
  );
  return { store, notices: new Notices(store), ids, first: first ?? 0 };
}

test('notices of one contact keep their order, those of others go on meanwhile', () => {
  const { notices, ids } = waiting();
  const [a, b, c] = ids;
  assert.equal(notices.next(0)?.id, a);
  assert.equal(notices.deadline, null, 'while one is being encrypted nothing is due');
  assert.equal(notices.failed(a ?? 0, 1_000), false);
  assert.equal(notices.next(1_000)?.id, c, 'the one behind it waits with it');
  notices.done(c ?? 0);
  assert.equal(notices.next(1_000), null);
  assert.equal(notices.deadline, 31 * SECOND);
  assert.equal(notices.next(31 * SECOND)?.id, a);
  notices.done(a ?? 0);
  assert.equal(notices.next(31 * SECOND)?.id, b);
  notices.done(b ?? 0);
  assert.equal(notices.next(31 * SECOND), null);
  assert.equal(notices.deadline, null);
});

test('pauses between tries double up to a day, and go with a clock that is set back', () => {
  const { store, notices, ids } = waiting();
  store.run('DELETE FROM notices WHERE id <> ?', ids[0] ?? 0);
  let now = 0;
  const pauses = Array.from({ length: 14 }, () => {
    assert.equal(notices.next(now)?.id, ids[0]);
    assert.equal(notices.failed(ids[0] ?? 0, now), false, 'a key set does not end a contact');
    assert.equal(notices.next(now), null);
    const pause = (notices.deadline ?? 0) - now;
    now += pause;
    return pause / SECOND;
  });
  assert.deepEqual(pauses.slice(0, 4), [30, 60, 120, 240]);
  assert.deepEqual(pauses.slice(11), [61_440, 86_400, 86_400]);
  notices.failed(ids[0] ?? 0, now);
  notices.setBack(HOUR);
  assert.equal(notices.deadline, now + 23 * HOUR);
});

test('a blocked contact’s notice is no deadline, and waits for the end of the block', () => {
  const { store, notices, ids, first } = waiting();
  notices.failed(ids[0] ?? 0, 0);
  store.run('UPDATE contacts SET blocked_at = 1 WHERE id = ?', first);
  notices.done(ids[2] ?? 0);
  assert.equal(notices.next(HOUR), null);
  assert.equal(notices.deadline, null);
  store.run('UPDATE contacts SET blocked_at = NULL WHERE id = ?', first);
  assert.equal(notices.next(HOUR)?.id, ids[0]);
});
