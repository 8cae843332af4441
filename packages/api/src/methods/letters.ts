/** Methods of dead letters: what could not be sent or read (docs/spec/18-conversations.md, 7). */
import * as v from 'valibot';
import { done, id, method, nothing } from '../method.ts';

const time = v.number();

const letter = v.object({
  id,
  contactId: id,
  /** Out: an own content that failed. In: something of theirs. */
  direction: v.picklist(['out', 'in']),
  at: time,
  /** A code of docs/errors.md. */
  reason: v.string(),
  /** One sentence each: why, and what can be done. */
  why: v.string(),
  what: v.string(),
  /** What an own one is; null: it cannot be known. */
  kind: v.nullable(
    v.picklist([
      'text',
      'reaction',
      'edit',
      'delete',
      'card',
      'timer',
      'profile',
      'file',
      'unknown',
    ]),
  ),
  /** The message it is, or is about. */
  messageId: v.nullable(id),
  /** What an own one says. */
  text: v.nullable(v.string()),
  canRetry: v.boolean(),
  tries: v.number(),
  triedAt: v.nullable(time),
  /** Dead: it is listed. Retried: under way again. Over: delivered, read or gone. */
  state: v.picklist(['dead', 'retried', 'dismissed', 'over']),
});

const letters = v.object({ letters: v.array(letter) });

export const letterMethods = {
  /** Newest first. */
  'letter.list': method(nothing, letters, 'read'),
  'letter.ofContact': method(v.strictObject({ contactId: id }), letters, 'read'),
  /** Under the same content id: it never arrives twice. A repeat does nothing more. */
  'letter.retry': method(v.strictObject({ id }), letter, 'send'),
  'letter.dismiss': method(v.strictObject({ id }), done, 'send'),
} as const;

export type LetterView = v.InferOutput<typeof letter>;
