/**
 * "Why is it late?" in one answer (docs/spec/13-client-view.md 6): facts as they are stored or
 * hold just now, each with a stable code and a sentence. Nothing is guessed: a fact that cannot be
 * known from here (that somebody is away) is said as what is known (no sign since).
 */
import type { Millis } from '@tacet/base';
import type { PutQueue } from '../boxes/puts.ts';
import type { Contacts } from '../contacts/contacts.ts';
import type { Messages } from '../conversations/messages.ts';
import type { OwnBoxes } from '../copies/own-boxes.ts';
import type { Link } from '../network/link.ts';
import type { Network } from '../network/network.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import type { OwnLoops } from '../rhythm/own-loops.ts';
import { num, numOrNull, rowIdOf, text, textOrNull } from '../store/rows.ts';
import { sentenceOf, type WhyCode } from './sentences.ts';

export interface WhyFact {
  readonly code: WhyCode;
  /** Since when, or when; null: just now. */
  readonly at: Millis | null;
  readonly count: number | null;
  readonly sentence: string;
}

export interface WhyView {
  readonly id: string;
  readonly state: string;
  /** Slower than usual for this contact. */
  readonly late: boolean;
  /** What stands in the way first; the last says what is usual. */
  readonly facts: readonly WhyFact[];
}

export interface WhyDeps {
  readonly store: ProfileStore;
  readonly messages: Messages;
  readonly contacts: Contacts;
  readonly puts: PutQueue;
  readonly link: Link;
  readonly loops: OwnLoops;
  readonly ownBoxes: OwnBoxes;
  readonly network: () => Network | null;
  /** A contact's own p95, ms. */
  readonly usual: (contactId: number) => Millis | null;
}

export class Why {
  private readonly d: WhyDeps;

  constructor(deps: WhyDeps) {
    this.d = deps;
  }

  /** Throws `message-unknown`. */
  explain(id: string, now: Millis): WhyView {
    const row = this.d.messages.row(rowIdOf(id));
    const contactId = num(row, 'contact_id');
    const usual = this.d.usual(contactId);
    const view = this.d.messages.view(row, usual, now);
    const facts: WhyFact[] = [];
    const say = (code: WhyCode, at: Millis | null = null, count: number | null = null): void => {
      facts.push({ code, at, count, sentence: sentenceOf(code, at, count, now) });
    };
    const { state } = view;
    if (state === 'received' || state === 'delivered')
      say(state, view.deliveredAt ?? view.arrivedAt);
    else if (state === 'read') say('read', view.readAt);
    else if (state === 'failed') say('failed');
    else {
      this.here(say, now);
      this.onItsWay(row, contactId, say);
      if (usual !== null) say('usual', null, usual);
    }
    return { id, state, late: view.late, facts };
  }

  /** What holds everything up at this end. */
  private here(say: Say, now: Millis): void {
    const { link, ownBoxes, loops } = this.d;
    const network = this.d.network();
    if (network === null) say('no-network');
    else if (link.kind !== 'up') say('link-down');
    const pause = network?.pause(now) ?? null;
    if (pause !== null) say(pause);
    if (ownBoxes.copiedAt !== null) say('copied', ownBoxes.copiedAt);
    if (loops.suspects.length > 0) say('mix-suspected', null, loops.suspects.length);
  }

  private onItsWay(row: SqlRow, contactId: number, say: Say): void {
    const { store } = this.d;
    const contact = this.d.contacts.row(contactId);
    if (text(contact, 'state') === 'meeting') {
      say(textOrNull(contact, 'reason') === null ? 'meeting' : 'meeting-held');
    }
    const ciphertext = store.get(
      `SELECT id, stored_at, missed_at, posts, renew FROM ciphertexts WHERE message_id = ?
       ORDER BY id DESC LIMIT 1`,
      num(row, 'id'),
    );
    if (ciphertext === undefined) {
      say('ratchet');
      return;
    }
    const id = num(ciphertext, 'id');
    const waits = num(ciphertext, 'renew') === 1;
    // The one that is waited for is counted among them already.
    const renewed = num(ciphertext, 'posts') - 1 - (waits ? 1 : 0);
    if (renewed > 0) say('renewed', null, renewed);
    if (waits) say('ratchet');
    this.boxes(id, num(row, 'id'), say);
    const missed = numOrNull(ciphertext, 'missed_at');
    if (missed !== null) say('hole', missed);
    const stored = numOrNull(ciphertext, 'stored_at');
    if (stored === null) return;
    const copies = store.get(
      'SELECT min(copies) AS least FROM progress WHERE ciphertext_id = ?',
      id,
    );
    if (copies !== undefined && num(copies, 'least') < 2) say('one-copy', stored);
    say('not-fetched', stored);
    const heard = this.lastSign(contactId);
    if (heard !== null) say('last-sign', heard);
  }

  private boxes(ciphertextId: number, messageId: number, say: Say): void {
    const { store } = this.d;
    const waiting = store.all(
      `SELECT id, tries_a, tries_b FROM puts WHERE owner = 'part' AND ref = ? AND copies = 0`,
      ciphertextId,
    );
    const unsent = waiting.filter((put) => num(put, 'tries_a') + num(put, 'tries_b') === 0);
    const [first] = unsent;
    if (first !== undefined) {
      const ahead = store.get(
        'SELECT count(*) AS n FROM puts WHERE copies = 0 AND id < ?',
        num(first, 'id'),
      );
      say('slot', null, (ahead === undefined ? 0 : num(ahead, 'n')) + unsent.length);
    }
    const tries = waiting.reduce((n, put) => n + num(put, 'tries_a') + num(put, 'tries_b'), 0);
    if (tries > 0) say('tries', null, tries);
    if (waiting.some((put) => num(put, 'tries_a') > 1 || num(put, 'tries_b') > 1)) {
      say('edge-silent');
    }
    const moved = store.get(
      "SELECT count(*) AS n, max(at) AS at FROM evidence WHERE message_id = ? AND what = 'moved'",
      messageId,
    );
    if (moved !== undefined && num(moved, 'n') > 0) say('moved', num(moved, 'at'), num(moved, 'n'));
  }

  /** The newest thing known to have come from this contact. */
  private lastSign(contactId: number): Millis | null {
    const row = this.d.store.get(
      'SELECT max(max(coalesce(arrived_at, 0), coalesce(delivered_at, 0))) AS at FROM messages WHERE contact_id = ?',
      contactId,
    );
    const at = row === undefined ? null : numOrNull(row, 'at');
    return at === null || at === 0 ? null : at;
  }
}

type Say = (code: WhyCode, at?: Millis | null, count?: number | null) => void;
