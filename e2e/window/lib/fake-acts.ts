/** What is done to messages that stand there, in the daemon without a network. */
import type { MessageView, ParamsOf, VersionView } from '@tacet/api';
import { AppError } from '@tacet/base';

export interface Board {
  readonly messages: Map<string, MessageView>;
  readonly clock: () => number;
  patchMessage(id: string, patch: Partial<MessageView>): void;
  emit(kind: 'message-state', subject: string): void;
}

export class FakeActs {
  private readonly board: Board;
  private readonly versions = new Map<string, VersionView[]>();

  constructor(board: Board) {
    this.board = board;
  }

  react({ id, emoji }: ParamsOf<'message.react'>): MessageView {
    const others = this.of(id).reactions.filter(({ direction }) => direction === 'in');
    const own = { direction: 'out', emoji, state: 'queued' } as const;
    this.board.patchMessage(id, { reactions: emoji === '' ? others : [...others, own] });
    return this.of(id);
  }

  edit({ id, text }: ParamsOf<'message.edit'>): MessageView {
    const at = this.board.clock();
    const { text: before, sentAt } = this.of(id);
    const first = { text: before, sentAt, arrivedAt: null, state: 'delivered' } as const;
    const versions = this.versions.get(id) ?? [first];
    this.versions.set(id, [...versions, { text, sentAt: at, arrivedAt: null, state: 'queued' }]);
    this.board.patchMessage(id, { text, editedAt: at });
    return this.of(id);
  }

  delete({ id, forEveryone }: ParamsOf<'message.delete'>): Record<string, never> {
    if (forEveryone) {
      const deletion = { at: this.board.clock(), kept: false, state: 'queued' } as const;
      this.unquote(id);
      this.board.patchMessage(id, { text: '', reactions: [], replyTo: null, deletion });
    } else {
      this.of(id);
      this.unquote(id);
      this.board.messages.delete(id);
      this.board.emit('message-state', id);
    }
    return {};
  }

  history({ id }: ParamsOf<'message.history'>) {
    return { versions: this.versions.get(id) ?? [] };
  }

  around({ id, limit }: ParamsOf<'message.around'>) {
    const { contactId } = this.of(id);
    const all = [...this.board.messages.values()].filter((one) => one.contactId === contactId);
    const at = all.findIndex((one) => one.id === id);
    const [from, to] = [Math.max(0, at - limit), at + limit + 1];
    return { messages: all.slice(from, to), older: from > 0, newer: to < all.length };
  }

  /** Whole words without a language: where the text stands in a text. */
  find({ text, limit, before }: ParamsOf<'search.find'>) {
    if (text.trim().length < 2) throw new AppError('search-empty', 'input', 'nothing to seek');
    const wanted = text.trim().toLowerCase();
    const all = [...this.board.messages.values()].reverse();
    const from = before === undefined ? 0 : all.findIndex(({ id }) => id === before) + 1;
    const found = all.slice(from).filter((one) => one.text.toLowerCase().includes(wanted));
    const hits = found.slice(0, limit).map((one) => ({
      ...{ id: one.id, contactId: one.contactId, direction: one.direction, sentAt: one.sentAt },
      excerpt: {
        ...{ text: one.text, cutBefore: false, cutAfter: false },
        marks: [[one.text.toLowerCase().indexOf(wanted), wanted.length] as const],
      },
    }));
    return { hits, next: found.length > limit ? (hits.at(-1)?.id ?? null) : null };
  }

  /** What stands above an answer. */
  quoted(replyTo: string): MessageView['replyTo'] {
    const { direction, text } = this.of(replyTo);
    return { messageId: replyTo, direction, excerpt: text, proof: 'verified' };
  }

  /** Without an event of its own, as the real one. */
  private unquote(of: string): void {
    for (const [id, message] of this.board.messages) {
      if (message.replyTo?.messageId !== of) continue;
      const replyTo = { ...message.replyTo, excerpt: '', proof: 'gone' } as const;
      this.board.messages.set(id, { ...message, replyTo });
    }
  }

  private of(id: string): MessageView {
    const message = this.board.messages.get(id);
    if (message !== undefined) return message;
    throw new AppError('message-unknown', 'missing', 'no such message');
  }
}
