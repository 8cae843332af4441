/**
 * Introductions (docs/spec/15-trust.md, 6): a contact brings two of theirs together. The first is
 * asked and makes a one-time invitation, the introducer hands it to the second. Both check the
 * keys that come against those the introducer named.
 */
import { AppError, DAY, equalBytes, isAppError, type Millis, randomBytes } from '@tacet/base';
import { textBytes } from '../content/cbor.ts';
import { MAX_INTRODUCTION_NOTE, MAX_INTRODUCTIONS, MAX_INTRODUCTIONS_OF } from '../limits.ts';
import { peerGivenName } from '../meeting/given-name.ts';
import { notJoined } from '../meeting/invitations.ts';
import type { SqlRow } from '../ports.ts';
import { blob, blobOrNull, num, numOrNull, text } from '../store/rows.ts';
import type { IntroductionView } from '../views.ts';
import { type Card, decodeCard, encodeCard, type Introduced, TOKEN_BYTES } from './card.ts';
import type { Voucher } from './facts.ts';
import type { InPersonDeps } from './in-person.ts';
import { introducedLine, introducerLine, metLine } from './introduction-lines.ts';
import { addLine } from './lines.ts';
import { checkReached, completeKeys } from './safety.ts';

/** An invitation lives as long as a box; so does what hangs on it. */
const LIFE: Millis = 21 * DAY;
/** Ended ones are listed for so long. */
const SHOWN: Millis = 30 * DAY;
type State = IntroductionView['state'];

const OPEN = "state IN ('asked', 'offered', 'preparing', 'answered', 'passed', 'meeting')";

/** The line of a version that does not know cards, or this step. */
const LINES: Readonly<Record<Exclude<Card['kind'], 'unknown'>, string>> = {
  offer: 'Wants to introduce you to somebody. A newer version of Tacet is needed.',
  pass: 'Wants to introduce you to somebody. A newer version of Tacet is needed.',
  agree: 'Agrees to be introduced.',
  decline: 'Does not want to be introduced.',
  known: 'Knows them already.',
  taken: 'Takes up the introduction.',
};

export interface IntroductionDeps extends InPersonDeps {
  /** A time as contacts are told it. */
  readonly told: (now: Millis) => Millis;
}

export class Introductions {
  private readonly d: IntroductionDeps;

  constructor(deps: IntroductionDeps) {
    this.d = deps;
  }

  list(): IntroductionView[] {
    return this.d.store
      .all('SELECT * FROM introductions ORDER BY id DESC')
      .map((row) => this.view(row));
  }

  /**
   * Offers to bring two contacts together; the first is asked first.
   * Throws `introduction-same`, `introduction-open`, `introductions-full`, `verification-early`,
   * `contact-blocked`, `identity-other`.
   */
  introduce(first: string, second: string, note: string, now: Millis): IntroductionView {
    this.d.at(now);
    const rows = [this.d.contacts.find(first), this.d.contacts.find(second)] as const;
    const [one, other] = [completeKeys(rows[0]), completeKeys(rows[1])];
    for (const row of rows) checkReached(row);
    if (numOrNull(rows[0], 'identity_id') !== numOrNull(rows[1], 'identity_id')) {
      throw new AppError(
        'identity-other',
        'usage',
        'they know you as two people; being introduced by both would show that you are one',
      );
    }
    if (equalBytes(one.address, other.address)) {
      throw new AppError('introduction-same', 'usage', 'these two are the same person');
    }
    if (textBytes(note) > MAX_INTRODUCTION_NOTE || !note.isWellFormed()) {
      throw new AppError('text-too-long', 'usage', 'the note is longer than 512 bytes');
    }
    const open = this.d.store.get(
      `SELECT 1 AS one FROM introductions WHERE role = 'introducer' AND ${OPEN}
       AND (contact_id = ? AND other_id = ? OR contact_id = ? AND other_id = ?)`,
      one.contactId,
      other.contactId,
      other.contactId,
      one.contactId,
    );
    if (open !== undefined) {
      throw new AppError('introduction-open', 'state', 'you are introducing these two already');
    }
    if (this.count(OPEN) >= MAX_INTRODUCTIONS) throw full();
    const token = randomBytes(this.d.rng, TOKEN_BYTES);
    const id = this.d.store.transaction(() => {
      const who = this.introduced(other.contactId, note);
      const made = this.insert('introducer', one.contactId, other.contactId, token, who, now);
      this.say(one.contactId, { kind: 'offer', token, ...who }, now);
      return made;
    });
    this.d.kick();
    return this.view(this.row(id));
  }

