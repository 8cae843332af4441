/**
 * Safety numbers (docs/spec/08-sessions.md, 7): worked out by the session's own code when a window
 * asks, and compared by people. What they say is a fact about trust.
 */
import { AppError, type Millis } from '@tacet/base';
import type { OwnIdentity } from '../meeting/identity.ts';
import type { SqlRow } from '../ports.ts';
import { type ErasedWork, erased, type JobSource } from '../sessions/jobs.ts';
import { blobOrNull, num, text } from '../store/rows.ts';
import type { SafetyNumberView, TrustFactView } from '../views.ts';
import type { TrustDeps } from './deps.ts';

interface Wanted {
  readonly contactId: number;
  readonly identityKey: Uint8Array;
  readonly address: Uint8Array;
  readonly answer: PromiseWithResolvers<SafetyNumberView>;
}

export class Safety implements JobSource {
  private readonly d: TrustDeps;
  private readonly wanted: Wanted[] = [];

  constructor(deps: TrustDeps) {
    this.d = deps;
  }

  facts(idOrName: string): TrustFactView[] {
    return this.d.facts.list(num(this.d.contacts.find(idOrName), 'id'));
  }

  /** Sixty digits to compare, the same at both ends. Throws `verification-early`. */
  number(idOrName: string, now: Millis): Promise<SafetyNumberView> {
    this.d.at(now);
    const keys = completeKeys(this.d.contacts.find(idOrName));
    const answer = Promise.withResolvers<SafetyNumberView>();
    this.wanted.push({ ...keys, answer });
    this.d.kick();
    return answer.promise;
  }

  /**
   * What two people found who compared their numbers.
   * @param found `taken-back`: an earlier word is no longer meant
   */
  compared(idOrName: string, found: 'same' | 'different' | 'taken-back', now: Millis): void {
    this.d.at(now);
    const { contactId } = completeKeys(this.d.contacts.find(idOrName));
    this.d.store.transaction(() => {
      if (found === 'same') this.d.facts.record(contactId, 'number-same', now);
      else if (found === 'different') this.d.facts.record(contactId, 'number-differs', now);
      else if (this.d.facts.standing(contactId).verified) {
        this.d.facts.record(contactId, 'withdrawn', now);
      }
    });
  }

  nextJob(): ErasedWork | null {
    const one = this.wanted[0];
    if (one === undefined) return null;
    return erased<string>({
      name: 'safety-number',
      key: 'safety-number',
      // In the job, whose failure has somebody who waits for it.
      run: async (port) => {
        const own = ownParty(this.d.identities.ofContact(one.contactId));
        const { identityKey, address } = one;
        return await port.safetyNumber(own, { identityKey, address });
      },
      commit: (digits) => {
        this.wanted.shift();
        one.answer.resolve({ contactId: String(one.contactId), digits });
      },
      fail: (error) => {
        this.wanted.shift();
        one.answer.reject(error);
      },
    });
  }
}

function ownParty(identity: OwnIdentity): { identityKey: Uint8Array; address: Uint8Array } {
  return { identityKey: identity.identityKey, address: identity.keySetHash };
}

/** What is said to a blocked contact would wait for the end of the block. Throws `contact-blocked`. */
export function checkReached(row: SqlRow): void {
  if (row['blocked_at'] === null) return;
  throw new AppError('contact-blocked', 'refused', 'this contact is blocked; unblock it first');
}

export interface CompleteKeys {
  readonly contactId: number;
  readonly identityKey: Uint8Array;
  readonly address: Uint8Array;
}

/**
 * Keys of the session in use that match the hash of their key set. Throws `verification-early`
 * before all have come, `session-of-before` once others were named for it.
 */
export function completeKeys(row: SqlRow): CompleteKeys {
  const identityKey = blobOrNull(row, 'identity_key');
  const address = blobOrNull(row, 'key_set_hash');
  if (
    text(row, 'state') !== 'ready' ||
    identityKey === null ||
    address === null ||
    row['mldsa65'] === null
  ) {
    throw new AppError(
      'verification-early',
      'state',
      'the session with this contact is not complete yet; try again when it is ready',
    );
  }
  if (num(row, 'key_number') > 0) {
    throw new AppError(
      'session-of-before',
      'state',
      'their keys are new and the session is of before: meet again, then verify',
    );
  }
  return { contactId: num(row, 'id'), identityKey, address };
}
