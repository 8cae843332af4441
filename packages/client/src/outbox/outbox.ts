/**
 * From a written text to its receipt (docs/spec/07-streams.md): saved, encrypted once, cut into
 * boxes, written twice, kept until the receipt, posted again when boxes age or a receipt shows a
 * hole. Never given up in silence.
 */
import { type AppError, isAppError, type Millis, SECOND } from '@tacet/base';
import type { Parameters } from '@tacet/directory';
import type { PutEntry } from '../boxes/put-entry.ts';
import type { PutOwner, PutQueue } from '../boxes/puts.ts';
import { isBlocked } from '../contacts/blocking.ts';
import {
  covers,
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  type HealingOffer,
  type Receipt,
  type Unreadable,
} from '../content/envelope.ts';
import { contentOf } from '../conversations/contents.ts';
import type { Messages } from '../conversations/messages.ts';
import { type Renumbering, skipSequences } from '../copies/sequences.ts';
import { peerName } from '../inbox/inbox.ts';
import type { ReceivedSet } from '../inbox/received.ts';
import { MAX_PROMPT_RENEWALS } from '../limits.ts';
import type { Network } from '../network/network.ts';
import type { ProfileStore, SessionWrites, SqlRow } from '../ports.ts';
import {
  applyWrites,
  type ErasedWork,
  erased,
  type JobSource,
  type Resting,
  workFailed,
} from '../sessions/jobs.ts';
import { isOfMachine } from '../store/attempt.ts';
import { num, numOrNull } from '../store/rows.ts';
import type { StreamWriter } from '../streams/writer.ts';
import { type Ciphertext, type Ciphertexts, type Notice, renewalKey } from './ciphertexts.ts';
import { type Notices, noticeKey } from './notices.ts';
import { HOLE, lifeOf, movePause, patience, SILENT_HOLE } from './pauses.ts';
import { type ReceiptClock, receiptKey } from './receipts.ts';

/** What a ciphertext carries; neither: a lone receipt. */
interface What {
  readonly messageId: number | null;
  readonly notice: Notice | null;
  readonly body: Uint8Array | null;
}

interface Encrypted {
  readonly ciphertext: Uint8Array;
  readonly writes: SessionWrites;
}

export interface OutboxDeps {
  readonly store: ProfileStore;
  readonly puts: PutQueue;
  readonly ciphertexts: Ciphertexts;
  readonly notices: Notices;
  readonly messages: Messages;
  readonly received: ReceivedSet;
  readonly unreadable: (contactId: number) => readonly Unreadable[];
  /** What is told to have been read; null: nothing. */
  readonly readUpTo: (contactId: number) => number | null;
  readonly receipts: ReceiptClock;
  readonly streams: Pick<StreamWriter, 'healing' | 'roots'>;
  readonly renumbering: Renumbering;
  readonly network: () => Network | null;
  /** The key set of 07-streams.md 4, for guests. */
  readonly keySet: (contactId: number) => NonNullable<Envelope['keySet']>;
  readonly alarm: (code: string, now: Millis) => void;
  /** Nothing can be sent to this contact any more. In a transaction. */
  readonly endContact: (contactId: number, reason: string, now: Millis) => void;
  /** A receipt is due to this contact. */
  readonly owe: (contactId: number, now: Millis) => void;
  /** A sign that somebody else writes with our keys. */
  readonly foreign: (now: Millis) => void;
  /** Ratchet work is waiting. */
  readonly kick: () => void;
  readonly now: () => Millis;
}

export class Outbox implements JobSource, PutOwner {
  private readonly d: OutboxDeps;
  /**
   * Receipted before edges said that they have them and all boxes before: sequence by ciphertext.
   * Where other bytes stand the receipt was about those (docs/spec/10-store.md, 7).
   */
  private readonly early = new Map<number, number>();

  constructor(deps: OutboxDeps) {
    this.d = deps;
    deps.puts.register('part', this);
  }

