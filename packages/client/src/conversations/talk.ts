/**
 * What a person says in a conversation (docs/spec/14-content.md): texts, replies, reactions, edits,
 * deletes, the timer, cards, their name. Each is saved and answers at once, whether or not anything
 * can be sent; the outbox does the rest. The same client id again does nothing twice.
 */
import { AppError, type Millis, type Rng, randomBytes, utf8 } from '@tacet/base';
import { type Contacts, cleanName } from '../contacts/contacts.ts';
import { cutText, textBytes } from '../content/cbor.ts';
import { contentMap, type KnownContent } from '../content/content.ts';
import type { Mention } from '../content/fields.ts';
import {
  DELETE_LINE,
  editLine,
  excerptOf,
  profileLine,
  reactionLine,
  timerLine,
} from '../content/shown.ts';
import {
  MAX_EMOJI_BYTES,
  MAX_LIFETIME,
  MAX_MENTIONS,
  MAX_QUEUED,
  MAX_SHOWN_BYTES,
  MAX_TEXT_BYTES,
} from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { blob, num, rowIdOf, text } from '../store/rows.ts';
import { writeSetting } from '../store/settings.ts';
import type { MessageView, VersionView } from '../views.ts';
import { type Acts, mayAct } from './acts.ts';
import { isAct, typeOf } from './contents.ts';
import type { Conversations } from './conversations.ts';
import type { Messages } from './messages.ts';
import { isNotes } from './notes.ts';
import type { Reception } from './reception.ts';
import { isEmptied, kindOf, lineOf } from './show.ts';

/** Start and length in code points; of others than the two of the conversation a contact. */
export interface MentionRequest {
  readonly start: number;
  readonly length: number;
  readonly who: 'self' | 'contact' | { readonly contactId: string };
}

export interface SendRequest {
  readonly contactId: string;
  readonly text: string;
  readonly clientId: string | null;
  /** Id of the message it answers. */
  readonly replyTo?: string;
  readonly mentions?: readonly MentionRequest[];
}

export interface FileLine {
  readonly contactId: string;
  /** Words beside it; empty: none. */
  readonly text: string;
  readonly clientId: string | null;
  /** The facts, encoded. */
  readonly file: Uint8Array;
  readonly shown: string;
  /** In the transaction that saves it. */
  readonly saved: (messageId: number) => void;
}

export interface TalkDeps {
  readonly store: ProfileStore;
  readonly rng: Rng;
  readonly contacts: Contacts;
  readonly messages: Messages;
  readonly conversations: Conversations;
  readonly acts: Acts;
  readonly reception: Reception;
  /** Contents on their way. */
  readonly open: () => number;
  /** The machine's time goes on with every command. */
  begin(now: Millis): void;
  /** Something was written to this contact. */
  written(contactId: number, now: Millis): void;
  show(row: SqlRow): MessageView;
}

/** Without what every content has. */
type Said = KnownContent extends infer C
  ? C extends KnownContent
    ? Omit<C, 'contentId' | 'sentAt' | 'parent'>
    : never
  : never;

export class Talk {
  private readonly d: TalkDeps;

  constructor(deps: TalkDeps) {
    this.d = deps;
  }

  send(request: SendRequest, now: Millis): MessageView {
    return this.once(
      request.clientId,
      now,
      () => {
        const contact = this.writable(request.contactId);
        const contactId = num(contact, 'id');
        checkText(request.text);
        const mentions = this.mentions(contactId, request.text, request.mentions ?? []);
        const { timer } = this.d.conversations.table.of(contactId).settings;
        const quote = request.replyTo === undefined ? null : this.quote(contactId, request.replyTo);
        this.d.conversations.onWritten(contactId, request.text);
        return this.say(
          contact,
          {
            type: 'text',
            text: request.text,
            ...(timer === 0 ? {} : { lifetime: timer }),
            ...(quote === null ? {} : { quote }),
            ...mentions,
          },
          request.clientId,
          now,
        );
      },
      (known) => this.isRepeat(known, request),
    );
  }

  /** What the first call with this client id sent; null: nothing yet. Throws `client-id-used`. */
  sentBefore(
    { clientId, contactId }: { readonly clientId: string | null; readonly contactId: string },
    now: Millis,
  ): MessageView | null {
    this.d.begin(now);
    const known = clientId === null ? undefined : this.d.messages.byClientId(clientId);
    if (known === undefined) return null;
    const same = num(this.d.contacts.find(contactId), 'id') === num(known, 'contact_id');
    if (same && typeOf(known) === 'file') return this.d.show(known);
    throw new AppError('client-id-used', 'usage', 'that client id belongs to another message');
  }

