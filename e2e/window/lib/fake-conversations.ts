/** How conversations are arranged, and who is blocked, in the daemon without a network. */
import type { ContactView, ConversationView, MessageView, ParamsOf } from '@tacet/api';
import { AppError } from '@tacet/base';

export interface Household {
  readonly contacts: Map<string, ContactView>;
  readonly clock: () => number;
  patchContact(id: string, patch: Partial<ContactView>): void;
  put(contactId: string, patch: Partial<MessageView>): MessageView;
}

type Own = Pick<ConversationView, 'pinned' | 'archived' | 'mute' | 'draft' | 'settings'>;

const BEGIN: Own = {
  pinned: false,
  archived: false,
  mute: null,
  draft: null,
  settings: { readReceipts: false, obeyDelete: true, fetchBytes: 262_144, timer: 0 },
};

export class FakeConversations {
  private readonly house: Household;
  private readonly own = new Map<string, Own>();
  private pins: string[] = [];

  constructor(house: Household) {
    this.house = house;
  }

  list({ archived = false }: ParamsOf<'conversation.list'>): { conversations: ConversationView[] } {
    const all = [...this.house.contacts.keys()].map((id) => this.get(id));
    const some = all.filter((one) => one.archived === archived);
    const pinned = this.pins.flatMap((id) => some.filter((one) => one.id === id));
    return { conversations: [...pinned, ...some.filter((one) => !one.pinned)] };
  }

  get(contactId: string): ConversationView {
    const contact = this.house.contacts.get(contactId);
    if (contact === undefined) throw new AppError('contact-unknown', 'missing', 'no such contact');
    const { id, name, unread, lastMessage } = contact;
    const lastAt = lastMessage?.sentAt ?? contact.steps.opened ?? 0;
    const own = this.own.get(contactId) ?? BEGIN;
    return { id, kind: 'contact', name, unread, lastMessage, lastAt, ...own };
  }

  pin({ contactId, pinned }: ParamsOf<'conversation.pin'>): ConversationView {
    this.pins = this.pins.filter((id) => id !== contactId);
    if (pinned) this.pins.push(contactId);
    return this.change(contactId, pinned ? { pinned, archived: false } : { pinned });
  }

  archive({ contactId, archived }: ParamsOf<'conversation.archive'>): ConversationView {
    if (archived) this.pin({ contactId, pinned: false });
    return this.change(contactId, { archived });
  }

  mute({ contactId, mute }: ParamsOf<'conversation.mute'>): ConversationView {
    return this.change(contactId, { mute });
  }

  settings({ contactId, ...change }: ParamsOf<'conversation.settings'>): ConversationView {
    const { settings } = this.get(contactId);
    return this.change(contactId, { settings: { ...settings, ...change } });
  }

  draft({ contactId, text, replyTo }: ParamsOf<'draft.set'>): ConversationView {
    const at = this.house.clock();
    const draft = text === '' ? null : { text, replyTo: replyTo ?? null, at };
    return this.change(contactId, { draft });
  }

  /** A draft goes with the text that is sent. */
  written(contactId: string, text: string): void {
    if (this.own.get(contactId)?.draft?.text === text) this.change(contactId, { draft: null });
  }

  timer({ contactId, seconds }: ParamsOf<'timer.set'>): MessageView {
    const { settings } = this.get(contactId);
    this.change(contactId, { settings: { ...settings, timer: seconds } });
    const words = seconds === 0 ? 'Messages stay.' : `Messages disappear after ${seconds} s.`;
    const line = { kind: 'timer', text: words, timer: seconds, direction: 'out' } as const;
    return this.house.put(contactId, { ...line, state: 'queued' });
  }

  block(contactId: string, blocked: boolean): ContactView {
    this.get(contactId);
    this.house.patchContact(contactId, { blocked });
    return this.house.contacts.get(contactId) as ContactView;
  }

  private change(contactId: string, patch: Partial<Own>): ConversationView {
    this.get(contactId);
    this.own.set(contactId, { ...BEGIN, ...this.own.get(contactId), ...patch });
    this.house.patchContact(contactId, {});
    return this.get(contactId);
  }
}