  get renumbering(): Renumbering {
    return this.d.renumbering;
  }

  get streams(): OutboxDeps['streams'] {
    return this.d.streams;
  }

  /** Texts not receipted yet. */
  get open(): number {
    const row = this.d.store.get(
      "SELECT count(*) AS n FROM messages WHERE direction = 'out' AND state IN ('queued','sending','unconfirmed','stored')",
    );
    return row === undefined ? 0 : num(row, 'n');
  }

  /**
   * An envelope that is no message, numbered: it arrives, or is written again until it does. In a
   * transaction.
   */
  say(contactId: number, envelope: Envelope): void {
    this.d.store.run(
      "INSERT INTO notices (contact_id, kind, body) VALUES (?, 'said', ?)",
      contactId,
      encodeEnvelope(envelope),
    );
  }

  // Encrypting -----------------------------------------------------------------------------

  nextJob(resting: Resting): ErasedWork | null {
    const network = this.d.network();
    if (network === null) return null;
    return (
      this.notice(network, resting) ??
      this.renewal(network, resting) ??
      this.text(network, resting) ??
      this.receiptAlone(network, resting)
    );
  }

  private notice(network: Network, resting: Resting): ErasedWork | null {
    const { notices, now } = this.d;
    const next = notices.next(now(), resting);
    if (next === null) return null;
    const { id, contactId, kind, body } = next;
    return this.work(
      noticeKey(id),
      network,
      contactId,
      { messageId: null, notice: kind, body },
      {
        done: () => notices.done(id),
        // Nothing was written, and the ratchet stands where it stood: it is said later.
        failed: (code, at) => {
          if (notices.failed(id, at)) this.d.endContact(contactId, code, at);
        },
      },
    );
  }

  /** Written, and missing at the other side: once more, with the ratchet as it stands now. */
  private renewal(network: Network, resting: Resting): ErasedWork | null {
    const ciphertext = this.d.ciphertexts.awaitingRenewal(resting);
    if (ciphertext === null) return null;
    const { id, contactId, messageId, seq } = ciphertext;
    return this.encrypt(
      renewalKey(id),
      contactId,
      () => ({
        ...this.bodyOf(contactId, ciphertext),
        ...offering(this.d.streams.healing.again(contactId, seq)),
        ...this.closing(contactId),
      }),
      {
        commit: (data, now) => {
          // Receipted meanwhile.
          if (this.d.ciphertexts.get(id) === null) return;
          this.d.ciphertexts.renew(ciphertext, data, network.id, now);
          if (messageId === null) return;
          this.d.messages.note(messageId, 'renewed', 0, 0, now);
          this.showProgress(id, messageId, now);
        },
        fail: (_code, now) =>
          this.d.ciphertexts.renew(ciphertext, ciphertext.data, network.id, now),
      },
    );
  }

  /** What a numbered envelope says, beside its receipt. */
  private bodyOf(contactId: number, { messageId, notice, body }: What): Envelope {
    if (messageId === null) {
      if (notice === null) return {};
      if (notice === 'healing') return {};
      if (body !== null) return decodeEnvelope(body);
      return notice === 'hello' ? { hello: true } : { keySet: this.d.keySet(contactId) };
    }
    return {
      content: contentOf(this.d.messages.row(messageId), (at) => this.told(at)),
    };
  }

  /**
   * Whole seconds of the network's time: a clock that is wrong by its own amount would show
   * contacts of two profiles that both live on one computer (13-client-view.md 4).
   */
  told(at: Millis): Millis {
    const ahead = this.d.network()?.clockAhead ?? 0;
    return Math.max(0, Math.floor((at - ahead) / SECOND) * SECOND);
  }

