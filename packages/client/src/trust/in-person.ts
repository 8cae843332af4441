/**
 * Meeting in person (docs/spec/15-trust.md, 4): each shows a code and scans the other's. Contacts
 * verify each other so; strangers meet and verify. A mark is given only to who was scanned here
 * and proved to have scanned us, so a photograph of a code is worth nothing.
 */
import {
  AppError,
  compareBytes,
  DAY,
  equalBytes,
  MINUTE,
  type Millis,
  randomBytes,
} from '@tacet/base';
import { MAX_OWN_CODES, MAX_SCANS } from '../limits.ts';
import { peerGivenName } from '../meeting/given-name.ts';
import { type Invitations, notJoined } from '../meeting/invitations.ts';
import type { Visits } from '../meeting/visits.ts';
import type { SqlRow } from '../ports.ts';
import { blob, blobOrNull, num, numOrNull, text } from '../store/rows.ts';
import type { MeetCodeView, ScanView } from '../views.ts';
import type { TrustDeps } from './deps.ts';
import { decodeMeetCode, encodeMeetCode, type MeetCode, scanProof } from './meet-code.ts';

/** A code is taken for so long after it was made. */
const CODE_LIFE: Millis = 10 * MINUTE;
/** Clocks of two people may differ by so much. */
const CLOCKS: Millis = 2 * MINUTE;
/** What a guest answered in time may still come; then its invitation is taken back. */
const GRACE: Millis = 30 * MINUTE;
/** Both must have scanned within so long, however late the proof arrives. */
const PROOF_LIFE: Millis = 3 * DAY;

export interface InPersonDeps extends TrustDeps {
  readonly invitations: Invitations;
  readonly visits: Visits;
  readonly blocked: (keySetHash: Uint8Array, identityKey: Uint8Array | null) => boolean;
}

/** A contact by id or name, or an identity; neither: the profile's own. */
export interface As {
  readonly contact?: string;
  readonly identity?: string;
}

export class InPerson {
  private readonly d: InPersonDeps;

  constructor(deps: InPersonDeps) {
    this.d = deps;
  }

  /**
   * A fresh code to show. Its text stands there once its invitation is stored.
   * @param as as whom: what a contact knows this profile as, an identity, or the profile's own
   */
  code(as: As, now: Millis): MeetCodeView {
    this.d.at(now);
    if (this.d.network() === null) throw notJoined();
    const identity =
      as.contact === undefined
        ? this.d.identities.find(as.identity)
        : this.d.identities.idOfContact(num(this.d.contacts.find(as.contact), 'id'));
    const id = this.d.store.transaction(() => {
      this.expire(now);
      const count = this.d.store.get('SELECT count(*) AS n FROM own_codes');
      if (count !== undefined && num(count, 'n') >= MAX_OWN_CODES) {
        throw new AppError('meet-full', 'refused', 'too many codes were made; wait a while');
      }
      const invitation = this.d.invitations.createHidden('in person', now, identity);
      const { rowId } = this.d.store.run(
        `INSERT INTO own_codes (nonce, invitation_id, made_at, ends_at, identity_id)
         VALUES (?, ?, ?, ?, ?)`,
        randomBytes(this.d.rng, 16),
        invitation,
        Math.floor(now),
        // In whole minutes, as the code tells it.
        Math.floor((now + CODE_LIFE) / MINUTE) * MINUTE,
        identity,
      );
      return rowId;
    });
    this.d.kick();
    return this.codeView(String(id), now);
  }

  /** Throws `meet-unknown`. */
  codeView(id: string, now: Millis): MeetCodeView {
    const row = this.d.store.get('SELECT * FROM own_codes WHERE id = ?', Number(id));
    const network = this.d.network();
    if (row === undefined || network === null) {
      throw new AppError('meet-unknown', 'missing', 'there is no such code any more');
    }
    const endsAt = num(row, 'ends_at');
    const offered = this.d.invitations.offered(num(row, 'invitation_id'));
    const identity = this.d.identities.of(numOrNull(row, 'identity_id'));
    const ended = endsAt <= now;
    const shown =
      offered === null || ended
        ? null
        : encodeMeetCode({
            keySetHash: identity.keySetHash,
            nonce: blob(row, 'nonce'),
            secret: offered.secret,
            network: network.id.subarray(0, 8),
            endsAt,
            name: identity.name,
          });
    const state = ended ? 'ended' : shown === null ? 'preparing' : 'ready';
    return { id, state, text: shown, endsAt, identity: identity.name };
  }

  /**
   * The other's code was scanned.
   * @param as whom the user means to scan: another's code is refused; or as whom this profile scans
   * Throws `meet-malformed`, `meet-newer`, `invitation-network`, `meet-own`, `meet-expired`,
   * `meet-other-person`, `contact-blocked`.
   */
  scan(given: string, as: As, now: Millis): ScanView {
    this.d.at(now);
    const code = decodeMeetCode(given);
    const meant = as.contact === undefined ? null : this.d.contacts.find(as.contact);
    this.refuse(code, meant, now);
    const identity = this.scansAs(code, meant, as.identity, now);
    const id = this.d.store.transaction(() => this.take(code, identity, now));
    this.d.kick();
    return this.scanView(this.row(id), now);
  }

