/**
 * One authority of three: descriptors from anybody, votes, partial signatures and documents from
 * the others. One machine stands still in the middle of an exchange of votes and is never
 * restarted; another goes through the hour again and again, restarted from its saved state.
 */
import assert from 'node:assert/strict';
import { MINUTE, type Millis, pick, type Rng, randomInt } from '@tacet/base';
import { epochStart, type RelayHash, scheduleOf, signDescriptor } from '@tacet/directory';
import { AuthorityMachine } from '@tacet/relay';
import { makeTestNetwork, seededRng, TEST_NOW, type TestNetwork } from '@tacet/testkit';
import { addCounts, Deck } from '../mutate.ts';
import type { Input, Role, RoleKind, RoleOptions } from '../types.ts';
import { authorityCards } from './authority-cards.ts';

/** Of a long run, one input in so many is drawn from all kinds. */
const WHOLE_EVERY = 32;
/** Inputs of all kinds in one turn through the hour. */
const CYCLE = 200;
/** Parts of a turn: before votes may come, while they may, and after. */
const PARTS = [0.2, 0.6, 0.2] as const;
/** Of a turn through the hour: whatever ran out at the document's moment has run out by then. */
const START: Millis = TEST_NOW + MINUTE;
const DESCRIPTOR = ['signature', 'not-allowed', 'older', 'clock', 'keys', 'link'];
const VOTE = [
  'malformed',
  'network',
  'signatures',
  'descriptor',
  'epoch',
  'early',
  'late',
  'surplus',
];

export const authority: RoleKind = {
  name: 'authority',
  reasons: [
    'malformed',
    ...DESCRIPTOR.map((reason) => `descriptor-${reason}`),
    ...VOTE.map((reason) => `vote-${reason}`),
    'document-refused',
    'document-malformed',
    'document-network',
    'document-signatures',
    'document-chain',
    'signature-epoch',
    'signature-surplus',
    'equivocation-vote',
    'equivocation-signature',
    'equivocation-document',
  ],
  beyond: {
    oversized: 'what a majority of authorities votes for is larger than a document',
    'signature-withheld':
      'its own signature, after an exchange it did not follow from the beginning',
  },
  events: {
    accepted: 'descriptors taken',
    known: 'descriptors it has already',
    voted: 'votes of its own',
    'vote-taken': 'votes of others taken',
    'signature-taken': 'signatures of others taken',
    signed: 'documents it signed',
    published: 'documents it took',
    'not-passable': 'exchanges that came to nothing: a majority voted for too few relays',
    'no-majority': 'exchanges that came to nothing since no majority voted; refuses no input',
  },
  make: (options) => new AuthorityRole(options),
};

export type Target = 'submit' | 'onVote' | 'onSignature' | 'onDocument';

interface Clocked {
  machine: AuthorityMachine;
  now: Millis;
}

export class AuthorityRole implements Role {
  readonly rng: Rng;
  readonly network: TestNetwork;
  readonly large: boolean;
  private readonly deck: Deck<() => Input>;
  private readonly steady: Clocked;
  private readonly cycled: Clocked;
  private readonly state: Uint8Array;
  private readonly before = new Map<string, number>();
  private readonly end: Millis;
  private readonly turns: readonly Millis[];

  constructor({ seed, count }: RoleOptions) {
    this.large = count > 200_000;
    this.rng = seededRng(`fuzz authority ${seed}`);
    this.network = makeTestNetwork({
      seed: 'fuzz authority',
      authorities: 3,
      parameters: { keysAhead: 1, validEpochs: 2 },
    });
    const { parameters, document } = this.network;
    const first = this.machine(null);
    for (const relay of this.network.relays.slice(1))
      first.submit(relay.signedDescriptor, TEST_NOW);
    first.onDocument(this.network.documentBytes, TEST_NOW);
    assert.ok(first.newest(), 'it has the first document');
    this.state = first.exportState();
    this.end = epochStart(parameters, document.epoch + 1) + MINUTE;
    const { votes: due, signatures } = scheduleOf(parameters, document.epoch + 1);
    // Votes of half a round before are late, early or neither.
    this.turns = [START, due - (signatures - due), signatures, this.end];
    this.steady = { machine: this.machine(this.state), now: due + MINUTE };
    this.cycled = { machine: this.machine(this.state), now: START };
    for (const one of [this.steady, this.cycled]) this.settle(one);
    this.deck = new Deck(this.rng, authorityCards(this), this.large ? WHOLE_EVERY : 1);
  }

  next(): Input {
    return this.deck.draw()();
  }

  input(kind: string, silent: boolean, to: Target, bytes: Uint8Array): Input {
    const one = randomInt(this.rng, 4) === 0 ? this.steady : this.cycled;
    return {
      kind,
      silent,
      deliver: () => {
        one.machine[to](bytes, one.now);
        return one.machine.drain().length;
      },
    };
  }

  rest(): void {
    const now = this.timeAt((this.deck.drawn % CYCLE) / CYCLE);
    if (now < this.cycled.now) {
      addCounts(this.before, this.cycled.machine.counters.snapshot());
      this.cycled.machine = this.machine(this.state);
    }
    this.cycled.now = now;
    this.settle(this.cycled);
  }

  counts() {
    const all = new Map(this.before);
    addCounts(all, this.cycled.machine.counters.snapshot());
    addCounts(all, this.steady.machine.counters.snapshot());
    return Object.fromEntries(all);
  }

  lateReplies(): number {
    return 0;
  }

  check(): void {
    const relay = pick(this.rng, this.network.relays);
    const { machine, now } = this.steady;
    const descriptor = { ...relay.descriptor, issuedAt: now + 9 * MINUTE };
    const outcome = machine.submit(signDescriptor(relay.identity, descriptor), now);
    assert.equal(outcome.kind, 'accepted', 'an honest descriptor is accepted');
    assert.ok(machine.documents().length <= 6, 'documents are bounded');
  }

  /** @param part of a turn, from 0 to 1 */
  private timeAt(part: number): Millis {
    let left = part;
    for (const [i, share] of PARTS.entries()) {
      const [from = 0, to = 0] = this.turns.slice(i);
      if (left < share || i === PARTS.length - 1) return from + (left / share) * (to - from);
      left -= share;
    }
    return this.end;
  }

  private settle({ machine, now }: Clocked): void {
    machine.advance(now);
    machine.drain();
  }

  private machine(state: Uint8Array | null): AuthorityMachine {
    const [keyPair] = this.network.authorities;
    assert.ok(keyPair);
    return new AuthorityMachine({
      keyPair,
      trust: this.network.trust,
      parameters: this.network.parameters,
      allowed: this.network.relays.map((relay) => relay.hash) as RelayHash[],
      state,
    });
  }
}
