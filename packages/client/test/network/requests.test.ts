/** Answers of requests: in time, late, or none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '@tacet/base';
import type { PacketBuilder, ReplyId, ReplyKeys } from '@tacet/onion';
import { seededRng } from '@tacet/testkit';
import { type BoxAnswer, encodeAnswer } from '@tacet/wire';
import { RequestTracker } from '../../src/network/requests.ts';

const KEYS = new Uint8Array(0) as ReplyKeys;
const STORED: BoxAnswer = { status: 'stored', expiryDay: 9 };
const ENCODED = encodeAnswer(STORED, seededRng('answer'));

/** Opens everything but what begins with 9. */
const builder = {
  openReply: (_keys: ReplyKeys, payload: Uint8Array) => (payload[0] === 9 ? null : payload),
} as unknown as PacketBuilder;

function tracker(seed: string) {
  const requests = new RequestTracker(builder, seededRng(seed));
  const told: [string, BoxAnswer | null, number][] = [];
  const ask = (deadline: number, now: number): ReplyId => {
    const id = requests.replyId(new Uint8Array(8));
    const settle = (answer: BoxAnswer | null, at: number) => told.push(['in time', answer, at]);
    const late = (answer: BoxAnswer, at: number) => told.push(['late', answer, at]);
    requests.expect(id, KEYS, deadline, { settle, late }, now);
    return id;
  };
  const reply = (replyId: ReplyId, now: number, payload = ENCODED): boolean =>
    requests.take({ replyId, payload } as never, now);
  return { requests, told, ask, reply };
}

test('rule 2.7: an answer after its deadline is handed on once, for a minute', () => {
  const { requests, told, ask, reply } = tracker('late');
  const [one, other] = [ask(1_000, 0), ask(1_000, 0)];
  requests.expire(1_000);
  assert.equal(reply(one, 1_000 + MINUTE - 1), true);
  assert.equal(reply(one, 1_000 + MINUTE - 1), false);
  requests.expire(1_000 + MINUTE);
  assert.equal(reply(other, 1_000 + MINUTE), false);
  assert.deepEqual(told, [
    ['in time', null, 1_000],
    ['in time', null, 1_000],
    ['late', STORED, 1_000 + MINUTE - 1],
  ]);
  assert.deepEqual(requests.counters.snapshot(), { 'reply-late': 1, 'reply-unknown': 2 });
});

test('rule 2.7: a late answer that does not open, or is none, is counted and changes nothing', () => {
  const { requests, told, ask, reply } = tracker('late and bad');
  const id = ask(1_000, 0);
  requests.expire(1_000);
  assert.equal(reply(id, 2_000, ENCODED.slice().fill(9, 0, 1)), false);
  assert.equal(reply(id, 2_000, new Uint8Array(3)), false);
  assert.equal(told.length, 1);
  assert.equal(reply(id, 2_000), true);
  const counts = { 'reply-unreadable': 1, 'reply-malformed': 1, 'reply-late': 1 };
  assert.deepEqual(requests.counters.snapshot(), counts);
});

test('lost requests whose answers are waited for are bounded; the oldest gives way', () => {
  const { requests, ask, reply } = tracker('late and many');
  const ids = Array.from({ length: 300 }, (_, n) => ask(1_000 + n, 0));
  requests.expire(2_000);
  assert.equal(ids.filter((id) => reply(id, 2_000)).length, 256);
  assert.equal(reply(ids[43] ?? assert.fail(), 2_000), false);
});

test('rule 2.7: a loop that comes late stays lost', () => {
  const { requests, reply } = tracker('late loop');
  const id = requests.replyId(new Uint8Array(8));
  const back: boolean[] = [];
  requests.expectLoop(id, KEYS, 1_000, (was) => back.push(was), 0);
  requests.expire(1_000);
  assert.equal(reply(id, 1_001), false);
  assert.deepEqual(back, [false]);
});

