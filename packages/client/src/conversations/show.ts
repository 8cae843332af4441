/**
 * A line as windows see it (docs/spec/14-content.md): what it says now, what was done to it, what it
 * answers. A claim of a contact is shown as one: what can be compared is compared.
 */
import { hex } from '@tacet/base';
import { CARD_LINE, excerptOf, profileLine, timerLine } from '../content/shown.ts';
import { decodeFacts } from '../files/facts.ts';
import { fileLine, fileView } from '../files/view.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { blob, blobOrNull, num, numOrNull, text, textOrNull } from '../store/rows.ts';
import { TRUST_LINE } from '../trust/lines.ts';
import type {
  DeletionView,
  MentionView,
  MessageKind,
  MessageState,
  MessageView,
  ReactionView,
  ReplyView,
  VersionView,
} from '../views.ts';
import { type Direction, directionOf, mentionsIn, typeOf, WRITTEN } from './contents.ts';
import { LINES } from './places.ts';

/** What is shown of a line beside its way. */
export type LineView = Pick<
  MessageView,
  | 'kind'
  | 'text'
  | 'timer'
  | 'lateArrival'
  | 'readAt'
  | 'lifetime'
  | 'expiresAt'
  | 'replyTo'
  | 'mentions'
  | 'mentioned'
  | 'reactions'
  | 'editedAt'
  | 'deletion'
  | 'file'
>;

/** Acts upon a line that count; the newest last. */
const ACTS_ON = `FROM messages WHERE contact_id = ? AND target_id = ? AND target_direction = ?
  AND gone = 0 AND waiting = 0`;

export class Show {
  private readonly store: ProfileStore;

  constructor(store: ProfileStore) {
    this.store = store;
  }

  line(row: SqlRow): LineView {
    const mentions = this.mentions(row);
    return {
      kind: kindOf(row),
      text: lineOf(row),
      timer: kindOf(row) === 'timer' ? num(row, 'lifetime') : null,
      lateArrival: num(row, 'late_arrival') === 1,
      readAt: numOrNull(row, 'read_at'),
      lifetime: kindOf(row) === 'timer' ? null : numOrNull(row, 'lifetime'),
      expiresAt: numOrNull(row, 'expires_at'),
      replyTo: this.replyTo(row),
      mentions,
      mentioned: text(row, 'direction') === 'in' && mentions.some(({ who }) => who === 'self'),
      reactions: this.reactions(row),
      editedAt: numOrNull(row, 'edited_at'),
      deletion: this.deletion(row),
      file: fileView(this.store, row),
    };
  }

  /** Every version of a text, the first one first. */
  versions(row: SqlRow): VersionView[] {
    const first: VersionView = {
      text: textOrNull(row, 'first_text') ?? text(row, 'text'),
      sentAt: num(row, 'sent_at'),
      arrivedAt: numOrNull(row, 'arrived_at'),
      state: text(row, 'state') as MessageState,
    };
    const later = this.actsOn(row, 3).map((edit) => ({
      text: text(edit, 'text'),
      sentAt: num(edit, 'sent_at'),
      arrivedAt: numOrNull(edit, 'arrived_at'),
      state: text(edit, 'state') as MessageState,
    }));
    return [first, ...later];
  }

  private actsOn(row: SqlRow, type: number): readonly SqlRow[] {
    return this.store.all(
      `SELECT * ${ACTS_ON} AND type = ${type} ORDER BY ${WRITTEN}, id`,
      num(row, 'contact_id'),
      blob(row, 'content_id'),
      text(row, 'direction'),
    );
  }

  private reactions(row: SqlRow): ReactionView[] {
    return this.actsOn(row, 2)
      .filter((act) => text(act, 'text') !== '')
      .map((act) => ({
        direction: direction(act),
        emoji: text(act, 'text'),
        state: text(act, 'state') as MessageState,
      }));
  }

  private deletion(row: SqlRow): DeletionView | null {
    const at = numOrNull(row, 'deleted_at');
    if (at === null) return null;
    const request = this.actsOn(row, 4).at(-1);
    return {
      at,
      kept: num(row, 'kept') === 1,
      state: request === undefined ? null : (text(request, 'state') as MessageState),
    };
  }

  private replyTo(row: SqlRow): ReplyView | null {
    if (typeOf(row) !== 'text' || row['target_id'] === null) return null;
    const author = text(row, 'target_direction') === 'out' ? 'out' : 'in';
    const claimed = textOrNull(row, 'excerpt') ?? '';
    const target = this.store.get(
      `SELECT * FROM messages WHERE contact_id = ? AND direction = ? AND content_id = ? AND ${LINES}`,
      num(row, 'contact_id'),
      author,
      blob(row, 'target_id'),
    );
    if (target === undefined) {
      return { messageId: null, direction: author, excerpt: claimed, proof: 'unknown' };
    }
    const messageId = num(target, 'listed') === 1 ? String(num(target, 'id')) : null;
    if (isEmptied(target)) return { messageId, direction: author, excerpt: '', proof: 'gone' };
    const said = typeOf(target) === 'text' ? this.versions(target).map((one) => one.text) : [];
    return {
      messageId,
      direction: author,
      // What it says is shown, never what it is said to say.
      excerpt: excerptOf(lineOf(target)),
      proof: said.some((one) => one.startsWith(claimed)) ? 'verified' : 'differs',
    };
  }

  private mentions(row: SqlRow): MentionView[] {
    if (typeOf(row) !== 'text') return [];
    return mentionsIn(blobOrNull(row, 'detail')).map(({ start, length, who }) => {
      if (who instanceof Uint8Array) {
        const known = this.store.get('SELECT id FROM contacts WHERE key_set_hash = ?', who);
        const contactId = known === undefined ? null : String(num(known, 'id'));
        return { start, length, who: 'other', contactId, address: hex(who) } as const;
      }
      const side = directionOf(direction(row), who);
      return {
        start,
        length,
        who: side === 'out' ? 'self' : 'contact',
        contactId: side === 'out' ? null : String(num(row, 'contact_id')),
        address: null,
      } as const;
    });
  }
}

/** Nothing is left to quote. */
export function isEmptied(row: SqlRow): boolean {
  return num(row, 'gone') > 0 || (row['deleted_at'] !== null && num(row, 'kept') === 0);
}

function direction(row: SqlRow): Direction {
  return text(row, 'direction') === 'out' ? 'out' : 'in';
}

export function kindOf(row: SqlRow): MessageKind {
  if (num(row, 'type') === TRUST_LINE) return 'trust';
  const type = typeOf(row);
  if (type === null) return 'unknown';
  return type === 'card' || type === 'timer' || type === 'profile' || type === 'file'
    ? type
    : 'text';
}

/** The line that stands for it where only text is shown. */
export function lineOf(row: SqlRow): string {
  switch (kindOf(row)) {
    case 'timer':
      return timerLine(num(row, 'lifetime'));
    case 'profile':
      return profileLine(text(row, 'text'));
    case 'card':
      return CARD_LINE;
    case 'file':
      return wordsOf(row);
    case 'text':
    case 'trust':
    case 'unknown':
      return text(row, 'text');
  }
}

/** The words beside a file, else what it is. */
function wordsOf(row: SqlRow): string {
  const words = text(row, 'text');
  const detail = blobOrNull(row, 'detail');
  return words === '' && detail !== null ? fileLine(decodeFacts(detail)) : words;
}
