/**
 * What its owner decided about one conversation (docs/spec/18-conversations.md, 1): one shape, one
 * row, which exists where something differs from how a conversation begins.
 */
import type { Millis } from '@tacet/base';
import { UNASKED_FILE_BYTES } from '../limits.ts';
import type { ProfileStore, SqlValue } from '../ports.ts';
import { num, numOrNull, text } from '../store/rows.ts';

export interface Mute {
  /** Null: for ever. */
  readonly until: Millis | null;
  /** What mentions this profile is told all the same. */
  readonly mentions: boolean;
}

export interface ConversationSettings {
  /** They are told what was read here. */
  readonly readReceipts: boolean;
  /** What they ask to be deleted is deleted at once. */
  readonly obeyDelete: boolean;
  /** Their files of at most so many bytes are fetched unasked; 0: none is. */
  readonly fetchBytes: number;
  /** Seconds after which messages written from now on disappear; 0: they stay. */
  readonly timer: number;
}

export interface Draft {
  readonly text: string;
  /** Row of the message it answers. */
  readonly replyTo: number | null;
  readonly at: Millis;
}

export interface ConversationRow {
  readonly pinned: number | null;
  readonly archived: boolean;
  readonly mute: Mute | null;
  readonly draft: Draft | null;
  readonly settings: ConversationSettings;
}

const FRESH: ConversationRow = {
  pinned: null,
  archived: false,
  mute: null,
  draft: null,
  settings: { readReceipts: false, obeyDelete: true, fetchBytes: UNASKED_FILE_BYTES, timer: 0 },
};

type Column =
  | 'pinned'
  | 'archived'
  | 'mute'
  | 'muted_until'
  | 'draft'
  | 'draft_reply'
  | 'draft_at'
  | 'read_receipts'
  | 'obey_delete'
  | 'fetch_bytes'
  | 'timer';

/** Settings of conversations by contact. Writes belong in a transaction with their event. */
export class SettingsTable {
  private readonly store: ProfileStore;

  constructor(store: ProfileStore) {
    this.store = store;
  }

  of(contactId: number): ConversationRow {
    const row = this.store.get('SELECT * FROM conversations WHERE contact_id = ?', contactId);
    if (row === undefined) return FRESH;
    const mute = text(row, 'mute');
    const draft = text(row, 'draft');
    return {
      pinned: numOrNull(row, 'pinned'),
      archived: num(row, 'archived') === 1,
      mute:
        mute === 'off'
          ? null
          : { until: numOrNull(row, 'muted_until'), mentions: mute === 'mentions' },
      draft:
        draft === ''
          ? null
          : { text: draft, replyTo: numOrNull(row, 'draft_reply'), at: num(row, 'draft_at') },
      settings: {
        readReceipts: num(row, 'read_receipts') === 1,
        obeyDelete: num(row, 'obey_delete') === 1,
        fetchBytes: num(row, 'fetch_bytes'),
        timer: num(row, 'timer'),
      },
    };
  }

  setSettings(contactId: number, change: Partial<ConversationSettings>): void {
    const { readReceipts, obeyDelete, fetchBytes, timer } = change;
    this.set(contactId, {
      ...(readReceipts === undefined ? {} : { read_receipts: readReceipts ? 1 : 0 }),
      ...(obeyDelete === undefined ? {} : { obey_delete: obeyDelete ? 1 : 0 }),
      ...(fetchBytes === undefined ? {} : { fetch_bytes: fetchBytes }),
      ...(timer === undefined ? {} : { timer }),
    });
  }

  set(contactId: number, change: Readonly<Partial<Record<Column, SqlValue>>>): void {
    this.store.run(
      'INSERT INTO conversations (contact_id) VALUES (?) ON CONFLICT DO NOTHING',
      contactId,
    );
    for (const [column, value] of Object.entries(change)) {
      // Names of columns are ours: the type above lists them.
      this.store.run(
        `UPDATE conversations SET ${column} = ? WHERE contact_id = ?`,
        value,
        contactId,
      );
    }
  }
}

/** Whether nothing is told of a message: muted now, and it is no mention that counts. */
export function isMuted(mute: Mute | null, mentioned: boolean, now: Millis): boolean {
  if (mute === null || (mute.until !== null && mute.until <= now)) return false;
  return !(mute.mentions && mentioned);
}
