/**
 * Runs of the short code with contacts (docs/spec/15-trust.md, 3): saved at every step, so a
 * restart goes on in the middle; few in a day, and all of them shown.
 */
import { AppError, DAY, HOUR, type Millis, randomBytes } from '@tacet/base';
import { MAX_CODE_RUNS } from '../limits.ts';
import type { SqlRow } from '../ports.ts';
import { blob, num, text, textOrNull } from '../store/rows.ts';
import type { CodeView } from '../views.ts';
import type { TrustDeps } from './deps.ts';
import { checkReached, completeKeys } from './safety.ts';
import {
  answer,
  begin,
  gives,
  isOpen,
  type Moved,
  onStep,
  type Party,
  type Run,
} from './short-code.ts';
import { RUN_BYTES, type Step } from './steps.ts';

/** After its last step. */
const LIFE: Millis = HOUR;
/** Ended runs are shown for so long. */
const SHOWN: Millis = 30 * DAY;

export class Codes {
  private readonly d: TrustDeps;

  constructor(deps: TrustDeps) {
    this.d = deps;
  }

  /** Throws `verification-early`, `contact-blocked`, `code-open`, `code-limit`. */
  start(idOrName: string, now: Millis): CodeView {
    this.d.at(now);
    const row = this.d.contacts.find(idOrName);
    const { contactId, ...peer } = completeKeys(row);
    checkReached(row);
    const had = this.newest(contactId);
    if (had !== null && isOpen(had)) {
      throw new AppError('code-open', 'state', 'a short code is being compared already');
    }
    if (this.spent(contactId, now) >= MAX_CODE_RUNS) throw limit();
    this.d.store.transaction(() => {
      const { rng, identities } = this.d;
      const moved = begin(
        randomBytes(rng, RUN_BYTES),
        randomBytes(rng, 32),
        ownParty(identities.ofContact(contactId)),
        peer,
      );
      this.insert(contactId, moved, now);
    });
    this.d.kick();
    return this.view(contactId, now);
  }

  get(idOrName: string, now: Millis): CodeView {
    return this.view(num(this.d.contacts.find(idOrName), 'id'), now);
  }

  /**
   * What our user saw. Throws `code-missing` unless there is a code to compare, and for *same*
   * `session-of-before` where the keys changed meanwhile: the code speaks for those of before.
   */
  say(idOrName: string, found: 'same' | 'different', now: Millis): CodeView {
    this.d.at(now);
    const contact = this.d.contacts.find(idOrName);
    const contactId = num(contact, 'id');
    const run = this.newest(contactId);
    if (run === null || run.state !== 'compare') {
      throw new AppError('code-missing', 'state', 'there is no short code to compare just now');
    }
    if (found === 'same') completeKeys(contact);
    this.d.store.transaction(() => {
      const fact = found === 'same' ? 'code-same' : 'code-differs';
      this.save(
        contactId,
        { run: { ...run, state: found }, send: [{ kind: found, run: run.id }] },
        now,
      );
      this.d.facts.record(contactId, fact, now);
    });
    this.d.kick();
    return this.view(contactId, now);
  }

  stop(idOrName: string, now: Millis): CodeView {
    this.d.at(now);
    const contactId = num(this.d.contacts.find(idOrName), 'id');
    const run = this.newest(contactId);
    if (run !== null && isOpen(run)) {
      this.d.store.transaction(() => {
        this.save(
          contactId,
          { run: { ...run, state: 'stopped' }, send: [{ kind: 'stop', run: run.id }] },
          now,
        );
      });
      this.d.kick();
    }
    return this.view(contactId, now);
  }

  /** In the transaction that saved the envelope. */
  onStep(contactId: number, step: Step, now: Millis): void {
    const keys = this.keysOf(contactId);
    if (keys === null) return;
    const had = this.newest(contactId);
    if (step.kind === 'commit') {
      if (had !== null && !gives(had, step)) return;
      this.onCommit(contactId, had, step, now);
      return;
    }
    const moved = had === null ? null : onStep(had, step, keys.own, keys.peer);
    if (moved === null) return;
    this.save(contactId, moved, now);
    if (moved.run.state === 'broken') this.d.alarm('code-broken', now);
    if (step.kind === 'different') this.d.facts.record(contactId, 'code-differs-there', now);
  }

  private onCommit(
    contactId: number,
    had: Run | null,
    commit: Extract<Step, { kind: 'commit' }>,
    now: Millis,
  ): void {
    // Begun at once by both: it is one run, and counts once.
    const same = had !== null && isOpen(had) && had.role === 'first';
    if (!same && this.spent(contactId, now) >= MAX_CODE_RUNS) {
      this.d.say(contactId, { step: { kind: 'stop', run: commit.run } });
      this.d.alarm('code-limit', now);
      return;
    }
    if (had !== null && isOpen(had)) {
      this.save(contactId, { run: { ...had, state: 'stopped' }, send: [] }, now);
      if (same) this.forget(had);
    }
    this.insert(contactId, answer(commit, randomBytes(this.d.rng, 32)), now);
  }

