/**
 * A content of a contact takes effect (docs/spec/14-content.md), in the transaction that decrypted
 * it. Nothing a contact sends fails here: what may not be is refused, kept as a dead letter, and
 * the stream goes on.
 */
import { isAppError, type Millis } from '@tacet/base';
import type { Contacts } from '../contacts/contacts.ts';
import { cleanName } from '../contacts/contacts.ts';
import type { Content } from '../content/content.ts';
import type { ProfileStore } from '../ports.ts';
import { num } from '../store/rows.ts';
import type { Acts } from './acts.ts';
import { isAct } from './contents.ts';
import type { Conversations } from './conversations.ts';
import type { Messages } from './messages.ts';

export interface ReceptionDeps {
  readonly store: ProfileStore;
  readonly contacts: Contacts;
  readonly messages: Messages;
  readonly conversations: Conversations;
  readonly acts: Acts;
  /** A line that is a file came. In that transaction. */
  readonly file: (messageId: number, facts: Uint8Array, now: Millis) => void;
  /** Kept as a dead letter; nothing else comes of it. */
  readonly refuse: (contactId: number, raw: Uint8Array, now: Millis) => void;
}

export interface Received {
  readonly contactId: number;
  readonly seq: number;
  readonly content: Content;
  /** The whole envelope. */
  readonly raw: Uint8Array;
  /** More stands in it than is read: it is kept. */
  readonly more: boolean;
}

export class Reception {
  private readonly d: ReceptionDeps;

  constructor(deps: ReceptionDeps) {
    this.d = deps;
  }

  take({ contactId, seq, content, raw, more }: Received, now: Millis): void {
    const { messages, acts } = this.d;
    const name = content.type === 'profile' ? nameIn(content.name) : null;
    if (content.type === 'profile' && name === null) {
      this.d.refuse(contactId, raw, now);
      return;
    }
    const kept = more ? raw : null;
    const known = name === null || content.type !== 'profile' ? content : { ...content, name };
    const row = { contactId, direction: 'in', content: known, state: 'received' } as const;
    const id = messages.add({ ...row, raw: kept, seq }, now);
    if (id === null) return;
    if (isAct(content.type)) {
      acts.onAct(id, now);
      return;
    }
    messages.removal.arrived(id, now);
    this.forgetQuote(id);
    acts.onLine(id, now);
    this.applyTimer(contactId);
    if (name !== null) this.callThemself(contactId, seq, name, now);
    if (content.type === 'file') this.d.file(id, content.file, now);
    const { mentioned } = messages.show.line(messages.row(id));
    this.d.conversations.onReceived(contactId, mentioned, now);
  }

  /** What was removed here does not come back as somebody's quote of it. */
  private forgetQuote(id: number): void {
    const reply = this.d.messages.show.line(this.d.messages.row(id)).replyTo;
    if (reply?.proof !== 'gone') return;
    this.d.store.run("UPDATE messages SET excerpt = '', raw = NULL WHERE id = ?", id);
  }

  /** The timer line of the last place holds; a place may have changed with what just came. */
  applyTimer(contactId: number): void {
    const row = this.d.store.get(
      `SELECT lifetime FROM messages WHERE contact_id = ? AND type = 7
       ORDER BY place_at DESC, place_sub DESC, content_id DESC LIMIT 1`,
      contactId,
    );
    const timer = row === undefined ? 0 : num(row, 'lifetime');
    const { table } = this.d.conversations;
    if (table.of(contactId).settings.timer !== timer) table.setSettings(contactId, { timer });
  }

  private callThemself(contactId: number, seq: number, name: string, now: Millis): void {
    const newer = this.d.store.get(
      `SELECT 1 AS one FROM messages WHERE contact_id = ? AND direction = 'in' AND type = 8
       AND seq > ? LIMIT 1`,
      contactId,
      seq,
    );
    if (newer === undefined) this.d.contacts.callThemself(contactId, name, now);
  }
}

function nameIn(name: string): string | null {
  try {
    return cleanName(name);
  } catch (error) {
    if (!isAppError(error, 'name-invalid')) throw error;
    return null;
  }
}
