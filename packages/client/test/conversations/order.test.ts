/** The order of lines (docs/spec/14-content.md, 3): by cause, then by clocks that are not believed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, type Millis, SECOND } from '@tacet/base';
import fc from 'fast-check';
import { Messages } from '../../src/conversations/messages.ts';
import { EventLog } from '../../src/events/log.ts';
import { blob } from '../../src/store/rows.ts';
import { migratedStore } from '../migrated-store.ts';
import { Pair } from './pair.ts';

const RUNS = { numRuns: Number(process.env['FC_RUNS'] ?? 50) };
const DAY = 86_400_000;

interface Line {
  readonly id: Uint8Array;
  /** Index of what it answers; of a line before it, or of itself: of none. */
  readonly parent: number;
  readonly sentAt: Millis;
  readonly arrivedAt: Millis;
  readonly own: boolean;
}

const store = migratedStore();
store.run(
  `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
   VALUES (1, 'bob', 'bob', 'link', 'ready', 0, 0)`,
);

/** An empty one: there is one at a time. */
function conversation(): Messages {
  store.exec('DELETE FROM messages; DELETE FROM events');
  return new Messages(store, new EventLog(store, () => undefined));
}

function add(messages: Messages, lines: readonly Line[], at: number): void {
  const line = lines[at] ?? assert.fail();
  const above = line.parent < at ? lines[line.parent] : undefined;
  const content = {
    type: 'text',
    contentId: line.id,
    sentAt: line.sentAt,
    text: String(at),
    ...(above === undefined ? {} : { parent: above.id }),
  } as const;
  messages.add(
    { contactId: 1, direction: line.own ? 'out' : 'in', content, state: 'received' },
    line.own ? line.sentAt : line.arrivedAt,
  );
}

const order = (messages: Messages): number[] =>
  messages.list(1, null, 500).map((row) => Number(row['text']));

/** Clocks up to a day wrong, arrivals in any order, answers to anything before. */
const knowledge = fc
  .array(
    fc.record({
      parent: fc.nat(12),
      skew: fc.integer({ min: -DAY, max: DAY }),
      way: fc.nat(DAY),
      own: fc.boolean(),
      pause: fc.nat(3_000),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((entries): Line[] => {
    let now = 1_700_000_000_000;
    return entries.map(({ parent, skew, way, own, pause }, at) => {
      now += pause;
      const id = new Uint8Array(16).fill((at * 101) & 255);
      id[15] = at;
      return { id, parent, own, sentAt: own ? now : now + skew, arrivedAt: now + way };
    });
  });

test('order: the same lines stand in the same order, in whatever order they came', () => {
  fc.assert(
    fc.property(
      knowledge.chain((lines) =>
        fc.tuple(
          fc.constant(lines),
          fc.shuffledSubarray([...lines.keys()], { minLength: lines.length }),
        ),
      ),
      ([lines, arrivals]) => {
        const straight = conversation();
        for (const at of lines.keys()) add(straight, lines, at);
        const expected = order(straight);
        const mixed = conversation();
        for (const at of arrivals) add(mixed, lines, at);
        assert.deepEqual(order(mixed), expected);
        // After a restart nothing is worked out anew.
        const again = new Messages(store, new EventLog(store, () => undefined));
        assert.deepEqual(order(again), expected);
      },
    ),
    RUNS,
  );
});

test('order: what is answered stands above its answer, and no clock moves a line past its arrival', () => {
  fc.assert(
    fc.property(knowledge, (lines) => {
      const messages = conversation();
      for (const at of lines.keys()) add(messages, lines, at);
      const places = order(messages);
      for (const [at, line] of lines.entries()) {
        if (line.parent < at) assert.ok(places.indexOf(line.parent) < places.indexOf(at));
        else if (!line.own) {
          const row = store.get('SELECT place_at FROM messages WHERE content_id = ?', line.id);
          const said = Math.floor(Math.min(line.sentAt, line.arrivedAt) / SECOND) * SECOND;
          assert.equal(row?.['place_at'], said);
        }
      }
    }),
    RUNS,
  );
});

test('order: parents in a circle, or of themselves, end', () => {
  const messages = conversation();
  const ids = [1, 2, 3].map((n) => new Uint8Array(16).fill(n));
  for (const [n, contentId] of ids.entries()) {
    const parent = ids[(n + 1) % 3] ?? assert.fail();
    const content = { type: 'text', contentId, sentAt: n, text: String(n), parent } as const;
    messages.addReceived(1, content, null, 10);
  }
  const self = new Uint8Array(16).fill(9);
  const content = { type: 'text', contentId: self, sentAt: 0, text: '9', parent: self } as const;
  messages.addReceived(1, content, null, 10);
  assert.equal(messages.list(1, null, 10).length, 4);
});

test('order: texts of one second stay as they were written, at both ends', async () => {
  const { a, b } = await Pair.meet();
  const { now } = a;
  for (const text of ['one', 'two', 'three', 'four']) {
    a.client.talk.send({ contactId: '1', text, clientId: null }, now);
  }
  for (const letter of a.letters().reverse()) b.take(letter);
  assert.deepEqual(a.texts(), ['one', 'two', 'three', 'four']);
  assert.deepEqual(b.texts(), a.texts());
});

test('late arrivals are marked, count as unread, and do not move what was read', async () => {
  const { a, b } = await Pair.meet();
  a.say('one');
  a.say('two');
  const [one, two] = a.letters();
  b.take(two ?? assert.fail());
  b.read();
  assert.equal(b.client.contact('alice').unread, 0);
  b.take(one ?? assert.fail());
  assert.deepEqual(b.texts(), ['one', 'two']);
  assert.deepEqual(
    b.lines.map((line) => [line.lateArrival, line.readAt === null]),
    [
      [true, true],
      [false, false],
    ],
  );
  assert.equal(b.client.contact('alice').unread, 1);
  b.profile.restart();
  assert.equal(b.lines[0]?.lateArrival, true);
});

test('a clock that is ahead of the time of arrival is told apart from it', async () => {
  const { a, b } = await Pair.meet();
  a.profile.now += 3 * DAY;
  a.say('from the future');
  const [letter] = a.letters();
  b.take(letter ?? assert.fail());
  assert.equal(b.last.sentAt, b.last.arrivedAt);
  b.say('next');
  assert.deepEqual(b.texts(), ['from the future', 'next']);
});

test('pages of a long conversation are read by an index, whatever stands before them', () => {
  const messages = conversation();
  store.exec(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
     INSERT INTO messages (contact_id, content_id, direction, type, text, sent_at, state, place_at)
     SELECT 1, randomblob(16), 'in', 1, i, i, 'received', i FROM n`,
  );
  const seen: number[] = [];
  let before: number | null = null;
  for (let page = 0; page < 5; page++) {
    const rows = messages.list(1, before, 100);
    before = Number(rows[0]?.['id']);
    seen.unshift(...rows.map((row) => Number(row['text'])));
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 500 }, (_, n) => 4_501 + n),
  );
  const plan = store.all(
    `EXPLAIN QUERY PLAN SELECT * FROM messages WHERE contact_id = 1 AND listed = 1
     AND (place_at, place_sub, content_id, direction) < (5, 0, x'00', 'in')
     ORDER BY place_at DESC, place_sub DESC, content_id DESC, direction DESC LIMIT 100`,
  );
  assert.deepEqual(
    plan.map((row) => String(row['detail']).replace(/ \(contact_id.*/, '')),
    ['SEARCH messages USING INDEX messages_by_place'],
  );
  assert.notEqual(hex(blob(messages.row(1), 'content_id')), '');
});