  private text(network: Network, resting: Resting): ErasedWork | null {
    const keyOf = (row: SqlRow): string => `message/${num(row, 'id')}`;
    const row = this.d.store
      .all(
        `SELECT m.id, m.contact_id FROM messages m
         JOIN contacts c ON c.id = m.contact_id
         WHERE m.state = 'queued' AND c.out_chain IS NOT NULL AND c.state <> 'ended'
           AND c.blocked_at IS NULL ORDER BY m.id LIMIT ?`,
        1 + resting.size,
      )
      .find((one) => !resting.has(keyOf(one)));
    if (row === undefined) return null;
    const what = { messageId: num(row, 'id'), notice: null, body: null };
    const id = num(row, 'id');
    return this.work(keyOf(row), network, num(row, 'contact_id'), what, {
      done: () => undefined,
      failed: (code, at) => this.d.messages.advance(id, 'failed', at, code),
    });
  }

  private receiptAlone(network: Network, resting: Resting): ErasedWork | null {
    const contactId = this.d.receipts.dueContact(this.d.now(), resting);
    if (contactId === null) return null;
    const what = { messageId: null, notice: null, body: null };
    // One that failed is owed again with whatever comes, or comes again, from them.
    const paid = () => this.d.receipts.paid(contactId);
    const key = receiptKey(contactId);
    return this.work(key, network, contactId, what, { done: paid, failed: paid });
  }

  /** @param then in the same transaction: it waits no more, or it could not be encrypted */
  private work(
    key: string,
    network: Network,
    contactId: number,
    what: What,
    then: {
      readonly done: () => void;
      readonly failed: (code: string, now: Millis) => void;
    },
  ): ErasedWork {
    const { messageId, notice } = what;
    // A lone receipt is never receipted, so it offers nothing.
    const lone = messageId === null && notice === null;
    let offer: HealingOffer | null = null;
    return this.encrypt(
      key,
      contactId,
      () => {
        offer = lone ? null : this.d.streams.healing.due(contactId, this.d.now());
        return {
          ...this.bodyOf(contactId, what),
          ...offering(offer),
          ...(lone ? {} : this.closing(contactId)),
        };
      },
      {
        commit: (data, now) => {
          then.done();
          const made = this.d.ciphertexts.add(contactId, what, data, network.id, now);
          if (offer !== null) this.d.streams.healing.made(contactId, made.seq, offer);
          if (messageId === null) return;
          this.d.messages.numbered(messageId, made.seq);
          this.d.messages.note(messageId, 'encrypted', 0, 0, now);
          this.d.messages.advance(messageId, 'sending', now);
          this.showProgress(made.id, messageId, now);
        },
        fail: then.failed,
      },
    );
  }

  private closing(contactId: number): Envelope {
    const closed = this.d.renumbering.closed(contactId);
    return closed === null ? {} : { closed };
  }

  /** @param body what fails in it is this piece's failure, and holds up nothing else */
  private encrypt(
    key: string,
    contactId: number,
    body: () => Envelope,
    then: {
      readonly commit: (data: Uint8Array, now: Millis) => void;
      readonly fail: (code: string, now: Millis) => void;
    },
  ): ErasedWork {
    // Jobs run one at a time, so nothing is received between this line and the commit.
    const plaintext = this.plaintext(contactId, body);
    return erased<Encrypted>({
      name: 'encrypt',
      key,
      contactId,
      run: async (port, records) => {
        if (isAppError(plaintext)) throw plaintext;
        return await port.encrypt(records, peerName(contactId), plaintext);
      },
      commit: ({ ciphertext, writes }, now) => {
        // Blocked while it was encrypted: it waits, and is encrypted when the block ends.
        if (isBlocked(this.d.store, contactId)) return;
        applyWrites(this.d.store, writes);
        this.d.receipts.paid(contactId);
        then.commit(ciphertext, now);
      },
      fail: (error, now) => {
        if (isBlocked(this.d.store, contactId)) return;
        const code = isAppError(error) ? error.code : 'session-failed';
        then.fail(code, now);
        // Nobody answered for thirty days: the same would be said of everything written later.
        if (code === 'session-expired') this.d.endContact(contactId, code, now);
        this.d.alarm(code, now);
      },
    });
  }

