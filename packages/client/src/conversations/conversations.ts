/**
 * Conversations as their owner arranges them (docs/spec/18-conversations.md, 1 to 3): order, pins,
 * mute, archive, drafts, settings. Nothing of it is ever sent.
 */
import { AppError, type Millis } from '@tacet/base';
import type { Contacts } from '../contacts/contacts.ts';
import { textBytes } from '../content/cbor.ts';
import type { EventLog } from '../events/log.ts';
import { MAX_PINNED, MAX_PINNED_MESSAGES, MAX_TEXT_BYTES } from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { num, numOrNull, rowIdOf, text } from '../store/rows.ts';
import type { ConversationView, MessageView } from '../views.ts';
import type { Messages } from './messages.ts';
import { openNotes } from './notes.ts';
import { type ConversationSettings, isMuted, type Mute, SettingsTable } from './settings.ts';

export interface ConversationDeps {
  readonly store: ProfileStore;
  readonly events: EventLog;
  readonly contacts: Contacts;
  readonly messages: Messages;
  /** The machine's time goes on with every command. */
  begin(now: Millis): void;
  show(row: SqlRow): MessageView;
}

export class Conversations {
  private readonly deps: ConversationDeps;
  readonly table: SettingsTable;

  constructor(deps: ConversationDeps) {
    this.deps = deps;
    this.table = new SettingsTable(deps.store);
  }

  list(options: { readonly archived?: boolean } = {}): ConversationView[] {
    const archived = options.archived === true;
    const all = this.deps.contacts
      .withNotes()
      .map((row) => ({ view: this.view(row), pinned: this.table.of(num(row, 'id')).pinned }))
      .filter(({ view }) => view.archived === archived);
    const place = (pinned: number | null): number => pinned ?? Number.POSITIVE_INFINITY;
    all.sort((a, b) =>
      a.pinned !== b.pinned
        ? place(a.pinned) - place(b.pinned)
        : b.view.lastAt - a.view.lastAt || Number(a.view.id) - Number(b.view.id),
    );
    return all.map(({ view }) => view);
  }

  /** By id or exact name; throws `contact-unknown`. */
  get(idOrName: string): ConversationView {
    return this.view(this.deps.contacts.find(idOrName));
  }

  /** The conversation of this profile with itself; made when it is first asked for. */
  notes(now: Millis): ConversationView {
    this.deps.begin(now);
    return this.view(openNotes(this.deps.store, this.deps.contacts, now));
  }

  pin(idOrName: string, pinned: boolean, now: Millis): ConversationView {
    return this.change(idOrName, now, (id) => {
      if ((this.table.of(id).pinned !== null) === pinned) return;
      const last = this.count('SELECT coalesce(max(pinned), 0) AS n FROM conversations');
      const held = this.count('SELECT count(*) AS n FROM conversations WHERE pinned IS NOT NULL');
      if (pinned && held >= MAX_PINNED) throw pinsFull();
      // What is at hand is not put away.
      if (pinned) this.table.set(id, { archived: 0 });
      this.table.set(id, { pinned: pinned ? last + 1 : null });
    });
  }

  archive(idOrName: string, archived: boolean, now: Millis): ConversationView {
    return this.change(idOrName, now, (id) => {
      if (archived) this.table.set(id, { pinned: null });
      this.table.set(id, { archived: archived ? 1 : 0 });
    });
  }

  mute(idOrName: string, mute: Mute | null, now: Millis): ConversationView {
    return this.change(idOrName, now, (id) => {
      const kind = mute === null ? 'off' : mute.mentions ? 'mentions' : 'all';
      const until = mute?.until ?? null;
      this.table.set(id, { mute: kind, muted_until: until === null ? null : Math.floor(until) });
    });
  }

  settings(
    idOrName: string,
    change: Partial<Omit<ConversationSettings, 'timer'>>,
    now: Millis,
  ): ConversationView {
    return this.change(idOrName, now, (id) => this.table.setSettings(id, change));
  }

  /** Empty text: no draft any more. */
  setDraft(
    idOrName: string,
    draft: { readonly text: string; readonly replyTo?: string },
    now: Millis,
  ): ConversationView {
    if (!draft.text.isWellFormed()) {
      throw new AppError('text-invalid', 'usage', 'the text is not valid Unicode');
    }
    if (textBytes(draft.text) > MAX_TEXT_BYTES) {
      throw new AppError('text-too-long', 'usage', 'the text is longer than 16 KiB');
    }
    return this.change(idOrName, now, (id) => {
      const answered =
        draft.replyTo === undefined || draft.text === ''
          ? null
          : this.deps.messages.line(rowIdOf(draft.replyTo));
      if (answered !== null && num(answered, 'contact_id') !== id) {
        throw new AppError('message-unknown', 'missing', 'no such message');
      }
      this.table.set(id, {
        draft: draft.text,
        draft_reply: answered === null ? null : num(answered, 'id'),
        draft_at: draft.text === '' ? 0 : Math.floor(now),
      });
    });
  }