  /** A file whose bytes are here already (docs/spec/19-files.md). */
  sendFile(
    { contactId, text: words, clientId, file, shown, saved }: FileLine,
    now: Millis,
  ): MessageView {
    return this.once(
      clientId,
      now,
      () => {
        const contact = this.writable(contactId);
        if (isNotes(contact)) {
          throw new AppError(
            'file-notes',
            'usage',
            'files are for contacts, not for notes to self',
          );
        }
        if (words !== '') checkText(words);
        const { timer } = this.d.conversations.table.of(num(contact, 'id')).settings;
        const said = { type: 'file', file, shown: cutText(shown, MAX_SHOWN_BYTES) } as const;
        const id = this.say(
          contact,
          {
            ...said,
            ...(words === '' ? {} : { text: words }),
            ...(timer === 0 ? {} : { lifetime: timer }),
          },
          clientId,
          now,
        );
        saved(id);
        return id;
      },
      (known) => typeOf(known) === 'file',
    );
  }

  /** Whether a message is what this request asks for. An edited or emptied one no longer tells. */
  private isRepeat(known: SqlRow, { contactId, text: body, replyTo }: SendRequest): boolean {
    if (typeOf(known) !== 'text') return false;
    if (num(this.d.contacts.find(contactId), 'id') !== num(known, 'contact_id')) return false;
    if ((replyTo === undefined) !== (known['target_id'] === null)) return false;
    if (replyTo !== undefined && !this.answers(known, rowIdOf(replyTo))) return false;
    return text(known, 'text') === body || known['edited_at'] !== null || isEmptied(known);
  }

  /** Whether it answers that message; one that is forgotten since no longer tells. */
  private answers(known: SqlRow, id: number): boolean {
    const line = this.d.messages.lineOf(known);
    return line === undefined || num(line, 'id') === id;
  }

  /** Whether an act is of this type and about this line. */
  private isSameAct(known: SqlRow, type: 'reaction' | 'edit' | 'delete', id: string): boolean {
    if (typeOf(known) !== type) return false;
    return num(this.d.messages.lineOf(known) ?? { id: 0 }, 'id') === rowIdOf(id);
  }

  /** Empty: takes it back. */
  react(
    request: { readonly id: string; readonly emoji: string; readonly clientId: string | null },
    now: Millis,
  ): MessageView {
    const emoji = request.emoji.trim();
    return this.once(
      request.clientId,
      now,
      () => {
        if (textBytes(emoji) > MAX_EMOJI_BYTES || !emoji.isWellFormed() || /\p{Cc}/u.test(emoji)) {
          throw new AppError('emoji-invalid', 'usage', 'a reaction is one emoji or a short word');
        }
        const said = { type: 'reaction', emoji, shown: reactionLine(emoji) } as const;
        return this.act(this.shown(request.id), said, request.clientId, now);
      },
      (known) =>
        this.isSameAct(known, 'reaction', request.id) &&
        // One that gave way to a later one no longer tells.
        (num(known, 'gone') > 0 || text(known, 'text') === emoji),
    );
  }

  edit(
    request: {
      readonly id: string;
      readonly text: string;
      readonly clientId: string | null;
      readonly mentions?: readonly MentionRequest[];
    },
    now: Millis,
  ): MessageView {
    return this.once(
      request.clientId,
      now,
      () => {
        const line = this.shown(request.id);
        checkText(request.text);
        const of = num(line, 'contact_id');
        const mentions = this.mentions(of, request.text, request.mentions ?? []);
        const said = { type: 'edit', text: request.text, shown: editLine(request.text) } as const;
        return this.act(line, { ...said, ...mentions }, request.clientId, now);
      },
      (known) => this.isSameAct(known, 'edit', request.id) && text(known, 'text') === request.text,
    );
  }

  /** For everyone: a request to the other side; gone from this side either way. */
  delete(
    request: {
      readonly id: string;
      readonly forEveryone: boolean;
      readonly clientId: string | null;
    },
    now: Millis,
  ): void {
    this.d.begin(now);
    const { messages } = this.d;
    const row = messages.row(rowIdOf(request.id));
    const type = typeOf(row);
    if (type !== null && isAct(type)) throw unknown();
    // Done before, whoever asks again.
    if (num(row, 'gone') > 0 || num(row, 'listed') === 0) return;
    if (!request.forEveryone) {
      this.d.store.transaction(() => messages.removal.vanish(row, now));
      return;
    }
    if (row['deleted_at'] !== null) return;
    this.once(
      request.clientId,
      now,
      () => {
        const contact = this.d.contacts.row(num(row, 'contact_id'));
        const said = { type: 'delete', shown: DELETE_LINE } as const;
        if (!isNotes(contact) && text(contact, 'state') !== 'ended') {
          return this.act(row, said, request.clientId, now);
        }
        // Nobody else has it.
        if (!mayAct({ type: 4, direction: 'out' }, row)) throw notYours();
        messages.removal.delete(row, now, now);
        return num(row, 'id');
      },
      (known) => this.isSameAct(known, 'delete', request.id),
    );
  }