  private plaintext(contactId: number, body: () => Envelope): Uint8Array | AppError {
    try {
      const readUpTo = this.d.readUpTo(contactId);
      const document = this.d.network()?.gossip(this.d.now()) ?? null;
      return encodeEnvelope({
        ...body(),
        receipt: this.d.received.receipt(contactId),
        unreadable: this.d.unreadable(contactId),
        ...(readUpTo === null ? {} : { readUpTo }),
        ...(document === null ? {} : { document }),
      });
    } catch (error) {
      if (isOfMachine(error)) throw error;
      return workFailed(error);
    }
  }

  // Writing --------------------------------------------------------------------------------

  onSent(put: PutEntry, retry: boolean, now: Millis): void {
    this.d.ciphertexts.sent(put.ref, put.part);
    this.note(put, put.copies > 0 ? 'copy-sent' : retry ? 'retry' : 'part-sent', now);
  }

  onStored(put: PutEntry, now: Millis): void {
    this.d.ciphertexts.stored(put.ref, put.part, put.copies, put.lastExpiryDay ?? null);
    const ciphertext = this.d.ciphertexts.get(put.ref);
    if (ciphertext === null) return;
    if (ciphertext.seq === 0) {
      // Nobody receipts a lone receipt. It has two copies like every other box: digests are
      // public, and boxes that stand in one of them only would be known for what they are.
      if (put.copies > 1) this.d.ciphertexts.remove(ciphertext.id);
      this.settle(ciphertext.contactId, now);
      return;
    }
    this.note(put, put.copies > 1 ? 'copy-stored' : 'part-stored', now);
    const { copies } = this.d.ciphertexts.progress(put.ref);
    if (copies > 0) {
      this.d.store.run(
        'UPDATE ciphertexts SET stored_at = coalesce(stored_at, ?) WHERE id = ?',
        Math.floor(now),
        put.ref,
      );
      if (ciphertext.messageId !== null) {
        this.d.messages.advance(ciphertext.messageId, 'stored', now);
      }
    }
    this.settle(ciphertext.contactId, now);
  }

  /** No further copy will be written. */
  onRetired(put: PutEntry): void {
    if (this.d.ciphertexts.get(put.ref)?.seq === 0) this.d.ciphertexts.remove(put.ref);
  }

  onTaken(put: PutEntry, now: Millis): void {
    this.d.alarm('box-taken', now);
    // With a copy of ours stored elsewhere an edge that says so must not make us write for ever.
    if (put.copies > 0) {
      this.onRetired(put);
      return;
    }
    // Perhaps a copy of this store wrote there: that is looked into before the part goes on, under
    // a number of its own.
    this.d.foreign(now);
    const ciphertext = this.d.ciphertexts.get(put.ref);
    if (ciphertext === null) return;
    const { contactId, seq, posts } = ciphertext;
    // Once: an edge that says so of every box must not make us encrypt for ever.
    const first = seq > 0 ? posts === 1 : this.d.renumbering.closed(contactId) === null;
    if (first) this.renumber(contactId);
    if (!first || seq === 0) this.move(put, now, now + movePause(put));
  }

  private renumber(contactId: number): void {
    this.d.renumbering.one(contactId, 0);
    this.d.kick();
  }

  onExhausted(put: PutEntry, _refused: boolean, now: Millis): void {
    // What was receipted may be here, or another text under its number: under one of its own both are.
    const owner = this.d.ciphertexts.get(put.ref);
    if (owner !== null && this.earlyOf(owner.contactId).length > 0) {
      this.renumber(owner.contactId);
      if (owner.seq > 0) return;
    }
    this.move(put, now, now + movePause(put));
    const ciphertext = this.d.ciphertexts.get(put.ref);
    if (ciphertext?.messageId != null && put.moves > 0) {
      this.d.messages.advance(ciphertext.messageId, 'unconfirmed', now);
    }
  }

