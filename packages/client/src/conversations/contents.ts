/**
 * Contents as rows of `messages`, and back (docs/spec/14-content.md). A row holds what is needed to
 * show a content and, for one's own, to encrypt it again; what it does to others is `acts.ts`.
 */
import type { Millis } from '@tacet/base';
import { cutText, decodeCanonical, encodeCanonical } from '../content/cbor.ts';
import { type Content, type KnownContent, TYPES, type TypeName } from '../content/content.ts';
import { FIELDS, type Mention, type Party, type Target } from '../content/fields.ts';
import {
  CARD_LINE,
  DELETE_LINE,
  editLine,
  profileLine,
  reactionLine,
  timerLine,
  unknownLine,
} from '../content/shown.ts';
import { decodeFacts } from '../files/facts.ts';
import { fileLine } from '../files/view.ts';
import { MAX_SHOWN_BYTES } from '../limits.ts';
import type { ProfileStore, SqlRow, SqlValue } from '../ports.ts';
import { addToSearch } from '../search/added.ts';
import { nextId } from '../store/ids.ts';
import { blob, blobOrNull, num, numOrNull, text, textOrNull } from '../store/rows.ts';
import { decodeCard } from '../trust/card.ts';
import type { MessageState } from '../views.ts';
import { Places } from './places.ts';

export type Direction = 'in' | 'out';

export interface NewRow {
  readonly contactId: number;
  readonly direction: Direction;
  readonly content: Content;
  readonly state: MessageState;
  readonly clientId?: string | null;
  /** The envelope as it came, where more stands in it than is read. */
  readonly raw?: Uint8Array | null;
  readonly seq?: number | null;
}

/** Of one writer's rows: the order they were written in; own ones have no number at first. */
export const WRITTEN = "CASE direction WHEN 'in' THEN coalesce(seq, 0) ELSE id END";

const NUMBERS: ReadonlyMap<number, TypeName> = new Map(
  Object.entries(TYPES).map(([name, { number }]) => [number, name as TypeName]),
);

/** Null: a type that was not known when it came. */
export function typeOf(row: SqlRow): TypeName | null {
  return NUMBERS.get(num(row, 'type')) ?? null;
}

/** An act upon a line, in contrast to a line. */
export function isAct(type: Content['type']): boolean {
  return type === 'reaction' || type === 'edit' || type === 'delete';
}

/** Whose line a party is, seen from here. */
export function directionOf(own: Direction, party: Party): Direction {
  if (party === 'writer') return own;
  return own === 'in' ? 'out' : 'in';
}

export class Contents {
  private readonly store: ProfileStore;
  private readonly places: Places;

  constructor(store: ProfileStore) {
    this.store = store;
    this.places = new Places(store);
  }

  /** The new row's id; null when this content is here already. In a transaction. */
  add(row: NewRow, now: Millis): number | null {
    const { contactId, direction, content } = row;
    const { contentId } = content;
    const at = Math.floor(now);
    // Their clock cannot place a line in our future.
    const sentAt = Math.min(Math.floor(content.sentAt), at);
    const line = !isAct(content.type);
    const parent = content.parent ?? null;
    const place = line ? this.places.of(contactId, parent, sentAt) : { at: 0, sub: 0 };
    const target = targetIn(content);
    const id = nextId(this.store, 'messages');
    const columns: Readonly<Record<string, SqlValue>> = {
      id,
      contact_id: contactId,
      content_id: contentId,
      client_id: row.clientId ?? null,
      direction,
      type: content.type === 'unknown' ? 0 : TYPES[content.type].number,
      text: textIn(content),
      raw: row.raw ?? null,
      sent_at: sentAt,
      arrived_at: direction === 'in' ? at : null,
      state: row.state,
      seq: row.seq ?? null,
      listed: line ? 1 : 0,
      place_at: place.at,
      place_sub: place.sub,
      parent,
      lifetime: lifetimeIn(content),
      target_direction: target === null ? null : directionOf(direction, target.author),
      target_id: target?.contentId ?? null,
      excerpt: content.type === 'text' ? (content.quote?.excerpt ?? null) : null,
      detail: detailIn(content),
    };
    const names = Object.keys(columns);
    const { changes } = this.store.run(
      `INSERT INTO messages (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})
       ON CONFLICT (contact_id, direction, content_id) DO NOTHING`,
      ...Object.values(columns),
    );
    if (changes === 0) return null;
    addToSearch(this.store, id);
    if (line) {
      this.places.settle(contactId, contentId);
      if (direction === 'in' && this.places.hasBelow(contactId, place, contentId)) {
        this.store.run('UPDATE messages SET late_arrival = 1 WHERE id = ?', id);
      }
    }
    return id;
  }
}

function textIn(content: Content): string {
  switch (content.type) {
    case 'text':
    case 'edit':
      return content.text;
    case 'file':
      return content.text ?? '';
    case 'reaction':
      return content.emoji;
    case 'profile':
      return content.name;
    case 'unknown':
      return unknownLine(content);
    case 'card':
      return cardWords(content.card);
    case 'delete':
    case 'timer':
      return '';
  }
}

