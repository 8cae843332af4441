/**
 * Requests that came to own addresses and wait for a decision (docs/spec/16-addresses.md, 4). Text
 * only; nothing is answered, fetched or receipted before the owner accepts. Nothing in a request
 * is proven until then.
 */
import { AppError, DAY, dayOf, type Millis } from '@tacet/base';
import type { Blocklist } from '../contacts/blocklist.ts';
import type { Messages } from '../conversations/messages.ts';
import type { EventLog } from '../events/log.ts';
import { MAX_DECIDED_REQUESTS, MAX_REQUESTS, MAX_REQUESTS_A_DAY } from '../limits.ts';
import { peerGivenName } from '../meeting/given-name.ts';
import type { Visits, Words } from '../meeting/visits.ts';
import type { Network } from '../network/network.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { addressWords } from '../status/words.ts';
import { blob, num, rowIdOf, text } from '../store/rows.ts';
import type { Request } from './boxes.ts';
import type { RequestView } from './views.ts';

export interface RequestInboxDeps {
  readonly store: ProfileStore;
  readonly events: EventLog;
  readonly blocklist: Blocklist;
  readonly network: () => Network | null;
  readonly messages: Messages;
  readonly visits: () => Visits;
}

/** What became of a request that was read: `known` also stands for one nobody wants to see. */
export type Taken = 'shown' | 'known' | 'full';

export class RequestInbox {
  private readonly d: RequestInboxDeps;

  constructor(deps: RequestInboxDeps) {
    this.d = deps;
  }

  /** In the transaction that forgets its box. One that finds no room is not remembered. */
  take(addressId: number, request: Request, now: Millis): Taken {
    const lifeDays = this.d.network()?.current(now)?.parameters.boxLifeDays ?? 21;
    const endsDay = Math.min(request.endsDay, dayOf(now) + lifeDays + 1);
    if (endsDay <= dayOf(now)) return 'known';
    const { store } = this.d;
    const { invitation } = request;
    const known =
      store.get('SELECT 1 AS one FROM address_requests WHERE invitation = ?', invitation) ??
      store.get('SELECT 1 AS one FROM visits WHERE secret = ?', invitation) ??
      store.get('SELECT 1 AS one FROM invitations WHERE secret = ?', invitation);
    if (known !== undefined || this.d.blocklist.has(request.keySetHash, null)) return 'known';
    if (this.waitingAt(null) >= MAX_REQUESTS || this.today(addressId, now) >= MAX_REQUESTS_A_DAY) {
      return 'full';
    }
    const { rowId } = store.run(
      `INSERT INTO address_requests
         (address_id, invitation, key_set_hash, content_id, name, text, state, came_at, ends_day)
       VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?)`,
      addressId,
      invitation,
      request.keySetHash,
      request.contentId,
      peerGivenName(request.name),
      request.text,
      Math.floor(now),
      endsDay,
    );
    this.tell(rowId, now);
    return 'shown';
  }

  private today(addressId: number, now: Millis): number {
    const row = this.d.store.get(
      'SELECT shown FROM addresses WHERE id = ? AND day = ?',
      addressId,
      dayOf(now),
    );
    return row === undefined ? 0 : num(row, 'shown');
  }

  /** @param addressId null: at all addresses */
  waitingAt(addressId: number | null): number {
    const row = this.d.store.get(
      "SELECT count(*) AS n FROM address_requests WHERE state = 'waiting' AND (? IS NULL OR address_id = ?)",
      addressId,
      addressId,
    );
    return row === undefined ? 0 : num(row, 'n');
  }

  /** Oldest first. */
  list(): RequestView[] {
    return this.d.store
      .all("SELECT * FROM address_requests WHERE state = 'waiting' ORDER BY id")
      .map((row) => this.view(row));
  }