test('after the clock was set back nothing waits for the old time', () => {
  const { requests, told, ask, reply } = tracker('set back');
  const lost = ask(10 * MINUTE, 9 * MINUTE);
  requests.expire(10 * MINUTE);
  const open = ask(11 * MINUTE, 10 * MINUTE);
  requests.forgetAll(0);
  assert.equal(reply(lost, 1), false);
  assert.equal(reply(open, 1), true);
  assert.deepEqual(told.at(-1), ['late', STORED, 1]);
  requests.expire(MINUTE);
  assert.equal(requests.nextDeadline, undefined);
});

test('rule 2.7: a reply counts once; a garbled, repeated, stale or foreign one changes nothing', () => {
  const rng = seededRng('replies');
  const opened = { ...builder, openReply: (_k: unknown, p: Uint8Array) => (p[0] === 9 ? null : p) };
  const requests = new RequestTracker(opened as PacketBuilder, rng);
  const settled: unknown[] = [];
  const handle = new Uint8Array(8).fill(5);
  const id = requests.replyId(handle);
  requests.expect(
    id,
    new Uint8Array(0) as ReplyKeys,
    1_000,
    { settle: (answer) => settled.push(answer) },
    0,
  );
  const answer = new Uint8Array(7_560);
  const other = id.slice() as ReplyId;
  other[12] = (other[12] ?? 0) ^ 1;
  assert.equal(requests.take({ replyId: other, payload: answer } as never, 1), false);
  assert.equal(
    requests.take({ replyId: id, payload: answer.slice().fill(9, 0, 1) } as never, 1),
    false,
  );
  assert.equal(settled.length, 0);
  requests.expire(1_000);
  assert.deepEqual(settled, [null]);
  assert.equal(requests.take({ replyId: id, payload: answer } as never, 1_001), false);
  requests.expire(5_000);
  assert.deepEqual(settled, [null]);
  assert.equal(requests.size, 0);
});

test('rule 2.1: every request has a reply id and a reply block of its own', () => {
  const requests = new RequestTracker(builder, seededRng('ids'));
  const ids = Array.from({ length: 1_000 }, () => requests.replyId(new Uint8Array(8)).toHex());
  assert.equal(new Set(ids).size, 1_000);
});

test('rule 2.3: while nothing is answered no real content is sent; one answer ends that', () => {
  const freeze = (seed: string) => {
    const asked = tracker(seed);
    const ids = Array.from({ length: 8 }, (_, n) => asked.ask(1 + n, 0));
    asked.requests.expire(7);
    assert.equal(asked.requests.unanswered, false);
    asked.requests.expire(8);
    assert.equal(asked.requests.unanswered, true);
    return { ...asked, first: ids[0] ?? assert.fail() };
  };

  const late = freeze('frozen, late');
  assert.equal(late.reply(late.first, 9, new Uint8Array(3)), false);
  assert.equal(late.requests.unanswered, true);
  assert.equal(late.reply(late.first, 9), true);
  assert.equal(late.requests.unanswered, false);

  const inTime = freeze('frozen, in time');
  const open = inTime.ask(20, 9);
  assert.equal(inTime.reply(open, 19, new Uint8Array(3)), false);
  assert.equal(inTime.requests.unanswered, true);
  assert.equal(inTime.reply(open, 19), true);
  assert.equal(inTime.requests.unanswered, false);

  const relinked = freeze('frozen, new link');
  relinked.requests.hopeful();
  assert.equal(relinked.requests.unanswered, false);
});

test('requests without answers are bounded; the oldest counts as lost now, not later', () => {
  const requests = new RequestTracker(builder, seededRng('cap'));
  const lost: number[] = [];
  for (let n = 0; n < 4_184; n++) {
    const id = requests.replyId(new Uint8Array(8));
    requests.expect(
      id,
      new Uint8Array(0) as ReplyKeys,
      1e9,
      { settle: (_a, at) => lost.push(at) },
      n,
    );
  }
  assert.equal(requests.size, 4_096);
  assert.deepEqual([lost.length, lost[0], lost.at(-1)], [88, 4_096, 4_183]);
});