  /** The user's word on an introduction. Throws `introduction-unknown`, `introduction-over`. */
  decide(id: string, accept: boolean, now: Millis): IntroductionView {
    this.d.at(now);
    const row = this.row(Number(id));
    if (text(row, 'state') !== 'offered' || num(row, 'ends_at') <= now) {
      throw new AppError(
        'introduction-over',
        'state',
        'this introduction waits for no word of yours',
      );
    }
    this.d.store.transaction(() => {
      if (accept) this.accept(row, now);
      else this.reply(row, 'declined', 'decline', now);
    });
    this.d.kick();
    return this.view(this.row(num(row, 'id')));
  }

  /** In a transaction. */
  private accept(row: SqlRow, now: Millis): void {
    const id = num(row, 'id');
    const voucher = this.voucher(num(row, 'contact_id'));
    const known = this.contactOf(blob(row, 'key_set_hash'), num(row, 'contact_id'));
    if (known !== null) {
      // No second contact: what the introducer says is one more fact about the one that is here.
      this.d.facts.record(known, 'introduced', now, voucher);
      this.d.store.run('UPDATE introductions SET other_id = ? WHERE id = ?', known, id);
      this.reply(row, 'known', 'known', now);
      return;
    }
    if (this.d.network() === null) throw notJoined();
    // As the identity the introducer knows: it must not learn of another.
    const as = this.d.identities.idOfContact(num(row, 'contact_id'));
    if (text(row, 'role') === 'first') {
      const invitation = this.d.invitations.createHidden('introduction', now, as);
      this.d.store.run('UPDATE introductions SET invitation_id = ? WHERE id = ?', invitation, id);
      this.move(id, 'preparing', now);
      return;
    }
    const contactId = this.d.visits.open(
      {
        secret: blob(row, 'secret'),
        expects: blob(row, 'key_set_hash'),
        identity: as,
        name: text(row, 'name'),
        firstWords: '',
        how: 'introduction',
        by: voucher,
      },
      now,
    );
    this.d.store.run(
      'UPDATE introductions SET other_id = ?, secret = NULL WHERE id = ?',
      contactId,
      id,
    );
    this.reply(row, 'meeting', 'taken', now);
  }

  /** A card came. True: it is a line of the conversation. In the transaction that saves it. */
  onCard(contactId: number, bytes: Uint8Array, now: Millis): boolean {
    const card = this.read(bytes, now);
    if (card === null) return false;
    switch (card.kind) {
      case 'offer':
      case 'pass':
        return this.offered(contactId, card, now);
      case 'agree':
        this.agreed(contactId, card.token, card.secret, now);
        return false;
      case 'decline':
      case 'known':
      case 'taken':
        this.answered(contactId, card, now);
        return false;
      case 'unknown':
        return true;
    }
  }

  private read(bytes: Uint8Array, now: Millis): Card | null {
    try {
      return decodeCard(bytes);
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      this.d.alarm('content-malformed', now);
      return null;
    }
  }