  /** The same ciphertext goes into the next box of the stream (docs/spec/07-streams.md, 5). */
  private move(put: PutEntry, now: Millis, notBefore: Millis): void {
    const network = this.d.network();
    const ciphertext = this.d.ciphertexts.get(put.ref);
    if (network === null || ciphertext === null) return;
    if (ciphertext.seq === 0) {
      // A receipt is not moved: a new one, of what holds by then, is owed instead.
      this.d.ciphertexts.remove(ciphertext.id);
      this.d.owe(ciphertext.contactId, now);
      return;
    }
    this.d.ciphertexts.post(ciphertext, put.part, network.id, notBefore, put.moves + 1);
    this.note(put, 'moved', now);
  }

  private note(put: PutEntry, what: string, now: Millis): void {
    const ciphertext = this.d.ciphertexts.get(put.ref);
    if (ciphertext?.messageId == null) return;
    const { parts } = this.d.ciphertexts.progress(put.ref);
    this.d.messages.note(ciphertext.messageId, what, put.part + 1, parts, now);
    this.showProgress(put.ref, ciphertext.messageId, now);
  }

  private showProgress(ciphertextId: number, messageId: number, now: Millis): void {
    const { parts, sent, copies } = this.d.ciphertexts.progress(ciphertextId);
    this.d.messages.progress(messageId, parts, sent, copies, now);
  }

  // Receipts -------------------------------------------------------------------------------

  /** In the transaction that saved the envelope it came in. */
  onReceipt(contactId: number, receipt: Receipt, now: Millis): void {
    const highest = receipt.ranges.at(-1)?.[1] ?? receipt.upTo;
    const skipped = skipSequences(this.d.store, contactId, highest);
    const rows = this.d.store.all(
      'SELECT id, seq, stored_at, missed_at, posts FROM ciphertexts WHERE contact_id = ? AND seq BETWEEN 1 AND ?',
      contactId,
      highest,
    );
    const here = rows.filter((row) => covers(receipt, num(row, 'seq')));
    // What never left cannot be there: somebody else used these numbers, and whose text the receipt
    // is about cannot be known. So what is under way goes on under others.
    if (skipped || here.some((row) => this.d.ciphertexts.progress(num(row, 'id')).sent === 0)) {
      this.d.foreign(now);
      this.renumber(contactId);
      return;
    }
    for (const row of rows) {
      if (here.includes(row)) this.early.set(num(row, 'id'), num(row, 'seq'));
      else this.hole(row, now);
    }
    this.settle(contactId, now);
  }

  /** Receipted, and not yet known to be what the receipt is about. */
  private earlyOf(contactId: number): Ciphertext[] {
    const found: Ciphertext[] = [];
    for (const [id, seq] of this.early) {
      const ciphertext = this.d.ciphertexts.get(id);
      if (ciphertext?.seq !== seq) this.early.delete(id);
      else if (ciphertext.contactId === contactId) found.push(ciphertext);
    }
    return found;
  }

  /** In a transaction. */
  private settle(contactId: number, now: Millis): void {
    for (const ciphertext of this.earlyOf(contactId)) {
      // Numbers given anew were nobody's before.
      if (ciphertext.posts > 1 || this.d.ciphertexts.stands(ciphertext)) {
        this.receipted(ciphertext, now);
      }
    }
  }

  /** Meeting this contact failed for good: nothing more is written to them, and that is said. */
  abandon(contactId: number, reason: string, now: Millis): void {
    for (const row of this.d.store.all(
      'SELECT id FROM ciphertexts WHERE contact_id = ?',
      contactId,
    )) {
      this.d.ciphertexts.remove(num(row, 'id'));
    }
    this.d.store.run('DELETE FROM notices WHERE contact_id = ?', contactId);
    for (const row of this.d.store.all(
      "SELECT id FROM messages WHERE contact_id = ? AND direction = 'out'",
      contactId,
    )) {
      this.d.messages.advance(num(row, 'id'), 'failed', now, reason);
    }
  }

