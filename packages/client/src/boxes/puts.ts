/**
 * Boxes to write. Every entry is a saved row before its first try; a try is saved before its
 * frame leaves; an answer is saved before anybody is told. Entries with one copy wait for an
 * idle slot to write the second.
 */
import { AppError, equalBytes, type Millis, type Rng, randomBetween } from '@tacet/base';
import type { BoxAnswer, BoxRecord, Mark } from '@tacet/wire';
import { FILE_COPIES_BEHIND } from '../limits.ts';
import type { Network } from '../network/network.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import type { Plan, PlanSource } from '../rhythm/plan.ts';
import { Attempts } from '../store/attempt.ts';
import { blob, blobOrNull, num, numOrNull, text } from '../store/rows.ts';
import { isRetry, type PutEntry, pauseAfter, targetOf } from './put-entry.ts';

/** Who put a box here and wants to know what became of it. All calls are inside transactions. */
export interface PutOwner {
  onSent(put: PutEntry, retry: boolean, now: Millis): void;
  onStored(put: PutEntry, now: Millis): void;
  /** Other bytes already stand in this box: an alarm; the box is given up. */
  onTaken(put: PutEntry, now: Millis): void;
  /** Tries used up without a copy; the box is given up. `refused`: every answer said no. */
  onExhausted(put: PutEntry, refused: boolean, now: Millis): void;
  /** One copy stands, and tries for a second are used up or there is no second edge. */
  onRetired?(put: PutEntry): void;
}

export interface NewPut {
  readonly owner: string;
  readonly ref: number;
  readonly part: number;
  readonly priority: number;
  readonly contactId: number | null;
  readonly record: BoxRecord;
  readonly mark: Mark;
  readonly notBefore: Millis;
  readonly moves: number;
}

/** What a first copy counts as, by its priority. */
const KINDS: readonly Plan['what'][] = ['put', 'control', 'file'];
const FILE = KINDS.indexOf('file');

/** Owners whose boxes wait for the word that no copy of this store runs. */
const CONTENT: ReadonlySet<string> = new Set([
  'part',
  'beacon',
  'file',
  'restate',
  'rekey',
  'list',
]);

/** Owner of second copies whose thing is done. */
const NOBODY = 'rest';
const IGNORES: PutOwner = {
  onSent: () => undefined,
  onStored: () => undefined,
  onTaken: () => undefined,
  onExhausted: () => undefined,
};

export class PutQueue {
  private readonly store: ProfileStore;
  private readonly rng: Rng;
  private readonly network: () => Network | null;
  private readonly owners = new Map<string, PutOwner>();
  private readonly entries = new Map<number, PutEntry>();
  private readonly refusals = new Map<number, number>();

  private readonly attempts: Attempts;
  /** What an owner could not take an answer to: not tried before the next start. */
  private readonly resting = new Set<number>();

  constructor(
    store: ProfileStore,
    rng: Rng,
    network: () => Network | null,
    attempts = new Attempts(store),
  ) {
    this.store = store;
    this.attempts = attempts;
    this.rng = rng;
    this.network = network;
    this.owners.set(NOBODY, IGNORES);
    for (const row of store.all('SELECT * FROM puts ORDER BY id')) this.adopt(row);
  }

  register(owner: string, handler: PutOwner): void {
    this.owners.set(owner, handler);
  }

  /** Nothing but own boxes is written: a copy of this store is running. */
  paused = false;
  /** False while content waits for the word that no copy runs; meetings and own boxes go on. */
  mayWrite: (now: Millis) => boolean = () => true;
  /** Hears of what an owner could not save. */
  onFailed: (error: unknown, now: Millis) => void = () => undefined;

  /** In Transfer, where what is sent may be told from other boxes, first copies of parts go first. */
  copiesLast: () => boolean = () => false;

  /** First copies stored since start. */
  storedCount = 0;