  private offered(
    contactId: number,
    card: Extract<Card, { kind: 'offer' | 'pass' }>,
    now: Millis,
  ): boolean {
    const from = this.d.contacts.row(contactId);
    const introducer = blobOrNull(from, 'key_set_hash');
    const { keySetHash, token } = card;
    if (
      introducer === null ||
      this.d.blocked(introducer, blobOrNull(from, 'identity_key')) ||
      this.d.blocked(keySetHash, null)
    ) {
      return false;
    }
    const role = card.kind === 'offer' ? 'first' : 'second';
    const known = this.d.identities.ofContact(contactId).keySetHash;
    if (equalBytes(keySetHash, known) || equalBytes(keySetHash, introducer)) {
      // To oneself, or to the introducer: there is nobody to meet.
      this.d.alarm('introduction-same', now);
      this.say(contactId, { kind: 'decline', token }, now);
      return false;
    }
    if (this.d.identities.isOwn(keySetHash)) {
      // To another identity of this profile: an answer by itself would tell that both are one.
      this.d.alarm('introduction-same', now);
      return false;
    }
    if (this.find(contactId, token, role) !== undefined) return false;
    const waiting = this.count("state = 'offered' AND contact_id = ?", contactId);
    if (waiting >= MAX_INTRODUCTIONS_OF || this.count(OPEN) >= MAX_INTRODUCTIONS) {
      this.d.alarm('introductions-full', now);
      return false;
    }
    const who = { keySetHash, name: peerGivenName(card.name), note: card.note };
    const id = this.insert(role, contactId, null, token, who, now);
    if (card.kind === 'pass') {
      this.d.store.run('UPDATE introductions SET secret = ? WHERE id = ?', card.secret, id);
    }
    return true;
  }

  /** The first agrees: their invitation goes to the second, and is kept nowhere. */
  private agreed(contactId: number, token: Uint8Array, secret: Uint8Array, now: Millis): void {
    const row = this.find(contactId, token, 'introducer');
    const second = row === undefined ? null : numOrNull(row, 'other_id');
    if (row === undefined || second === null || text(row, 'state') !== 'asked') return;
    // Either may have ended meanwhile, or have other keys than those they were introduced by.
    if (![contactId, second].every((id) => isAsMet(this.d.contacts.row(id)))) return;
    const who = this.introduced(contactId, text(row, 'note'));
    this.say(second, { kind: 'pass', token, ...who, secret }, now);
    this.move(num(row, 'id'), 'passed', now);
  }

  private answered(contactId: number, card: Card, now: Millis): void {
    const row = this.d.store.get(
      `SELECT * FROM introductions WHERE token = ? AND role = 'introducer'
       AND (contact_id = ? AND state = 'asked' OR other_id = ? AND state = 'passed')`,
      card.token,
      contactId,
      contactId,
    );
    if (row === undefined) return;
    const first = num(row, 'contact_id') === contactId;
    if (card.kind === 'decline') {
      this.move(num(row, 'id'), first ? 'declined' : 'declined-second', now);
    } else if (card.kind === 'known') this.move(num(row, 'id'), 'known', now);
    else if (!first) this.move(num(row, 'id'), 'taken', now);
  }

  /** An invitation of ours is stored: the introducer gets it. In a transaction. */
  ready(invitationId: number, now: Millis): void {
    const row = this.ofInvitation(invitationId);
    const offered = row === undefined ? null : this.d.invitations.offered(invitationId);
    if (row === undefined || offered === null || text(row, 'state') !== 'preparing') return;
    const { secret } = offered;
    this.say(num(row, 'contact_id'), { kind: 'agree', token: blob(row, 'token'), secret }, now);
    this.move(num(row, 'id'), 'answered', now);
    this.d.kick();
  }

  /** Why who answered is not whom the introducer named. In a transaction. */
  refuses(
    invitationId: number,
    keySetHash: Uint8Array,
    now: Millis,
  ): 'introduction-replaced' | null {
    const row = this.ofInvitation(invitationId);
    if (row === undefined || equalBytes(blob(row, 'key_set_hash'), keySetHash)) return null;
    this.move(num(row, 'id'), 'replaced', now);
    return 'introduction-replaced';
  }

