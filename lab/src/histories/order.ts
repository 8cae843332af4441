/**
 * The order of a conversation (docs/spec/14-content.md, 3), held against what the writers saw and
 * against a slow reference that works every place out anew from what is known of the lines.
 */
import { SECOND } from '@tacet/base';
import type { MessageView, ProfileStore, SqlRow } from '@tacet/client';
import type { Accepted } from './accepted.ts';
import { demand } from './broken.ts';

/** No text stands above the one it follows. */
export function checkCauses(accepted: readonly Accepted[], list: readonly MessageView[]): void {
  const places = new Map(list.map(({ text }, n) => [text, n]));
  for (const { text, after } of accepted) {
    const above = after === null ? undefined : places.get(after);
    const own = places.get(text);
    if (above === undefined || own === undefined) continue;
    demand(above < own, 'order-causal', 'a text is shown above the one it follows');
  }
}

/** A reply shows what it answers, where that is here. */
export function checkReplies(accepted: readonly Accepted[], list: readonly MessageView[]): void {
  const ids = new Map(list.map(({ text, id }) => [text, id]));
  for (const { text, replyTo } of list) {
    const one = accepted.find((other) => other.text === text);
    if (one === undefined) continue;
    demand((replyTo !== null) === (one.answers !== null), 'reply-kept', 'is it a reply?');
    if (replyTo === null || one.answers === null) continue;
    const answered = ids.get(one.answers);
    demand(replyTo.messageId === (answered ?? null), 'reply-kept', 'it answers something else');
    demand(one.answers.startsWith(replyTo.excerpt), 'reply-kept', 'it quotes something else');
    const proof = answered === undefined ? 'unknown' : 'verified';
    demand(replyTo.proof === proof, 'reply-kept', `${replyTo.proof} instead of ${proof}`);
  }
}

interface Place {
  readonly at: number;
  readonly sub: number;
}

/** What is shown stands as the rules say, whatever order it came in. */
export function checkRule(store: ProfileStore, list: readonly MessageView[]): void {
  const rows = store.all(
    `SELECT id, direction, content_id, parent, sent_at, arrived_at FROM messages
     WHERE contact_id = 1 AND listed = 1 AND type >= 0`,
  );
  const lines = new Map(rows.map((row) => [hexOf(row, 'content_id'), row]));
  const places = new Map<SqlRow, Place>();
  const placeOf = (row: SqlRow): Place => {
    const known = places.get(row);
    if (known !== undefined) return known;
    const told = Math.min(Number(row['sent_at']), Number(row['arrived_at'] ?? Infinity));
    const at = told - (told % SECOND);
    const parent = lines.get(hexOf(row, 'parent'));
    const above = parent === undefined ? { at: -1, sub: 0 } : placeOf(parent);
    const place = at > above.at ? { at, sub: 0 } : { at: above.at, sub: above.sub + 1 };
    places.set(row, place);
    return place;
  };
  const expected = rows
    .map((row) => ({ row, name: hexOf(row, 'content_id'), ...placeOf(row) }))
    .sort((a, b) => a.at - b.at || a.sub - b.sub || (a.name < b.name ? -1 : 1))
    .map(({ row }) => String(row['id']));
  const shown = list.filter(({ kind }) => kind !== 'trust').map(({ id }) => id);
  demand(shown.join() === expected.join(), 'order-by-rule', `${shown} instead of ${expected}`);
}

function hexOf(row: SqlRow, column: string): string {
  const value = row[column];
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '';
}