  /**
   * Answers it as its guest; from here on it is a meeting like every other. Returns the contact.
   * @param words the name as `cleanName` gives it
   */
  accept(
    id: string,
    words: Words,
    identityOf: (address: number) => number | null,
    now: Millis,
  ): number {
    const row = this.waiting(id);
    const { name, firstWords, identity } = words;
    return this.d.store.transaction(() => {
      const contactId = this.d.visits().open(
        {
          secret: blob(row, 'invitation'),
          expects: blob(row, 'key_set_hash'),
          how: 'request',
          name: name ?? text(row, 'name'),
          firstWords,
          // The one the address shows, unless another is chosen.
          identity: identity === undefined ? identityOf(num(row, 'address_id')) : identity,
        },
        now,
      );
      this.decide(num(row, 'id'), 'accepted', now);
      const said = text(row, 'text');
      if (said !== '') {
        const contentId = blob(row, 'content_id');
        const sentAt = num(row, 'came_at');
        const content = { type: 'text', contentId, sentAt, text: said } as const;
        this.d.messages.addReceived(contactId, content, new Uint8Array(0), now);
      }
      return contactId;
    });
  }

  delete(id: string, now: Millis): void {
    const row = this.waiting(id);
    this.d.store.transaction(() => this.decide(num(row, 'id'), 'deleted', now));
  }

  /** Further requests that claim these keys are dropped unseen. */
  block(id: string, now: Millis): void {
    const row = this.waiting(id);
    const keySetHash = blob(row, 'key_set_hash');
    this.d.store.transaction(() => {
      this.d.blocklist.add(keySetHash, null, now);
      for (const other of this.d.store.all(
        "SELECT id FROM address_requests WHERE state = 'waiting' AND key_set_hash = ?",
        keySetHash,
      )) {
        this.decide(num(other, 'id'), 'blocked', now);
      }
    });
  }

  /** Text, name and claim go with the decision; the invitation's secret stays, so it is known. */
  private decide(id: number, state: 'accepted' | 'deleted' | 'blocked', now: Millis): void {
    this.d.store.run(
      "UPDATE address_requests SET state = ?, name = '', text = '', key_set_hash = x'' WHERE id = ?",
      state,
      id,
    );
    this.tell(id, now);
  }

  /** Hourly: requests whose invitation has run out, waiting or decided. */
  expire(now: Millis): void {
    const today = dayOf(now);
    const { store } = this.d;
    store.transaction(() => {
      for (const row of store.all(
        "SELECT id FROM address_requests WHERE state = 'waiting' AND ends_day <= ?",
        today,
      )) {
        this.tell(num(row, 'id'), now);
      }
      // Kept a few days longer than its boxes may stand anywhere.
      store.run(
        "DELETE FROM address_requests WHERE (state = 'waiting' AND ends_day <= ?) OR ends_day <= ?",
        today,
        today - 3,
      );
      store.run(
        `DELETE FROM address_requests WHERE state <> 'waiting' AND id NOT IN
           (SELECT id FROM address_requests WHERE state <> 'waiting' ORDER BY id DESC LIMIT ?)`,
        MAX_DECIDED_REQUESTS,
      );
    });
  }

  private waiting(id: string): SqlRow {
    const row = this.d.store.get('SELECT * FROM address_requests WHERE id = ?', rowIdOf(id));
    if (row === undefined) {
      throw new AppError('request-unknown', 'missing', 'there is no such request');
    }
    if (text(row, 'state') !== 'waiting') {
      throw new AppError('request-decided', 'state', 'this request was decided already');
    }
    return row;
  }

  private tell(id: number, now: Millis): void {
    this.d.events.append(now, 'request', String(id));
  }

  private view(row: SqlRow): RequestView {
    return {
      id: String(num(row, 'id')),
      addressId: String(num(row, 'address_id')),
      name: text(row, 'name'),
      text: text(row, 'text'),
      claims: addressWords(blob(row, 'key_set_hash')),
      cameAt: num(row, 'came_at'),
      endsAt: num(row, 'ends_day') * DAY,
    };
  }
}