  /**
   * As whom a code is scanned: as the contact that is meant knows this profile, as was chosen, as the
   * newest code that is shown here says, as a contact with these keys knows it, as itself.
   */
  private scansAs(
    code: MeetCode,
    meant: SqlRow | null,
    chosen: string | undefined,
    now: Millis,
  ): number | null {
    const { identities, store } = this.d;
    if (meant !== null) return identities.idOfContact(num(meant, 'id'));
    if (chosen !== undefined) return identities.find(chosen);
    const shown = store.get(
      'SELECT identity_id FROM own_codes WHERE ends_at > ? ORDER BY id DESC LIMIT 1',
      Math.floor(now - CLOCKS),
    );
    if (shown !== undefined) return numOrNull(shown, 'identity_id');
    const [known] = this.contactsOf(code.keySetHash);
    return known === undefined ? null : numOrNull(known, 'identity_id');
  }

  private refuse(code: MeetCode, meant: SqlRow | null, now: Millis): void {
    const network = this.d.network();
    if (network === null) throw notJoined();
    if (!equalBytes(code.network, network.id.subarray(0, 8))) {
      throw new AppError('invitation-network', 'refused', 'this code belongs to another network');
    }
    if (this.d.identities.isOwn(code.keySetHash)) {
      throw new AppError('meet-own', 'usage', 'this is your own code; scan the other person’s');
    }
    if (now > code.endsAt + CLOCKS || code.endsAt > now + CODE_LIFE + CLOCKS) {
      throw new AppError(
        'meet-expired',
        'refused',
        'this code is not of now: a photograph of an old one, or a clock is wrong; ask for a fresh one',
      );
    }
    if (this.d.blocked(code.keySetHash, null)) {
      throw new AppError('contact-blocked', 'refused', 'this person is blocked');
    }
    const theirs = meant === null ? null : blobOrNull(meant, 'key_set_hash');
    if (meant !== null && (theirs === null || !equalBytes(theirs, code.keySetHash))) {
      throw new AppError(
        'meet-other-person',
        'refused',
        'this code is not that contact’s: either it is somebody else’s, or somebody stands between you',
      );
    }
  }

  private take(code: MeetCode, identity: number | null, now: Millis): number {
    const { store, identities } = this.d;
    const again = store.get('SELECT id FROM scans WHERE nonce = ?', code.nonce);
    if (again !== undefined) return num(again, 'id');
    store.run(
      'DELETE FROM scans WHERE id NOT IN (SELECT id FROM scans ORDER BY id DESC LIMIT ?)',
      MAX_SCANS - 1,
    );
    const own = identities.of(identity).keySetHash;
    const known = this.contactOf(code.keySetHash, own);
    const { rowId } = store.run(
      'INSERT INTO scans (key_set_hash, nonce, name, at, identity_id) VALUES (?, ?, ?, ?, ?)',
      code.keySetHash,
      code.nonce,
      peerGivenName(code.name),
      Math.floor(now),
      identity,
    );
    if (known !== null) this.found(known, now);
    else if (isGuest(own, code.keySetHash)) {
      const { secret, keySetHash: expects } = code;
      const guest = { secret, expects, identity, name: null, firstWords: '' };
      const contactId = this.d.visits.open({ ...guest, how: 'person' }, now);
      store.run('UPDATE scans SET contact_id = ? WHERE id = ?', contactId, rowId);
    }
    return rowId;
  }

  /**
   * Contacts with this key set that have not ended: one person may be met under several identities.
   * Where it was only named, and the session is of before, they are met anew.
   */
  private contactsOf(keySetHash: Uint8Array): readonly SqlRow[] {
    return this.d.store.all(
      `SELECT * FROM contacts WHERE key_set_hash = ? AND key_number = 0
         AND state IN ('meeting', 'ready') ORDER BY id`,
      keySetHash,
    );
  }

  /** @param own key-set hash by which they know this profile */
  private contactOf(keySetHash: Uint8Array, own: Uint8Array): number | null {
    const row = this.contactsOf(keySetHash).find((one) =>
      equalBytes(this.ownHash(num(one, 'id')), own),
    );
    return row === undefined ? null : num(row, 'id');
  }

  private ownHash(contactId: number): Uint8Array {
    return this.d.identities.ofContact(contactId).keySetHash;
  }

