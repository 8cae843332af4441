/** Pure: ids in order become rows with days, the unread line and groups. */
import type { MessageView } from '@tacet/api';
import type { Pending } from '../state/store.ts';
import { daysApart } from '../words/time.ts';

export type ListRow =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'unread'; readonly key: string }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly id: string;
      /** First and last of a run by the same person. */
      readonly first: boolean;
      readonly last: boolean;
    };

/** Longer than this between two messages and a new group begins. */
const GROUP = 5 * 60_000;

export function rowsOf(list: readonly MessageView[], unreadFrom: string | null): ListRow[] {
  const rows: ListRow[] = [];
  list.forEach((message, index) => {
    const before = list[index - 1];
    const after = list[index + 1];
    if (before === undefined || daysApart(before.sentAt, message.sentAt) > 0) {
      rows.push({ kind: 'day', key: `day-${message.id}`, at: message.sentAt });
    }
    if (message.id === unreadFrom) rows.push({ kind: 'unread', key: 'unread' });
    rows.push({
      kind: 'message',
      key: message.id,
      id: message.id,
      first: !isTogether(before, message) || message.id === unreadFrom,
      last: !isTogether(message, after) || after?.id === unreadFrom,
    });
  });
  return rows;
}

function isTogether(a: MessageView | undefined, b: MessageView | undefined): boolean {
  if (a === undefined || b === undefined || a.direction !== b.direction) return false;
  return Math.abs(b.sentAt - a.sentAt) < GROUP && daysApart(a.sentAt, b.sentAt) === 0;
}

/**
 * The texts to show as not handed over yet. One whose answer got lost may already stand among the
 * messages: it is not shown twice while the page asks again.
 */
export function stillWaiting(
  pendings: readonly Pending[],
  contactId: string,
  views: readonly MessageView[],
): readonly Pending[] {
  const isThere = ({ text, at }: Pending): boolean =>
    views.some(
      (view) => view.direction === 'out' && view.text === text && view.sentAt >= at - 1_000,
    );
  return pendings.filter(
    (entry) =>
      entry.contactId === contactId && entry.visible && (entry.refusal !== null || !isThere(entry)),
  );
}