/** Who is introduced, for the search: what a card is shown as is a line of our own. */
function cardWords(card: Uint8Array): string {
  const said = decodeCard(card);
  return 'name' in said ? [said.name, said.note].filter((one) => one !== '').join('\n') : '';
}

function targetIn(content: Content): Target | null {
  if (content.type === 'text') return content.quote ?? null;
  return 'target' in content ? content.target : null;
}

function lifetimeIn(content: Content): number | null {
  if (content.type === 'timer') return content.timer;
  return 'lifetime' in content ? (content.lifetime ?? null) : null;
}

function detailIn(content: Content): Uint8Array | null {
  if (content.type === 'card') return content.card;
  if (content.type === 'file') return content.file;
  if (content.type !== 'text' && content.type !== 'edit') return null;
  return content.mentions === undefined ? null : encodeMentions(content.mentions);
}

export function encodeMentions(mentions: readonly Mention[]): Uint8Array | null {
  return mentions.length === 0 ? null : encodeCanonical(FIELDS.mentions.write(mentions));
}

export function mentionsIn(detail: Uint8Array | null): readonly Mention[] {
  return detail === null ? [] : FIELDS.mentions.read(decodeCanonical(detail));
}

/**
 * What a row said first, to be encrypted.
 * @param toldTime what of the own clock is told
 */
export function contentOf(row: SqlRow, toldTime: (at: Millis) => Millis): KnownContent {
  const parent = blobOrNull(row, 'parent');
  const every = {
    contentId: blob(row, 'content_id'),
    sentAt: toldTime(num(row, 'sent_at')),
    ...(parent === null ? {} : { parent }),
  };
  const type = typeOf(row) ?? 'text';
  switch (type) {
    case 'text': {
      const lifetime = numOrNull(row, 'lifetime');
      const target = targetOf(row);
      const first = textOrNull(row, 'first_text');
      const detail = blobOrNull(row, first === null ? 'detail' : 'first_detail');
      return {
        type,
        ...every,
        text: first ?? text(row, 'text'),
        ...(lifetime === null ? {} : { lifetime }),
        ...(target === null
          ? {}
          : { quote: { ...target, excerpt: textOrNull(row, 'excerpt') ?? '' } }),
        ...withMentions(detail),
      };
    }
    case 'edit': {
      const body = text(row, 'text');
      const detail = withMentions(blobOrNull(row, 'detail'));
      return { type, ...every, ...sure(row), text: body, shown: editLine(body), ...detail };
    }
    case 'reaction': {
      const emoji = text(row, 'text');
      return { type, ...every, ...sure(row), emoji, shown: reactionLine(emoji) };
    }
    case 'delete':
      return { type, ...every, ...sure(row), shown: DELETE_LINE };
    case 'card': {
      const card = blobOrNull(row, 'detail');
      // Deleted before it left: the line that is deleted, with nothing in it.
      if (card === null) return { type: 'text', ...every, text: '' };
      return { type, ...every, card, shown: CARD_LINE };
    }
    case 'timer': {
      const timer = num(row, 'lifetime');
      return { type, ...every, timer, shown: timerLine(timer) };
    }
    case 'file':
      return fileOf(row, every);
    case 'profile': {
      const name = text(row, 'text');
      return { type, ...every, name, shown: profileLine(name) };
    }
  }
}

/**
 * A file, or what is left to say of one that was deleted, withdrawn or done before its line was
 * receipted: without its secret nothing can be fetched, so it is a text. Nothing a contact does, or
 * leaves undone, makes a line that cannot be encrypted.
 */
function fileOf(
  row: SqlRow,
  every: Pick<KnownContent, 'contentId' | 'sentAt' | 'parent'>,
): KnownContent {
  const lifetime = numOrNull(row, 'lifetime');
  const words = text(row, 'text');
  const file = blobOrNull(row, 'detail');
  const facts = file === null ? null : decodeFacts(file);
  const more = lifetime === null ? {} : { lifetime };
  if (file === null || facts === null || facts.secret === null) {
    const left = words === '' && facts !== null ? fileLine(facts) : words;
    return { type: 'text', ...every, text: left, ...more };
  }
  return {
    type: 'file',
    ...every,
    file,
    shown: cutText(fileLine(facts), MAX_SHOWN_BYTES),
    ...(words === '' ? {} : { text: words }),
    ...more,
  };
}

function withMentions(detail: Uint8Array | null): { readonly mentions?: readonly Mention[] } {
  return detail === null ? {} : { mentions: mentionsIn(detail) };
}

function sure(row: SqlRow): { readonly target: Target } {
  return {
    target: {
      author: text(row, 'target_direction') === text(row, 'direction') ? 'writer' : 'reader',
      contentId: blob(row, 'target_id'),
    },
  };
}

function targetOf(row: SqlRow): Target | null {
  return row['target_id'] === null ? null : sure(row).target;
}