  /** The meeting of a second ended before its session spoke. In a transaction. */
  failed(contactId: number, reason: string, now: Millis): void {
    const row = this.meetingWith(contactId);
    if (row === undefined) return;
    this.move(num(row, 'id'), reason === 'introduction-replaced' ? 'replaced' : 'expired', now);
  }

  /** The answer to an invitation of ours came, from whom it was made for. In a transaction. */
  answeredBy(contactId: number, invitationId: number, now: Millis): void {
    const row = this.ofInvitation(invitationId);
    if (row === undefined) return;
    const voucher = this.voucher(num(row, 'contact_id'));
    this.d.facts.record(contactId, 'met-by-introduction', now, voucher);
    const sql = 'UPDATE introductions SET other_id = ? WHERE id = ?';
    this.d.store.run(sql, contactId, num(row, 'id'));
    this.met(row, contactId, now);
  }

  /** The session with a contact has spoken for the first time. In a transaction. */
  spoken(contactId: number, now: Millis): void {
    const row = this.meetingWith(contactId);
    if (row !== undefined) this.met(row, contactId, now);
  }

  private met(row: SqlRow, contactId: number, now: Millis): void {
    this.move(num(row, 'id'), 'met', now);
    const introducer = this.d.contacts.row(num(row, 'contact_id'));
    const line = metLine(text(introducer, 'name'));
    addLine(this.d, contactId, line, blobOrNull(introducer, 'key_set_hash'), now);
  }

  private meetingWith(contactId: number): SqlRow | undefined {
    return this.d.store.get(
      "SELECT * FROM introductions WHERE other_id = ? AND role = 'second' AND state = 'meeting'",
      contactId,
    );
  }

  /** Every few minutes. */
  expire(now: Millis): void {
    const { store } = this.d;
    for (const row of store.all(
      `SELECT id FROM introductions WHERE ends_at <= ? AND ${OPEN}`,
      Math.floor(now),
    )) {
      store.transaction(() => this.move(num(row, 'id'), 'expired', now));
    }
    store.run(
      `DELETE FROM introductions WHERE moved_at <= ? AND NOT ${OPEN}`,
      Math.floor(now - SHOWN),
    );
  }

  private introduced(contactId: number, note: string): Introduced {
    const row = this.d.contacts.row(contactId);
    // What they call themselves: the name in the own list is nobody else's business.
    return { keySetHash: completeKeys(row).address, name: text(row, 'given_name'), note };
  }

  private voucher(contactId: number): Voucher {
    return { id: contactId, name: text(this.d.contacts.row(contactId), 'name') };
  }

  /** Who has those keys and knows the same identity of ours as the introducer: others must not come up. */
  private contactOf(keySetHash: Uint8Array, introducer: number): number | null {
    const shown = (id: number): Uint8Array => this.d.identities.ofContact(id).keySetHash;
    const row = this.d.store
      .all(
        "SELECT id FROM contacts WHERE key_set_hash = ? AND state = 'ready' ORDER BY id",
        keySetHash,
      )
      .find((one) => equalBytes(shown(num(one, 'id')), shown(introducer)));
    return row === undefined ? null : num(row, 'id');
  }

  private say(contactId: number, card: Card, now: Millis): void {
    if (card.kind === 'unknown') return;
    this.d.say(contactId, {
      content: {
        type: 'card',
        contentId: randomBytes(this.d.rng, 16),
        sentAt: this.d.told(now),
        shown: LINES[card.kind],
        card: encodeCard(card),
      },
    });
  }

  private reply(row: SqlRow, state: State, kind: 'decline' | 'known' | 'taken', now: Millis): void {
    this.say(num(row, 'contact_id'), { kind, token: blob(row, 'token') }, now);
    this.d.store.run('UPDATE introductions SET secret = NULL WHERE id = ?', num(row, 'id'));
    this.move(num(row, 'id'), state, now);
  }

