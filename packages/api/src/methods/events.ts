/** Methods of the event log (docs/spec/18-conversations.md, 4). */
import * as v from 'valibot';
import { MAX_EVENTS, MAX_WAIT_MS } from '../limits.ts';
import { done, method, natural, nothing, upTo, word } from '../method.ts';
import { event } from '../views.ts';

/** One kind of alarm of those the log still holds. */
const alarm = v.object({
  code: v.string(),
  count: natural,
  firstAt: v.number(),
  lastAt: v.number(),
  /** What happened, in a sentence. */
  text: v.string(),
  /** What to do about it. */
  hint: v.nullable(v.string()),
});

export const eventMethods = {
  /** Newest cursor of the log, and how far `consumer` has acknowledged (0 when never). */
  'events.position': method(
    v.strictObject({ consumer: v.exactOptional(word) }),
    v.object({ newest: natural, acknowledged: natural }),
    'read',
  ),
  /** Events after `cursor`; waits up to `waitMs` while there are none. */
  'events.read': method(
    v.strictObject({ cursor: natural, max: upTo(1, MAX_EVENTS), waitMs: upTo(0, MAX_WAIT_MS) }),
    v.object({
      events: v.array(event),
      /** Where to read on. */
      cursor: natural,
      /** The first event still kept. */
      oldest: natural,
      /** Events after `cursor` that are gone: ask for what is true now. */
      lost: natural,
    }),
    'read',
  ),
  'events.ack': method(v.strictObject({ consumer: word, cursor: natural }), done, 'read'),
  /** A consumer that will not come again: nothing is kept for it. */
  'events.forget': method(
    v.strictObject({ consumer: word }),
    v.object({ forgotten: v.boolean() }),
    'read',
  ),
  /** What was refused, or seems wrong, by kind; the newest kind first. */
  'alarm.list': method(nothing, v.object({ alarms: v.array(alarm) }), 'read'),
} as const;

export type AlarmView = v.InferOutput<typeof alarm>;
