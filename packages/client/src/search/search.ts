/**
 * Search over the messages of this profile (docs/spec/18-conversations.md, 3). The index finds, the
 * newest matches are ranked by how well they fit and how new they are, and only those shown are read.
 */
import { AppError, type Millis } from '@tacet/base';
import { MAX_MATCHES, MAX_PAGE } from '../limits.ts';
import type { ProfileStore, SqlRow, SqlValue } from '../ports.ts';
import { num, rowIdOf, text } from '../store/rows.ts';
import { type Endings, endingsIn } from './endings.ts';
import { type Excerpt, excerptOf } from './excerpt.ts';
import { expressionOf, type Term, termsOf } from './query.ts';

/** Content types by the name a filter has for them (page 14). */
const TYPES = { text: 1, card: 5, file: 16 } as const;

export interface SearchRequest {
  readonly text: string;
  /** Ids or exact names. */
  readonly contacts?: readonly string[];
  readonly direction?: 'in' | 'out';
  /** Sent at or after, and before. */
  readonly from?: Millis;
  readonly to?: Millis;
  readonly link?: boolean;
  readonly kind?: keyof typeof TYPES;
  readonly limit: number;
  /** Goes on from an earlier answer's `next`. */
  readonly before?: string;
}

export interface Hit {
  readonly id: string;
  readonly contactId: string;
  readonly direction: 'in' | 'out';
  readonly sentAt: Millis;
  readonly excerpt: Excerpt;
}

export interface SearchPage {
  /** Best first; without words, newest first. */
  readonly hits: readonly Hit[];
  /** Matches older than those looked at: ask again with `before`. Null: there are none. */
  readonly next: string | null;
}

export class Search {
  private readonly store: ProfileStore;
  private readonly contactOf: (idOrName: string) => number;
  private readonly endings: Endings;

  /** @param contactOf row of the contact somebody names; throws `contact-unknown` */
  constructor(store: ProfileStore, contactOf: (idOrName: string) => number) {
    this.store = store;
    this.contactOf = contactOf;
    this.endings = endingsIn(store);
  }

  /** Throws `search-empty`, `search-invalid`, `contact-unknown`. */
  find(request: SearchRequest): SearchPage {
    const terms = termsOf(request.text);
    const filters = {
      contacts: request.contacts?.map((one) => this.contactOf(one)) ?? null,
      link: request.link === true,
      type: request.kind === undefined ? null : TYPES[request.kind],
    };
    const expression = expressionOf(terms, filters, this.endings);
    if (expression === null) {
      throw new AppError('search-empty', 'usage', 'say what to look for, or in whose messages');
    }
    const limit = Math.max(1, Math.min(request.limit, MAX_PAGE));
    const matches = this.matches(expression, request, limit);
    const hits: Hit[] = [];
    for (const match of matches) {
      const row = this.row(num(match, 'id'), request);
      if (row !== undefined) hits.push(hitOf(row, terms));
      if (hits.length === limit) break;
    }
    const [first] = matches;
    const more = first !== undefined && num(first, 'looked') === MAX_MATCHES;
    return { hits, next: more ? String(num(first, 'lowest')) : null };
  }

  /** Of the newest matches the best, with how many were looked at and the lowest of their ids. */
  private matches(expression: string, request: SearchRequest, limit: number): readonly SqlRow[] {
    const [low, high] = this.between(request);
    const { direction, from, to } = request;
    // What only the message itself tells is looked at afterwards and leaves some out.
    const sifted = direction !== undefined || from !== undefined || to !== undefined;
    // Words in `tags` say where to look and nothing about how well it fits. What is new counts up to
    // twice; after a thousand messages half of that is gone.
    return this.store.all(
      `WITH found AS MATERIALIZED (
         SELECT rowid AS id, bm25(search, 1.0, 0.0) - 0.000001 AS score
         FROM search WHERE search MATCH ? AND rowid >= ? AND rowid < ?
         ORDER BY rowid DESC LIMIT ${MAX_MATCHES})
       SELECT id, (SELECT count(*) FROM found) AS looked, (SELECT min(id) FROM found) AS lowest
       FROM found
       ORDER BY score * (1.0 + 1.0 / (1.0 + ((SELECT max(id) FROM messages) - id) / 1000.0)), id DESC
       LIMIT ?`,
      expression,
      low,
      high,
      sifted ? MAX_MATCHES : limit,
    );
  }

  /** Ids of the messages that may lie within the times and before the place asked for. */
  private between({ from, to, before }: SearchRequest): readonly [number, number] {
    const end = before === undefined ? Number.MAX_SAFE_INTEGER : rowIdOf(before);
    if (from === undefined && to === undefined) return [0, end];
    const row = this.store.get(
      `SELECT min(id) AS low, max(id) AS high FROM messages WHERE sent_at >= ? AND sent_at < ?`,
      Math.floor(from ?? 0),
      Math.floor(to ?? Number.MAX_SAFE_INTEGER),
    );
    if (row === undefined || row['low'] === null) return [0, 0];
    return [num(row, 'low'), Math.min(end, num(row, 'high') + 1)];
  }

  private row(id: number, { direction, from, to }: SearchRequest): SqlRow | undefined {
    const conditions: [string, SqlValue | undefined][] = [
      ['direction = ?', direction],
      ['sent_at >= ?', from],
      ['sent_at < ?', to],
    ];
    const asked = conditions.filter(([, value]) => value !== undefined);
    return this.store.get(
      `SELECT id, contact_id, direction, sent_at, text FROM messages
       WHERE ${['id = ?', ...asked.map(([condition]) => condition)].join(' AND ')}`,
      id,
      ...asked.map(([, value]) => value ?? null),
    );
  }
}

function hitOf(row: SqlRow, terms: readonly Term[]): Hit {
  return {
    id: String(num(row, 'id')),
    contactId: String(num(row, 'contact_id')),
    direction: text(row, 'direction') === 'out' ? 'out' : 'in',
    sentAt: num(row, 'sent_at'),
    excerpt: excerptOf(text(row, 'text'), terms),
  };
}