  /** Every version of a text, the first one first. */
  history(id: string): VersionView[] {
    return this.d.messages.show.versions(this.d.messages.line(rowIdOf(id)));
  }

  /** Seconds until what is written from now on disappears; 0: it stays. */
  setTimer(
    request: {
      readonly contactId: string;
      readonly seconds: number;
      readonly clientId: string | null;
    },
    now: Millis,
  ): MessageView {
    const { seconds } = request;
    return this.once(
      request.clientId,
      now,
      () => {
        if (!Number.isInteger(seconds) || seconds < 0 || seconds > MAX_LIFETIME) {
          throw new AppError('timer-invalid', 'usage', 'a timer is 0 or up to a year of seconds');
        }
        const contact = this.writable(request.contactId);
        const said = { type: 'timer', timer: seconds, shown: timerLine(seconds) } as const;
        const id = this.say(contact, said, request.clientId, now);
        this.d.reception.applyTimer(num(contact, 'id'));
        return id;
      },
      (known) =>
        typeOf(known) === 'timer' &&
        num(known, 'lifetime') === seconds &&
        num(known, 'contact_id') === num(this.d.contacts.find(request.contactId), 'id'),
    );
  }

  /** Another name for oneself, told to those contacts. Who was told before is not told again. */
  rename(
    request: { readonly name: string; readonly tell: 'all' | readonly string[] },
    now: Millis,
  ): void {
    this.d.begin(now);
    const { store, contacts } = this.d;
    const name = cleanName(request.name);
    const told =
      request.tell === 'all'
        ? contacts.all().filter((row) => text(row, 'state') !== 'ended' && knowsProfile(row))
        : request.tell.map((one) => this.writable(one));
    if (!told.every(knowsProfile)) {
      throw new AppError(
        'identity-other',
        'usage',
        'a contact among them knows you as somebody else; the new name would show who you are',
      );
    }
    store.transaction(() => {
      writeSetting(store, 'profile-name', utf8(name));
      for (const contact of told) {
        const last = store.get(
          `SELECT text FROM messages WHERE contact_id = ? AND direction = 'out' AND type = 8
           ORDER BY id DESC LIMIT 1`,
          num(contact, 'id'),
        );
        if (last?.['text'] === name) continue;
        this.say(contact, { type: 'profile', name, shown: profileLine(name) }, null, now);
      }
    });
  }

  /** Saves a line of any type to be sent; for features with contents of their own. In a transaction. */
  say(contact: SqlRow, said: Said, clientId: string | null, now: Millis): number {
    const contactId = num(contact, 'id');
    const parent = this.d.messages.lastSaid(contactId);
    const after = parent === null ? said : { ...said, parent };
    const id = this.save(contact, after as Said, clientId, now);
    if (isNotes(contact)) this.d.messages.removal.written(id, now);
    return id;
  }

  private act(
    line: SqlRow,
    said: { readonly type: 'reaction' | 'edit' | 'delete'; readonly shown: string },
    clientId: string | null,
    now: Millis,
  ): number {
    const kind = said.type === 'reaction' ? 2 : said.type === 'edit' ? 3 : 4;
    if (!mayAct({ type: kind, direction: 'out' }, line)) throw notYours();
    checkShared(line);
    if (isEmptied(line)) {
      throw new AppError('message-deleted', 'refused', 'that message was deleted');
    }
    const contact = this.writable(String(num(line, 'contact_id')));
    const author = text(line, 'direction') === 'out' ? 'writer' : 'reader';
    const target = { author, contentId: blob(line, 'content_id') } as const;
    const id = this.save(contact, { ...said, target } as Said, clientId, now);
    this.d.acts.onAct(id, now);
    return num(line, 'id');
  }

  private save(contact: SqlRow, said: Said, clientId: string | null, now: Millis): number {
    const contactId = num(contact, 'id');
    const content = { ...said, contentId: randomBytes(this.d.rng, 16), sentAt: now };
    // What could not be sent is not saved.
    contentMap(content);
    this.d.contacts.touch(contactId, now);
    const state = isNotes(contact) ? 'received' : 'queued';
    const row = { contactId, direction: 'out', content, state, clientId } as const;
    const id = this.d.messages.add(row, now);
    if (id === null) throw new AppError('content-twice', 'bug', 'a content id was drawn twice');
    this.d.written(contactId, now);
    return id;
  }

