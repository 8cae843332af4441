/**
 * Tokens for bots (docs/spec/18-conversations.md, 6): what a caller may do who is not the owner of
 * this profile. Stored are hashes of 32 random bytes; a token is shown once, when it is made.
 */
import { AppError, base64url, HOUR, type Millis, type Rng, randomBytes, utf8 } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { cleanName } from '../contacts/contacts.ts';
import { numberEvents } from '../events/limited.ts';
import { MAX_TOKENS } from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { num, numOrNull, rowIdOf, text } from '../store/rows.ts';

const PREFIX = 'tacet-token-';

export type TokenScope = 'read' | 'send' | 'contacts' | 'admin';
const SCOPES: readonly TokenScope[] = ['read', 'send', 'contacts', 'admin'];

export interface TokenView {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  /** Ids of the contacts it may see and write to; null: all. */
  readonly contacts: readonly string[] | null;
  readonly createdAt: Millis;
  readonly expiresAt: Millis | null;
  /** The hour of its last use. */
  readonly usedAt: Millis | null;
}

export interface TokenRequest {
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  /** Ids or names; absent: every contact. */
  readonly contacts?: readonly string[];
  readonly expiresAt?: Millis;
}

export class Tokens {
  private readonly store: ProfileStore;
  private readonly rng: Rng;
  private readonly contactOf: (idOrName: string) => number;

  /** @param contactOf row of the contact somebody names; throws `contact-unknown` */
  constructor(store: ProfileStore, rng: Rng, contactOf: (idOrName: string) => number) {
    this.store = store;
    this.rng = rng;
    this.contactOf = contactOf;
  }

  /** Throws `name-invalid`, `contact-unknown`, `token-expiry`, `tokens-full`. */
  create(
    request: TokenRequest,
    now: Millis,
  ): { readonly token: TokenView; readonly secret: string } {
    const name = cleanName(request.name);
    const contacts = request.contacts?.map((one) => this.contactOf(one)) ?? null;
    const expiresAt = request.expiresAt ?? null;
    if (expiresAt !== null && expiresAt <= now) {
      throw new AppError('token-expiry', 'usage', 'the token would have expired already');
    }
    const held = this.store.get('SELECT count(*) AS n FROM tokens');
    if (held !== undefined && num(held, 'n') >= MAX_TOKENS) {
      throw new AppError('tokens-full', 'refused', 'there are as many tokens as there can be');
    }
    const secret = `${PREFIX}${base64url(randomBytes(this.rng, 32))}`;
    const id = this.store.transaction(() => {
      const { rowId } = this.store.run(
        `INSERT INTO tokens (name, hash, scopes, limited, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
        name,
        hashOf(secret),
        SCOPES.filter((scope) => request.scopes.includes(scope)).join(' '),
        contacts === null ? 0 : 1,
        Math.floor(now),
        expiresAt === null ? null : Math.floor(expiresAt),
      );
      for (const contact of new Set(contacts)) {
        this.store.run('INSERT INTO token_contacts VALUES (?, ?)', rowId, contact);
      }
      numberEvents(this.store, rowId);
      return rowId;
    });
    return { token: this.view(this.row(id)), secret };
  }

  list(): TokenView[] {
    return this.store.all('SELECT * FROM tokens ORDER BY id').map((row) => this.view(row));
  }

  /** Its places in the event log go, too. Throws `token-unknown`. */
  revoke(id: string): void {
    const row = this.row(rowIdOf(id));
    this.store.transaction(() => {
      this.store.run('DELETE FROM tokens WHERE id = ?', num(row, 'id'));
      this.store.run('DELETE FROM consumers WHERE name GLOB ?', `${originOf(id)}/*`);
    });
  }

  /** What somebody who shows this may do; null: nothing. Notes the hour. */
  open(secret: string, now: Millis): TokenView | null {
    const row = this.store.get('SELECT * FROM tokens WHERE hash = ?', hashOf(secret));
    if (row === undefined || isOver(row, now)) return null;
    const hour = Math.floor(now / HOUR) * HOUR;
    const sql = 'UPDATE tokens SET used_at = ? WHERE id = ? AND used_at IS NOT ?';
    this.store.run(sql, hour, num(row, 'id'), hour);
    return this.view(this.row(num(row, 'id')));
  }

  /** What a token may do now; null once it was revoked or has expired. */
  grant(id: string, now: Millis): TokenView | null {
    const row = this.store.get('SELECT * FROM tokens WHERE id = ?', rowIdOf(id));
    return row === undefined || isOver(row, now) ? null : this.view(row);
  }

  private row(id: number): SqlRow {
    const row = this.store.get('SELECT * FROM tokens WHERE id = ?', id);
    if (row === undefined) throw new AppError('token-unknown', 'missing', 'there is no such token');
    return row;
  }

  private view(row: SqlRow): TokenView {
    const id = num(row, 'id');
    const held = text(row, 'scopes').split(' ');
    const contacts = this.store.all(
      'SELECT contact_id FROM token_contacts WHERE token_id = ? ORDER BY contact_id',
      id,
    );
    return {
      id: String(id),
      name: text(row, 'name'),
      scopes: SCOPES.filter((scope) => held.includes(scope)),
      contacts:
        num(row, 'limited') === 0 ? null : contacts.map((one) => String(num(one, 'contact_id'))),
      createdAt: num(row, 'created_at'),
      expiresAt: numOrNull(row, 'expires_at'),
      usedAt: numOrNull(row, 'used_at'),
    };
  }
}

/** Under this name a token's client ids and places in the event log are kept apart from others. */
export function originOf(tokenId: string): string {
  return `token-${tokenId}`;
}

/** Found by its hash: nothing about a token shows in how long a wrong one takes. */
function hashOf(secret: string): Uint8Array {
  return hash('api-token', utf8(secret));
}

function isOver(row: SqlRow, now: Millis): boolean {
  const at = numOrNull(row, 'expires_at');
  return at !== null && at <= now;
}