  pinMessage(id: string, pinned: boolean, now: Millis): void {
    this.deps.begin(now);
    const row = this.deps.messages.line(rowIdOf(id));
    const { store } = this.deps;
    store.transaction(() => {
      const messageId = num(row, 'id');
      const contactId = num(row, 'contact_id');
      if (!pinned) {
        store.run('DELETE FROM pins WHERE message_id = ?', messageId);
      } else {
        const held = 'SELECT count(*) AS n FROM pins WHERE contact_id = ? AND message_id <> ?';
        if (this.count(held, contactId, messageId) >= MAX_PINNED_MESSAGES) throw pinsFull();
        const last = 'SELECT coalesce(max(place), 0) AS n FROM pins WHERE contact_id = ?';
        store.run(
          'INSERT INTO pins (message_id, contact_id, place) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
          messageId,
          contactId,
          this.count(last, contactId) + 1,
        );
      }
      this.deps.events.append(now, 'contact', String(contactId));
    });
  }

  /** Newest pin first. */
  pinnedMessages(idOrName: string): MessageView[] {
    const rows = this.deps.store.all(
      `SELECT m.* FROM pins p JOIN messages m ON m.id = p.message_id
       WHERE p.contact_id = ? ORDER BY p.place DESC`,
      num(this.deps.contacts.find(idOrName), 'id'),
    );
    return rows.map((row) => this.deps.show(row));
  }

  /** A line with what stands around it, first to last, and whether there is more on either side. */
  around(
    id: string,
    limit: number,
  ): { readonly messages: MessageView[]; readonly older: boolean; readonly newer: boolean } {
    const { messages, show } = this.deps;
    const line = messages.line(rowIdOf(id));
    const above = messages.list(num(line, 'contact_id'), num(line, 'id'), limit + 1);
    const below = messages.below(line, limit + 1);
    const rows = [...above.slice(-limit), line, ...below.slice(0, limit)];
    return {
      messages: rows.map((row) => show(row)),
      older: above.length > limit,
      newer: below.length > limit,
    };
  }

  /** A message was saved: what was put away comes back, unless it is muted. In its transaction. */
  onReceived(contactId: number, mentioned: boolean, now: Millis): void {
    const { archived, mute } = this.table.of(contactId);
    if (archived && !isMuted(mute, mentioned, now)) this.table.set(contactId, { archived: 0 });
  }

  /** Their owner wrote: nothing is put away or left as a draft of the same text. In its transaction. */
  onWritten(contactId: number, body: string): void {
    const { archived, draft } = this.table.of(contactId);
    if (archived) this.table.set(contactId, { archived: 0 });
    if (draft?.text === body) {
      this.table.set(contactId, { draft: '', draft_reply: null, draft_at: 0 });
    }
  }

  private change(idOrName: string, now: Millis, work: (id: number) => void): ConversationView {
    this.deps.begin(now);
    const id = num(this.deps.contacts.find(idOrName), 'id');
    this.deps.store.transaction(() => {
      work(id);
      this.deps.events.append(now, 'contact', String(id));
    });
    return this.get(String(id));
  }

  private view(row: SqlRow): ConversationView {
    const id = num(row, 'id');
    const { pinned, archived, mute, draft, settings } = this.table.of(id);
    const last = this.deps.messages.last(id);
    const lastMessage = last === undefined ? null : this.deps.show(last);
    return {
      id: String(id),
      kind: text(row, 'state') === 'self' ? 'self' : 'contact',
      name: text(row, 'name'),
      pinned: pinned !== null,
      archived,
      mute,
      draft:
        draft === null
          ? null
          : { ...draft, replyTo: draft.replyTo === null ? null : String(draft.replyTo) },
      settings,
      unread: this.deps.messages.unread(id, num(row, 'read_at')),
      lastMessage,
      // A late arrival has its place above, and is new all the same.
      lastAt: Math.max(
        this.deps.messages.savedAt(id) ?? 0,
        last === undefined
          ? num(row, 'created_at')
          : (numOrNull(last, 'arrived_at') ?? num(last, 'sent_at')),
      ),
    };
  }

  private count(sql: string, ...params: number[]): number {
    const row = this.deps.store.get(sql, ...params);
    return row === undefined ? 0 : num(row, 'n');
  }
}

function pinsFull(): AppError {
  return new AppError('pins-full', 'refused', 'as much is pinned as can be; unpin something first');
}