  /** Boxes without a first copy, for which somebody waits. */
  get waiting(): number {
    let n = 0;
    for (const { copies, owner } of this.entries.values()) {
      if (copies === 0 && owner !== NOBODY) n++;
    }
    return n;
  }

  /** A first copy of content waits for its first try. */
  fresh(now: Millis): boolean {
    for (const entry of this.entries.values()) {
      const { copies, priority, inFlight, notBefore, triesA, triesB } = entry;
      const waits = copies === 0 && priority === 0 && !inFlight && notBefore <= now;
      if (waits && triesA + triesB === 0) return true;
    }
    return false;
  }

  private adopt(row: SqlRow): void {
    const entry: PutEntry = {
      id: num(row, 'id'),
      owner: text(row, 'owner'),
      ref: num(row, 'ref'),
      part: num(row, 'part'),
      priority: num(row, 'priority'),
      contactId: numOrNull(row, 'contact_id'),
      record: blob(row, 'record') as BoxRecord,
      mark: blob(row, 'mark') as Mark,
      moves: num(row, 'moves'),
      copies: num(row, 'copies'),
      firstEdge: blobOrNull(row, 'first_edge'),
      triesA: num(row, 'tries_a'),
      triesB: num(row, 'tries_b'),
      notBefore: num(row, 'not_before'),
      expiryDay: numOrNull(row, 'expiry_day'),
      inFlight: false,
    };
    this.entries.set(entry.id, entry);
  }

  /** As the store has it, where a transaction was taken back. Waits are kept here only. */
  restore(): void {
    const saved = new Set<number>();
    const columns = 'id, owner, ref, copies, first_edge, expiry_day';
    for (const row of this.store.all(`SELECT ${columns} FROM puts ORDER BY id`)) {
      const id = num(row, 'id');
      saved.add(id);
      const entry = this.entries.get(id);
      if (entry === undefined) {
        const whole = this.store.get('SELECT * FROM puts WHERE id = ?', id);
        if (whole !== undefined) this.adopt(whole);
        continue;
      }
      entry.owner = text(row, 'owner');
      entry.ref = num(row, 'ref');
      entry.copies = num(row, 'copies');
      entry.firstEdge = blobOrNull(row, 'first_edge');
      entry.expiryDay = numOrNull(row, 'expiry_day');
    }
    for (const id of this.entries.keys()) if (!saved.has(id)) this.entries.delete(id);
  }

