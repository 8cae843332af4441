/**
 * The short code as a state machine (docs/spec/15-trust.md, 3): commit, answer, reveal, compare.
 * Whoever stands between the two must fix its own nonce before it knows theirs, so it has one
 * guess in a million for each run. Pure: what to send and to save is what it returns.
 */
import { compareBytes, equalBytes } from '@tacet/base';
import { hash } from '@tacet/crypto';
import type { Step } from './steps.ts';

export interface Party {
  readonly identityKey: Uint8Array;
  readonly address: Uint8Array;
}

/** One run between us and a contact. */
export interface Run {
  readonly id: Uint8Array;
  /** `first` committed, `second` answers. */
  readonly role: 'first' | 'second';
  /**
   * `waiting` for the other's nonce; `compare`: both see the code; the others are ends.
   * `same`: we said so; `different`: one of both said so.
   */
  readonly state: 'waiting' | 'compare' | 'same' | 'different' | 'stopped' | 'expired' | 'broken';
  readonly nonce: Uint8Array;
  readonly commitment: Uint8Array;
  readonly code: string | null;
  readonly peerSaid: 'same' | 'different' | null;
}

export const CODE_DIGITS = 6;

export function commitmentTo(
  run: Uint8Array,
  first: Party,
  second: Party,
  nonce: Uint8Array,
): Uint8Array {
  return hash('code-commitment', run, ...keysOf(first), ...keysOf(second), nonce);
}

/** @param digits fewer only in measurements */
export function codeOf(
  run: Uint8Array,
  [first, second]: readonly [Party, Party],
  [firstNonce, secondNonce]: readonly [Uint8Array, Uint8Array],
  digits: number = CODE_DIGITS,
): string {
  const bytes = hash(
    'code-digits',
    run,
    ...keysOf(first),
    ...keysOf(second),
    firstNonce,
    secondNonce,
  );
  // 64 bits modulo a million: uneven by less than one part in 10^13.
  const number = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  return String(number % 10n ** BigInt(digits)).padStart(digits, '0');
}

function keysOf({ identityKey, address }: Party): [Uint8Array, Uint8Array] {
  return [identityKey, address];
}

export function isOpen({ state }: Run): boolean {
  return state === 'waiting' || state === 'compare';
}

/** What a step from the contact makes of a run; null where it does not concern it. */
export interface Moved {
  readonly run: Run;
  readonly send: readonly Step[];
}

/** We begin. @param id 16 and @param nonce 32 random bytes */
export function begin(id: Uint8Array, nonce: Uint8Array, own: Party, peer: Party): Moved {
  const commitment = commitmentTo(id, own, peer, nonce);
  const run: Run = {
    id,
    role: 'first',
    state: 'waiting',
    nonce,
    commitment,
    code: null,
    peerSaid: null,
  };
  return { run, send: [{ kind: 'commit', run: id, value: commitment }] };
}

/** They begin: our nonce is drawn now, after their commitment. */
export function answer(commit: Extract<Step, { kind: 'commit' }>, nonce: Uint8Array): Moved {
  const run: Run = {
    id: commit.run,
    role: 'second',
    state: 'waiting',
    nonce,
    commitment: commit.value,
    code: null,
    peerSaid: null,
  };
  return { run, send: [{ kind: 'nonce', run: commit.run, value: nonce }] };
}

/**
 * True when a commitment of the contact is to be answered although a run of ours is open. Both
 * began at once: the lower commitment goes on. They began anew: theirs goes on.
 */
export function gives(had: Run, commit: Extract<Step, { kind: 'commit' }>): boolean {
  if (!isOpen(had)) return true;
  if (equalBytes(had.id, commit.run)) return false;
  if (had.role === 'second') return true;
  return had.state === 'waiting' && compareBytes(commit.value, had.commitment) < 0;
}

/** Any step but a commitment. */
export function onStep(run: Run, step: Step, own: Party, peer: Party): Moved | null {
  if (step.kind === 'unknown' || step.kind === 'scan' || step.kind === 'commit') return null;
  if (!equalBytes(step.run, run.id)) return null;
  switch (step.kind) {
    case 'nonce': {
      if (run.role !== 'first' || run.state !== 'waiting') return null;
      const code = codeOf(run.id, [own, peer], [run.nonce, step.value]);
      const reveal: Step = { kind: 'reveal', run: run.id, value: run.nonce };
      return { run: { ...run, state: 'compare', code }, send: [reveal] };
    }
    case 'reveal': {
      if (run.role !== 'second' || run.state !== 'waiting') return null;
      if (!equalBytes(commitmentTo(run.id, peer, own, step.value), run.commitment)) {
        return { run: { ...run, state: 'broken' }, send: [{ kind: 'stop', run: run.id }] };
      }
      const code = codeOf(run.id, [peer, own], [step.value, run.nonce]);
      return { run: { ...run, state: 'compare', code }, send: [] };
    }
    case 'same':
      if (run.peerSaid !== null || !(isOpen(run) || run.state === 'same')) return null;
      return { run: { ...run, peerSaid: 'same' }, send: [] };
    case 'different':
      if (run.peerSaid === 'different' || !(isOpen(run) || run.state === 'same')) return null;
      return { run: { ...run, peerSaid: 'different', state: 'different' }, send: [] };
    case 'stop':
      return isOpen(run) ? { run: { ...run, state: 'stopped' }, send: [] } : null;
  }
}