  /** Answers what the first call with this client id did. Throws `client-id-used` for another call. */
  private once(
    clientId: string | null,
    now: Millis,
    work: () => number,
    isRepeat: (known: SqlRow) => boolean,
  ): MessageView {
    this.d.begin(now);
    const { messages } = this.d;
    const known = clientId === null ? undefined : messages.byClientId(clientId);
    if (known !== undefined && !isRepeat(known)) {
      // Answering with the other message would lose this one without a word.
      throw new AppError('client-id-used', 'usage', 'that client id belongs to another message');
    }
    if (known !== undefined) {
      if (!isAct(typeOf(known) ?? 'unknown')) return this.d.show(known);
      const line = messages.lineOf(known);
      if (line !== undefined && num(line, 'listed') === 0) throw unknown();
      return this.d.show(line ?? known);
    }
    const id = this.d.store.transaction(work);
    return this.d.show(messages.row(id));
  }

  private writable(idOrName: string): SqlRow {
    const contact = this.d.contacts.find(idOrName);
    if (contact['blocked_at'] !== null) {
      throw new AppError('contact-blocked', 'refused', 'this contact is blocked; unblock it first');
    }
    if (text(contact, 'state') === 'ended') {
      throw new AppError(
        'contact-ended',
        'refused',
        'meeting this contact failed; invite them again',
      );
    }
    if (this.d.open() >= MAX_QUEUED) {
      throw new AppError(
        'outbox-full',
        'refused',
        'too many texts are on their way; wait for some to arrive',
      );
    }
    return contact;
  }

  private shown(id: string): SqlRow {
    return this.d.messages.line(rowIdOf(id));
  }

  private quote(contactId: number, id: string) {
    const line = this.shown(id);
    if (num(line, 'contact_id') !== contactId) throw unknown();
    checkShared(line);
    if (isEmptied(line)) {
      throw new AppError('message-deleted', 'refused', 'that message was deleted');
    }
    const author = text(line, 'direction') === 'out' ? 'writer' : 'reader';
    return {
      author,
      contentId: blob(line, 'content_id'),
      excerpt: excerptOf(lineOf(line)),
    } as const;
  }

  private mentions(
    contactId: number,
    body: string,
    requests: readonly MentionRequest[],
  ): { readonly mentions?: readonly Mention[] } {
    if (requests.length === 0) return {};
    if (requests.length > MAX_MENTIONS) {
      throw new AppError('mention-invalid', 'usage', `a text mentions ${MAX_MENTIONS} at most`);
    }
    const points = [...body].length;
    let end = 0;
    const mentions = requests.map(({ start, length, who }): Mention => {
      const sound = Number.isInteger(start) && Number.isInteger(length) && length > 0;
      if (!sound || start < end || start + length > points) {
        throw new AppError('mention-invalid', 'usage', 'mentions stand in the text, in order');
      }
      end = start + length;
      if (who === 'self') return { start, length, who: 'writer' };
      if (who === 'contact') return { start, length, who: 'reader' };
      return { start, length, who: this.somebody(who.contactId, contactId) };
    });
    return { mentions };
  }

  /** The reader is told as the reader: only that is marked as a mention of them. */
  private somebody(named: string, reader: number): Uint8Array | 'reader' {
    const contact = this.d.contacts.find(named);
    if (num(contact, 'id') === reader) return 'reader';
    const to = this.d.contacts.row(reader);
    if (!isNotes(to) && to['identity_id'] !== contact['identity_id']) {
      throw new AppError(
        'identity-other',
        'usage',
        'these two know you as two people; naming one to the other would show that you are one',
      );
    }
    if (contact['key_set_hash'] === null) {
      throw new AppError('mention-invalid', 'usage', 'who is mentioned has to be met first');
    }
    return blob(contact, 'key_set_hash');
  }
}

function checkText(body: string): void {
  if (body === '') throw new AppError('text-empty', 'usage', 'there is no text to send');
  if (!body.isWellFormed()) {
    throw new AppError('text-invalid', 'usage', 'the text is not valid Unicode');
  }
  if (textBytes(body) > MAX_TEXT_BYTES) {
    throw new AppError('text-too-long', 'usage', 'the text is longer than 16 KiB');
  }
}

/** A line of the own daemon is nobody else's to know: it may name other people (15-trust.md, 6). */
function checkShared(line: SqlRow): void {
  if (kindOf(line) === 'trust') {
    throw new AppError('message-local', 'refused', 'that line is of this side alone');
  }
}

function unknown(): AppError {
  return new AppError('message-unknown', 'missing', 'no such message');
}

function notYours(): AppError {
  return new AppError('message-not-yours', 'refused', 'only what you wrote can be changed');
}

/** Not under another identity, which a name told to both would give away. */
function knowsProfile(contact: SqlRow): boolean {
  return contact['identity_id'] === null;
}
