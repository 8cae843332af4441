/**
 * From the votes of several authorities to what a document is composed of
 * (docs/spec/06-directory.md, 11.4): a pure function of the votes, so that authorities which
 * accepted the same ones go on with the same. A majority is always one of all authorities.
 */
import { compareBytes, hex, isZero } from '@tacet/base';
import {
  type Cbor,
  encodeCanonical,
  type Parameters,
  smallestThreshold,
  type VerifiedDocument,
  type Vote,
} from '@tacet/directory';
import type { DocumentHash } from '@tacet/onion';
import type { Registered } from './register.ts';

/** A vote that counts, with the descriptors in it read. */
export interface Ballot {
  readonly vote: Vote;
  readonly relays: readonly Registered[];
}

export interface Tally {
  readonly previous: VerifiedDocument | null;
  readonly parameters: Parameters;
  readonly echo: Uint8Array;
  readonly release: Uint8Array;
  readonly registered: readonly Registered[];
}

/**
 * @param authorities how many there are; @param ballots one for each voter.
 * @param find a document held, by hash.
 * @returns null when nothing can be composed: no majority for a predecessor held here, or none
 * for the parameters of a first document.
 */
export function tallyVotes(
  authorities: number,
  ballots: readonly Ballot[],
  find: (hash: DocumentHash) => VerifiedDocument | null,
): Tally | null {
  const majority = smallestThreshold(authorities);
  const votes = ballots.map((ballot) => ballot.vote);
  const named = agreed(votes, majority, (vote) => vote.previous);
  if (named === null) return null;
  const previous = isZero(named.previous) ? null : find(named.previous);
  if (previous === null && !isZero(named.previous)) return null;
  const parameters = parametersOf(votes, majority, previous);
  if (parameters === null) return null;
  const before = previous?.document;
  const nothing = new Uint8Array(0);
  return {
    previous,
    parameters,
    echo: (agreed(votes, majority, (vote) => vote.echo) ?? before)?.echo ?? nothing,
    release: (agreed(votes, majority, (vote) => vote.release) ?? before)?.release ?? nothing,
    registered: relaysOf(ballots, majority),
  };
}

/** Some vote whose value a majority shares. */
function agreed(votes: readonly Vote[], majority: number, value: (vote: Vote) => Cbor) {
  const groups = Map.groupBy(votes, (vote) => hex(encodeCanonical(value(vote))));
  return groups.values().find((group) => group.length >= majority)?.[0] ?? null;
}

/** The epoch length never changes: a map with another one is no map a majority can choose. */
function parametersOf(
  votes: readonly Vote[],
  majority: number,
  previous: VerifiedDocument | null,
): Parameters | null {
  const chosen = agreed(votes, majority, (vote) => ({ ...vote.parameters }))?.parameters ?? null;
  const before = previous?.document.parameters ?? null;
  if (before !== null && chosen?.epochMs !== before.epochMs) return before;
  return chosen;
}

/** Ascending by hash; of each the descriptor issued last. */
function relaysOf(ballots: readonly Ballot[], majority: number): Registered[] {
  const found = Map.groupBy(
    ballots.flatMap((ballot) => ballot.relays),
    ({ relay }) => hex(relay),
  );
  return [...found.values()]
    .filter((entries) => entries.length >= majority)
    .map((entries) => entries.toSorted(byAge).at(-1) as Registered)
    .sort((a, b) => compareBytes(a.relay, b.relay));
}

function byAge(a: Registered, b: Registered): number {
  const difference = a.descriptor.issuedAt - b.descriptor.issuedAt;
  return difference === 0 ? compareBytes(a.signed, b.signed) : difference;
}