  /** Its streams begin anew: all that is under way waits for them. In a transaction. */
  recall(contactId: number): void {
    this.d.ciphertexts.recall(contactId);
  }

  private receipted(
    { id, contactId, seq, messageId, notice, body }: Ciphertext,
    now: Millis,
  ): void {
    this.early.delete(id);
    this.d.ciphertexts.remove(id);
    this.d.streams.healing.receipted(contactId, seq, now);
    this.d.renumbering.receipted(contactId, seq);
    if (notice === 'recovery') this.d.streams.roots.receipted(contactId, body, now);
    if (messageId === null) return;
    this.d.messages.note(messageId, 'receipt', 0, 0, now);
    this.d.messages.advance(messageId, 'delivered', now);
  }

  private hole(row: SqlRow, now: Millis): void {
    const storedAt = numOrNull(row, 'stored_at');
    if (storedAt === null) return;
    const missedAt = numOrNull(row, 'missed_at');
    if (missedAt === null) {
      this.d.store.run(
        'UPDATE ciphertexts SET missed_at = ? WHERE id = ?',
        Math.floor(now),
        num(row, 'id'),
      );
    } else if (now - missedAt >= patience(HOLE, num(row, 'posts')) && missedAt >= storedAt) {
      this.d.ciphertexts.askRenewal(num(row, 'id'));
      this.d.alarm('gap-repair', now);
    }
  }

  /**
   * The other side has these ciphertexts and cannot read them: encrypted anew at once, unless a
   * newer encryption is under way, and only so often, for a contact may say so for ever.
   */
  onUnreadable(contactId: number, list: readonly Unreadable[], now: Millis): void {
    for (const { seq, index } of list) {
      const row = this.d.store.get(
        `SELECT c.id, c.posts, max(p.idx) AS last FROM ciphertexts c
         JOIN progress p ON p.ciphertext_id = c.id
         WHERE c.contact_id = ? AND c.seq = ? AND c.renew = 0 GROUP BY c.id`,
        contactId,
        seq,
      );
      if (row === undefined || num(row, 'last') !== index) continue;
      if (num(row, 'posts') > MAX_PROMPT_RENEWALS) continue;
      this.d.ciphertexts.askRenewal(num(row, 'id'));
      this.d.alarm('gap-repair', now);
    }
  }

  /** Every five minutes: holes that no newer receipt has closed. */
  repairHoles(now: Millis): void {
    const rows = this.d.store.all(
      'SELECT id, missed_at, posts FROM ciphertexts WHERE missed_at < ? AND stored_at IS NOT NULL',
      Math.floor(now - SILENT_HOLE),
    );
    const due = rows.filter(
      (row) => now - num(row, 'missed_at') >= patience(SILENT_HOLE, num(row, 'posts')),
    );
    if (due.length === 0) return;
    this.d.store.transaction(() => {
      for (const row of due) this.d.ciphertexts.askRenewal(num(row, 'id'));
      this.d.alarm('gap-repair', now);
    });
    this.d.kick();
  }

  /** Hourly: what has waited half of its boxes' life for its receipt is written again. */
  renewAged(parameters: Parameters, now: Millis): void {
    this.d.store.transaction(() => {
      for (const row of this.d.store.all(
        `SELECT c.id, c.stored_at, c.posts, min(p.expires_day) AS day
         FROM ciphertexts c JOIN progress p ON p.ciphertext_id = c.id
         WHERE c.seq > 0 AND c.stored_at IS NOT NULL GROUP BY c.id`,
      )) {
        const storedAt = num(row, 'stored_at');
        const named = numOrNull(row, 'day');
        const life = lifeOf({ storedAt, named, posts: num(row, 'posts') }, parameters);
        if (now > storedAt + life / 2) this.d.ciphertexts.askRenewal(num(row, 'id'));
      }
    });
    this.d.kick();
  }
}

function offering(offer: HealingOffer | null): Envelope {
  return offer === null ? {} : { healing: offer };
}