  /**
   * Keys of this contact became known, or were scanned: what was scanned of them is theirs, and
   * they are told. In a transaction.
   */
  found(contactId: number, now: Millis): void {
    const { store } = this.d;
    const keySetHash = blobOrNull(this.d.contacts.row(contactId), 'key_set_hash');
    if (keySetHash === null) return;
    const own = this.ownHash(contactId);
    for (const row of store.all(
      'SELECT id, nonce, identity_id FROM scans WHERE key_set_hash = ? AND proved = 0 AND at > ?',
      keySetHash,
      Math.floor(now - PROOF_LIFE),
    )) {
      if (!this.isAs(row, own)) continue;
      store.run(
        'UPDATE scans SET contact_id = ?, proved = 1 WHERE id = ?',
        contactId,
        num(row, 'id'),
      );
      this.prove(contactId, blob(row, 'nonce'), keySetHash);
    }
    this.settle(contactId, now);
    this.d.events.append(now, 'contact', String(contactId));
  }

  /** Whether a code was shown, or scanned, under these keys of ours. */
  private isAs(row: SqlRow, own: Uint8Array): boolean {
    return equalBytes(this.d.identities.of(numOrNull(row, 'identity_id')).keySetHash, own);
  }

  private prove(contactId: number, nonce: Uint8Array, keySetHash: Uint8Array): void {
    const value = scanProof(nonce, this.ownHash(contactId), keySetHash);
    this.d.say(contactId, { step: { kind: 'scan', value } });
  }

  /** The contact says to have scanned a code of ours. In a transaction. */
  onProof(contactId: number, value: Uint8Array, now: Millis): void {
    const { store } = this.d;
    const own = this.ownHash(contactId);
    const theirs = blobOrNull(this.d.contacts.row(contactId), 'key_set_hash');
    if (theirs === null) return;
    const code = store
      .all('SELECT * FROM own_codes')
      .find(
        (row) =>
          this.isAs(row, own) && equalBytes(scanProof(blob(row, 'nonce'), theirs, own), value),
      );
    if (code === undefined) {
      this.d.alarm('meet-unproven', now);
      return;
    }
    store.run(
      `INSERT INTO scan_proofs (contact_id, code_id, at) VALUES (?, ?, ?)
       ON CONFLICT (contact_id) DO UPDATE SET code_id = excluded.code_id, at = excluded.at`,
      contactId,
      num(code, 'id'),
      Math.floor(now),
    );
    this.settle(contactId, now);
    this.d.events.append(now, 'contact', String(contactId));
  }

  /** Both have scanned, and all keys are here: verified. In a transaction. */
  settle(contactId: number, now: Millis): void {
    const { store } = this.d;
    const since = Math.floor(now - PROOF_LIFE);
    const proof = store.get(
      'SELECT 1 AS one FROM scan_proofs WHERE contact_id = ? AND at > ?',
      contactId,
      since,
    );
    const scan = store.get(
      `SELECT id FROM scans WHERE contact_id = ? AND verified_at IS NULL AND at > ?
         AND key_set_hash = (SELECT key_set_hash FROM contacts WHERE id = ?)`,
      contactId,
      since,
      contactId,
    );
    if (proof === undefined || scan === undefined) return;
    const row = this.d.contacts.row(contactId);
    if (text(row, 'state') !== 'ready' || row['mldsa65'] === null) return;
    if (num(row, 'key_number') > 0) return;
    store.run('UPDATE scans SET verified_at = ? WHERE id = ?', Math.floor(now), num(scan, 'id'));
    store.run('DELETE FROM scan_proofs WHERE contact_id = ?', contactId);
    this.d.facts.record(contactId, 'scanned', now);
  }

  /** Codes scanned lately, newest first. */
  scans(now: Millis): ScanView[] {
    return this.d.store
      .all('SELECT * FROM scans ORDER BY id DESC')
      .map((row) => this.scanView(row, now));
  }

  private row(id: number): SqlRow {
    const row = this.d.store.get('SELECT * FROM scans WHERE id = ?', id);
    if (row === undefined) throw new AppError('meet-unknown', 'missing', 'no such scan');
    return row;
  }

  private scanView(row: SqlRow, now: Millis): ScanView {
    const contactId = numOrNull(row, 'contact_id');
    const verified = numOrNull(row, 'verified_at');
    const late = num(row, 'at') <= now - PROOF_LIFE;
    return {
      id: String(num(row, 'id')),
      at: num(row, 'at'),
      name: text(row, 'name'),
      contactId: contactId === null ? null : String(contactId),
      verifiedAt: verified,
      state: verified !== null ? 'verified' : late ? 'ended' : 'waiting',
    };
  }

  /** Every few minutes: invitations of codes that nobody answered are taken back. */
  expire(now: Millis): void {
    const { store } = this.d;
    for (const row of store.all(
      'SELECT id, invitation_id FROM own_codes WHERE ends_at <= ?',
      Math.floor(now - GRACE),
    )) {
      store.transaction(() => this.d.invitations.withdraw(num(row, 'invitation_id'), now));
    }
    // Kept longer: a proof may come late.
    store.run('DELETE FROM own_codes WHERE ends_at <= ?', Math.floor(now - PROOF_LIFE));
  }
}

/** Both scan each other's code, and one of them answers: who has the lower address. */
export function isGuest(own: Uint8Array, other: Uint8Array): boolean {
  return compareBytes(own, other) < 0;
}