  /** Every few minutes. */
  expire(now: Millis): void {
    const { store } = this.d;
    for (const row of store.all(
      "SELECT * FROM code_runs WHERE state IN ('waiting', 'compare') AND (moved_at <= ? OR moved_at > ?)",
      Math.floor(now - LIFE),
      // A clock that was set back.
      Math.floor(now + LIFE),
    )) {
      store.transaction(() => {
        this.save(
          num(row, 'contact_id'),
          { run: { ...runOf(row), state: 'expired' }, send: [] },
          now,
        );
      });
    }
    store.run('DELETE FROM code_runs WHERE moved_at <= ?', Math.floor(now - SHOWN));
  }

  private keysOf(contactId: number): { readonly own: Party; readonly peer: Party } | null {
    try {
      const own = ownParty(this.d.identities.ofContact(contactId));
      return { own, peer: completeKeys(this.d.contacts.row(contactId)) };
    } catch {
      // Not before the whole key set has come: the step is dropped, and the run ends by its time.
      return null;
    }
  }

  private newest(contactId: number): Run | null {
    const row = this.d.store.get(
      'SELECT * FROM code_runs WHERE contact_id = ? ORDER BY id DESC LIMIT 1',
      contactId,
    );
    return row === undefined ? null : runOf(row);
  }

  /** Runs of the last day, whoever began them: each was one guess. */
  private spent(contactId: number, now: Millis): number {
    const row = this.d.store.get(
      'SELECT count(*) AS n FROM code_runs WHERE contact_id = ? AND began_at > ?',
      contactId,
      Math.floor(now - DAY),
    );
    return row === undefined ? 0 : num(row, 'n');
  }

  private insert(contactId: number, moved: Moved, now: Millis): void {
    const { id, role, nonce, commitment } = moved.run;
    this.d.store.run(
      `INSERT INTO code_runs (contact_id, run, role, state, nonce, commitment, began_at, moved_at)
       VALUES (?, ?, ?, 'waiting', ?, ?, ?, ?)`,
      contactId,
      id,
      role,
      nonce,
      commitment,
      Math.floor(now),
      Math.floor(now),
    );
    this.send(contactId, moved, now);
  }

  private save(contactId: number, moved: Moved, now: Millis): void {
    const { id, state, code, peerSaid } = moved.run;
    this.d.store.run(
      `UPDATE code_runs SET state = ?, code = ?, peer_said = ?, moved_at = ?
       WHERE contact_id = ? AND run = ?`,
      state,
      code,
      peerSaid,
      Math.floor(now),
      contactId,
      id,
    );
    this.send(contactId, moved, now);
  }

  private send(contactId: number, { send }: Moved, now: Millis): void {
    for (const step of send) this.d.say(contactId, { step });
    this.d.events.append(now, 'contact', String(contactId));
  }

  private forget({ id }: Run): void {
    this.d.store.run('DELETE FROM code_runs WHERE run = ?', id);
  }

  private view(contactId: number, now: Millis): CodeView {
    const row = this.d.store.get(
      'SELECT * FROM code_runs WHERE contact_id = ? ORDER BY id DESC LIMIT 1',
      contactId,
    );
    const spent = this.spent(contactId, now);
    const left = Math.max(0, MAX_CODE_RUNS - spent);
    if (row === undefined) {
      return {
        contactId: String(contactId),
        state: 'none',
        code: null,
        peerSaid: null,
        beganAt: null,
        movedAt: null,
        byUs: false,
        spent,
        left,
      };
    }
    const run = runOf(row);
    return {
      contactId: String(contactId),
      state: run.state,
      // Not shown any more once somebody spoke: it is no secret, and no longer of use.
      code: run.state === 'compare' ? run.code : null,
      peerSaid: run.peerSaid,
      beganAt: num(row, 'began_at'),
      movedAt: num(row, 'moved_at'),
      byUs: run.role === 'first',
      spent,
      left,
    };
  }
}

function ownParty({ identityKey, keySetHash }: TrustDeps['identity']): Party {
  return { identityKey, address: keySetHash };
}

function runOf(row: SqlRow): Run {
  return {
    id: blob(row, 'run'),
    role: text(row, 'role') as Run['role'],
    state: text(row, 'state') as Run['state'],
    nonce: blob(row, 'nonce'),
    commitment: blob(row, 'commitment'),
    code: textOrNull(row, 'code'),
    peerSaid: textOrNull(row, 'peer_said') as Run['peerSaid'],
  };
}

function limit(): AppError {
  return new AppError(
    'code-limit',
    'refused',
    'short codes were tried three times today with this contact; try again tomorrow, or compare safety numbers',
  );
}