  private insert(
    role: 'introducer' | 'first' | 'second',
    contactId: number,
    otherId: number | null,
    token: Uint8Array,
    who: Introduced,
    now: Millis,
  ): number {
    const at = Math.floor(now);
    const { rowId } = this.d.store.run(
      `INSERT INTO introductions
         (token, role, state, contact_id, other_id, key_set_hash, name, note, at, moved_at, ends_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      token,
      role,
      role === 'introducer' ? 'asked' : 'offered',
      contactId,
      otherId,
      who.keySetHash,
      who.name,
      who.note,
      at,
      at,
      at + LIFE,
    );
    this.tell(this.row(rowId), null, now);
    return rowId;
  }

  private move(id: number, state: State, now: Millis): void {
    const before = this.row(id);
    this.d.store.run(
      'UPDATE introductions SET state = ?, moved_at = ? WHERE id = ?',
      state,
      Math.floor(now),
      id,
    );
    this.tell(this.row(id), text(before, 'state') as State, now);
  }

  /** Lines in the conversations it concerns. @param before null: it was made just now */
  private tell(row: SqlRow, before: State | null, now: Millis): void {
    const state = text(row, 'state') as State;
    const contactId = num(row, 'contact_id');
    const second = numOrNull(row, 'other_id');
    const about = blob(row, 'key_set_hash');
    this.d.events.append(now, 'contact', String(contactId));
    const add = (to: number, line: string | null, whom: Uint8Array | null): void => {
      if (line !== null) addLine(this.d, to, line, whom, now);
    };
    if (text(row, 'role') !== 'introducer') {
      add(contactId, introducedLine(state, text(row, 'name')), about);
      return;
    }
    if (second === null) return;
    // In the own list they are called what the user calls them.
    const [one, other] = [this.d.contacts.row(contactId), this.d.contacts.row(second)];
    add(contactId, introducerLine(before, state, 'first', text(other, 'name')), about);
    const line = introducerLine(before, state, 'second', text(one, 'name'));
    add(second, line, blobOrNull(one, 'key_set_hash'));
  }

  private find(contactId: number, token: Uint8Array, role: string): SqlRow | undefined {
    return this.d.store.get(
      'SELECT * FROM introductions WHERE contact_id = ? AND token = ? AND role = ?',
      contactId,
      token,
      role,
    );
  }

  private ofInvitation(invitationId: number): SqlRow | undefined {
    return this.d.store.get('SELECT * FROM introductions WHERE invitation_id = ?', invitationId);
  }

  private count(where: string, ...values: number[]): number {
    const row = this.d.store.get(
      `SELECT count(*) AS n FROM introductions WHERE ${where}`,
      ...values,
    );
    return row === undefined ? 0 : num(row, 'n');
  }

  private row(id: number): SqlRow {
    const row = this.d.store.get('SELECT * FROM introductions WHERE id = ?', id);
    if (row === undefined) {
      throw new AppError('introduction-unknown', 'missing', 'there is no such introduction');
    }
    return row;
  }

  private view(row: SqlRow): IntroductionView {
    const other = numOrNull(row, 'other_id');
    return {
      id: String(num(row, 'id')),
      role: text(row, 'role') as IntroductionView['role'],
      state: text(row, 'state') as IntroductionView['state'],
      contactId: String(num(row, 'contact_id')),
      otherId: other === null ? null : String(other),
      name: text(row, 'name'),
      note: text(row, 'note'),
      at: num(row, 'at'),
      movedAt: num(row, 'moved_at'),
      endsAt: num(row, 'ends_at'),
    };
  }
}

function full(): AppError {
  return new AppError(
    'introductions-full',
    'refused',
    'too many introductions are open; wait until some are over',
  );
}

/** The session speaks for the keys that are known: what is said of them holds. */
function isAsMet(contact: SqlRow): boolean {
  return text(contact, 'state') === 'ready' && num(contact, 'key_number') === 0;
}
