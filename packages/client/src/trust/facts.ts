/**
 * Facts about trust as rows, and the level they lead to as a column of the contact
 * (docs/spec/15-trust.md, 1). The level is written here and nowhere else, always with the fact that
 * moved it.
 */
import type { Millis, Rng } from '@tacet/base';
import type { EventLog } from '../events/log.ts';
import { MAX_TRUST_FACTS } from '../limits.ts';
import type { ProfileStore } from '../ports.ts';
import { num, numOrNull, text, textOrNull } from '../store/rows.ts';
import type { TrustFactView } from '../views.ts';
import {
  afterFact,
  levelOf,
  type Standing,
  type TrustFact,
  type TrustLevel,
  type TrustWarning,
  UNKNOWN,
} from './levels.ts';
import { addTrustLine } from './lines.ts';

export interface Voucher {
  readonly id: number;
  readonly name: string;
}

/** Saves a fact and what follows from it. In a transaction. */
export function writeFact(
  store: ProfileStore,
  contactId: number,
  fact: TrustFact,
  now: Millis,
  voucher: Voucher | null = null,
): Standing {
  const next = afterFact(standingOf(store, contactId), fact);
  store.run(
    'UPDATE contacts SET trust = ?, trust_base = ?, trust_warning = ? WHERE id = ?',
    levelOf(next),
    next.base,
    next.warning,
    contactId,
  );
  store.run(
    `INSERT INTO trust_facts (contact_id, at, what, level, by_id, by_name) VALUES (?, ?, ?, ?, ?, ?)`,
    contactId,
    Math.floor(now),
    fact,
    levelOf(next),
    voucher?.id ?? null,
    voucher?.name ?? null,
  );
  prune(store, contactId);
  return next;
}

/** How it began and how it stands; what was repeated in between gives way. */
function prune(store: ProfileStore, contactId: number): void {
  store.run(
    `DELETE FROM trust_facts WHERE id IN (
       SELECT id FROM trust_facts WHERE contact_id = ? ORDER BY id
       LIMIT max(0, (SELECT count(*) FROM trust_facts WHERE contact_id = ?) - ${MAX_TRUST_FACTS})
       OFFSET ${MAX_TRUST_FACTS / 8})`,
    contactId,
    contactId,
  );
}

export function standingOf(store: ProfileStore, contactId: number): Standing {
  const row = store.get(
    'SELECT trust, trust_base, trust_warning FROM contacts WHERE id = ?',
    contactId,
  );
  if (row === undefined) return UNKNOWN;
  return {
    base: text(row, 'trust_base') as Standing['base'],
    verified: text(row, 'trust') === 'verified',
    warning: textOrNull(row, 'trust_warning') as TrustWarning | null,
  };
}

export class TrustFacts {
  private readonly store: ProfileStore;
  private readonly events: EventLog;
  private readonly rng: Rng;

  constructor(store: ProfileStore, events: EventLog, rng: Rng) {
    this.store = store;
    this.events = events;
    this.rng = rng;
  }

  /** In a transaction. Whatever changes, windows are told. */
  record(contactId: number, fact: TrustFact, now: Millis, voucher: Voucher | null = null): void {
    const before = standingOf(this.store, contactId);
    const after = writeFact(this.store, contactId, fact, now, voucher);
    // The same again is no news: nobody fills a conversation with lines.
    if (levelOf(before) !== levelOf(after) || before.warning !== after.warning) {
      const { store, rng, events } = this;
      addTrustLine({ store, rng, events }, contactId, fact, now);
    }
    this.events.append(now, 'contact', String(contactId));
  }

  standing(contactId: number): Standing {
    return standingOf(this.store, contactId);
  }

  /** Oldest first. */
  list(contactId: number): TrustFactView[] {
    return this.store
      .all('SELECT * FROM trust_facts WHERE contact_id = ? ORDER BY id', contactId)
      .map((row) => ({
        at: num(row, 'at'),
        what: text(row, 'what') as TrustFact,
        level: text(row, 'level') as TrustLevel,
        by: textOrNull(row, 'by_name'),
        byId: numOrNull(row, 'by_id')?.toString() ?? null,
      }));
  }
}