  /** Saves a box to write. Inside the caller's transaction. */
  add(put: NewPut): void {
    const { rowId } = this.store.run(
      `INSERT INTO puts (owner, ref, part, priority, contact_id, record, mark, not_before, moves)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      put.owner,
      put.ref,
      put.part,
      put.priority,
      put.contactId,
      put.record,
      put.mark,
      Math.floor(put.notBefore),
      put.moves,
    );
    this.entries.set(rowId, {
      ...put,
      id: rowId,
      copies: 0,
      firstEdge: null,
      triesA: 0,
      triesB: 0,
      expiryDay: null,
      inFlight: false,
    });
  }

  /**
   * One owner's thing is receipted, revoked or done: boxes that were never sent are forgotten. One
   * that stands, or may stand because its answer is not there yet, gets both copies all the same:
   * digests are public, and a box that stands in one of them only would show that it was answered
   * soon. In a transaction.
   */
  cancel(owner: string, ref: number): void {
    this.store.run(
      'DELETE FROM puts WHERE owner = ? AND ref = ? AND tries_a + tries_b = 0',
      owner,
      ref,
    );
    this.store.run(
      'UPDATE puts SET owner = ?, ref = 0 WHERE owner = ? AND ref = ?',
      NOBODY,
      owner,
      ref,
    );
    for (const [id, entry] of this.entries) {
      if (entry.owner !== owner || entry.ref !== ref) continue;
      if (entry.triesA + entry.triesB === 0) this.entries.delete(id);
      entry.owner = NOBODY;
      entry.ref = 0;
    }
  }

  /** The clock was set back by so much. In a transaction. */
  setBack(by: Millis): void {
    this.store.run('UPDATE puts SET not_before = max(0, not_before - ?)', Math.floor(by));
    for (const entry of this.entries.values()) entry.notBefore -= by;
  }

  of(owner: string, ref: number): PutEntry[] {
    return [...this.entries.values()].filter((e) => e.owner === owner && e.ref === ref);
  }

  /** First copies of an owner that are not stored. */
  count(owner: string): number {
    let n = 0;
    for (const entry of this.entries.values()) if (entry.owner === owner && entry.copies === 0) n++;
    return n;
  }

  /** Whose boxes wait. */
  refs(owner: string): number[] {
    const of = [...this.entries.values()].filter((entry) => entry.owner === owner);
    return [...new Set(of.map(({ ref }) => ref))];
  }

  /** First copies of one priority, in order of entry. */
  first(priority: number): PlanSource {
    return { next: (now, retries) => this.plan(now, retries, 0, priority) };
  }

  /** Second copies; those of files not while these wait for first ones. */
  second(): PlanSource {
    return {
      next: (now, retries) =>
        this.plan(now, retries, 1, null, this.copiesLast() && !this.manyCopies()),
    };
  }

  /** Second copies of parts of files that `second` left out. */
  secondOfFiles(): PlanSource {
    return {
      next: (now, retries) => (this.copiesLast() ? this.plan(now, retries, 1, FILE) : null),
    };
  }

  /** Each of them holds its record in memory: there is an end to putting them off. */
  private manyCopies(): boolean {
    let n = 0;
    for (const { copies, priority } of this.entries.values()) {
      if (copies > 0 && priority === FILE) n++;
    }
    return n >= FILE_COPIES_BEHIND;
  }

  private plan(
    now: Millis,
    retries: boolean,
    copies: 0 | 1,
    priority: number | null,
    noFiles = false,
  ): Plan | null {
    const network = this.network();
    const current = network?.current(now) ?? null;
    if (network === null || current === null) return null;
    const content = this.mayWrite(now);
    for (const entry of this.entries.values()) {
      if (entry.inFlight || entry.copies !== copies || entry.notBefore > now) continue;
      if (this.resting.has(entry.id)) continue;
      if (this.paused && entry.owner !== 'own') continue;
      if (!content && CONTENT.has(entry.owner)) continue;
      if (priority !== null && entry.priority !== priority) continue;
      if (noFiles && entry.priority === FILE) continue;
      const target = targetOf(entry, network.places(current, entry.mark));
      // Where both homes have left the network another box is as good as after vain tries.
      if (
        target.kind === 'exhausted' ||
        (target.kind === 'try' && !network.reaches(current, target.edge))
      ) {
        this.giveUp(entry, now);
        continue;
      }
      if (target.kind === 'done') {
        this.retire(entry, now);
        continue;
      }
      const retry = isRetry(entry);
      if (retry && !retries) continue;
      const { edge, slot } = target;
      return {
        what: copies === 1 ? 'copy' : (KINDS[entry.priority] ?? 'control'),
        edge,
        request: { kind: 'put', record: entry.record },
        retry,
        onSent: (at) => this.sent(entry, slot, retry, at),
        settle: (answer, at) => this.settle(entry, edge, answer, at),
        late: (answer, at) => {
          if (this.entries.get(entry.id) !== entry || answer.status !== 'stored') return;
          this.stored(entry, edge, answer.expiryDay, at);
        },
      };
    }
    return null;
  }

  /** False: it could not be saved, and does not leave. */
  private sent(entry: PutEntry, slot: 'A' | 'B', retry: boolean, now: Millis): boolean {
    const failure = this.attempts.saved(() => {
      const column = slot === 'A' ? 'tries_a' : 'tries_b';
      this.store.run(`UPDATE puts SET ${column} = ${column} + 1 WHERE id = ?`, entry.id);
      this.owner(entry).onSent(entry, retry, now);
    });
    if (failure !== null) {
      this.rest(entry, failure.error, now);
      return false;
    }
    entry.inFlight = true;
    if (slot === 'A') entry.triesA++;
    else entry.triesB++;
    return true;
  }

  private settle(entry: PutEntry, edge: Uint8Array, answer: BoxAnswer | null, now: Millis): void {
    entry.inFlight = false;
    // Cancelled or dropped meanwhile.
    if (this.entries.get(entry.id) !== entry) return;
    if (answer === null || answer.status === 'read') {
      // No answer: not a refusal, and never a reason to forget. The next try is jittered.
      entry.notBefore = now + pauseAfter(this.rng, entry.triesA + entry.triesB);
      return;
    }
    if (answer.status === 'refused') {
      this.refusals.set(entry.id, (this.refusals.get(entry.id) ?? 0) + 1);
      entry.notBefore = now + pauseAfter(this.rng, entry.triesA + entry.triesB);
      return;
    }
    if (answer.status === 'taken') {
      this.end(entry, now, (owner) => owner.onTaken(entry, now));
      return;
    }
    this.stored(entry, edge, answer.expiryDay, now);
  }

  private stored(entry: PutEntry, edge: Uint8Array, expiryDay: number, now: Millis): void {
    // Known already: of two tries there, one was answered late.
    if (entry.firstEdge !== null && equalBytes(entry.firstEdge, edge)) return;
    const network = this.network();
    const parameters = network?.current(now)?.parameters;
    if (entry.copies === 0) this.storedCount += 1;
    const failure = this.attempts.saved(() => {
      entry.copies += 1;
      entry.firstEdge ??= edge;
      entry.expiryDay = Math.min(entry.expiryDay ?? expiryDay, expiryDay);
      entry.lastExpiryDay = expiryDay;
      entry.notBefore =
        now +
        (parameters === undefined
          ? 0
          : randomBetween(this.rng, parameters.secondCopyMinMs, parameters.secondCopyMaxMs));
      this.store.run(
        'UPDATE puts SET copies = ?, first_edge = ?, expiry_day = ?, not_before = ? WHERE id = ?',
        entry.copies,
        entry.firstEdge,
        entry.expiryDay,
        Math.floor(entry.notBefore),
        entry.id,
      );
      this.owner(entry).onStored(entry, now);
      if (entry.copies >= 2) this.drop(entry);
    });
    if (failure !== null) this.rest(entry, failure.error, now);
  }

  /** Its owner hears what became of it, and it is written no more. */
  private end(entry: PutEntry, now: Millis, tell: (owner: PutOwner) => void): void {
    const failure = this.attempts.saved(() => {
      this.drop(entry);
      tell(this.owner(entry));
    });
    if (failure !== null) this.rest(entry, failure.error, now);
  }

  private rest({ id }: PutEntry, error: unknown, now: Millis): void {
    this.resting.add(id);
    this.onFailed(error, now);
  }

  private giveUp(entry: PutEntry, now: Millis): void {
    const refused = (this.refusals.get(entry.id) ?? 0) >= entry.triesA + entry.triesB;
    this.end(entry, now, (owner) => owner.onExhausted(entry, refused, now));
  }

  private retire(entry: PutEntry, now: Millis): void {
    this.end(entry, now, (owner) => owner.onRetired?.(entry));
  }

  private drop(entry: PutEntry): void {
    this.store.run('DELETE FROM puts WHERE id = ?', entry.id);
    this.entries.delete(entry.id);
    this.refusals.delete(entry.id);
  }

  private owner(entry: PutEntry): PutOwner {
    const owner = this.owners.get(entry.owner);
    if (owner === undefined) throw new AppError('put-owner', 'bug', 'a box without an owner');
    return owner;
  }
}
