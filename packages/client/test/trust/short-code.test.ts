/** The short code alone: rules of the state machine, and what somebody in the middle can do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, equalBytes, randomBytes } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import fc from 'fast-check';
import { decodeEnvelope, encodeEnvelope } from '../../src/content/envelope.ts';
import {
  answer,
  begin,
  codeOf,
  commitmentTo,
  gives,
  type Moved,
  onStep,
  type Party,
} from '../../src/trust/short-code.ts';
import type { Step } from '../../src/trust/steps.ts';

const rng = seededRng('short code');
const person = (): Party => ({
  identityKey: concat(Uint8Array.of(5), randomBytes(rng, 32)),
  address: randomBytes(rng, 32),
});
const [alice, bob, mallory] = [person(), person(), person()];
const id = (): Uint8Array => randomBytes(rng, 16);
const nonce = (): Uint8Array => randomBytes(rng, 32);

function commitOf(moved: Moved): Extract<Step, { kind: 'commit' }> {
  const [step] = moved.send;
  assert.ok(step?.kind === 'commit');
  return step;
}

function stepOf(moved: Moved | null): Step {
  return moved?.send[0] ?? assert.fail('a step was to be sent');
}

/** Two who follow the rules. */
function agree(first: Party, second: Party) {
  const begun = begin(id(), nonce(), first, second);
  const answered = answer(commitOf(begun), nonce());
  const one = onStep(begun.run, stepOf(answered), first, second);
  const two = onStep(answered.run, stepOf(one), second, first);
  return { begun, answered, one, two };
}

test('short code: both see the same six digits, and neither before both nonces are bound', () => {
  const { begun, answered, one, two } = agree(alice, bob);
  assert.match(one?.run.code ?? '', /^\d{6}$/);
  assert.equal(one?.run.code, two?.run.code);
  assert.equal(begun.run.code, null);
  assert.equal(answered.run.code, null);
});

test('short code: keys, run and nonces of both are bound', () => {
  const values = [id(), nonce(), nonce()] as const;
  const [run, a, b] = values;
  const code = codeOf(run, [alice, bob], [a, b], 18);
  assert.notEqual(codeOf(run, [bob, alice], [a, b], 18), code);
  assert.notEqual(codeOf(run, [alice, mallory], [a, b], 18), code);
  assert.notEqual(codeOf(run, [alice, { ...bob, address: mallory.address }], [a, b], 18), code);
  assert.notEqual(
    codeOf(run, [{ ...alice, identityKey: mallory.identityKey }, bob], [a, b], 18),
    code,
  );
  assert.notEqual(codeOf(id(), [alice, bob], [a, b], 18), code);
  assert.notEqual(codeOf(run, [alice, bob], [nonce(), b], 18), code);
  assert.notEqual(codeOf(run, [alice, bob], [a, nonce()], 18), code);
  assert.ok(!equalBytes(commitmentTo(run, alice, bob, a), commitmentTo(run, alice, mallory, a)));
});

/**
 * Mallory has a session with each under the other's name, and sees every step before it passes on
 * its own. Toward Bob it must commit before Bob's nonce; toward Alice it answers before her reveal.
 */
function inTheMiddle(digits: number, first: 'alice' | 'bob'): boolean {
  const [run, na, nb, nm] = [id(), nonce(), nonce(), nonce()];
  const [left, right] = first === 'alice' ? [alice, bob] : [bob, alice];
  // The best it can do toward the answerer: a nonce fixed in its commitment; toward the starter:
  // any nonce, without knowing the one behind the commitment.
  const toward = codeOf(run, [mallory, right], [nm, nb], digits);
  const guess = nonce();
  return codeOf(run, [left, mallory], [na, guess], digits) === toward;
}

test('attack: somebody in the middle of the short code matches by chance alone', () => {
  // Codes shortened to 2 digits, so that the rate shows: one in a hundred, as counted.
  const runs = 20_000;
  let hits = 0;
  for (let n = 0; n < runs; n++) if (inTheMiddle(2, n % 2 === 0 ? 'alice' : 'bob')) hits++;
  // Expected 200; four standard deviations are 56.
  assert.ok(hits > 144 && hits < 256, `${hits} of ${runs}`);
});

test('control: without a commitment the same attacker always matches', () => {
  for (let n = 0; n < 20; n++) {
    const [run, na, nb, nm] = [id(), nonce(), nonce(), nonce()];
    const toward = codeOf(run, [mallory, bob], [nm, nb], 2);
    let found = false;
    for (let tries = 0; tries < 5_000 && !found; tries++) {
      // Alice's nonce is known: search the answer.
      found = codeOf(run, [alice, mallory], [na, nonce()], 2) === toward;
    }
    assert.ok(found);
  }
});

test('attack: a revealed nonce that is not the committed one breaks the run', () => {
  const begun = begin(id(), nonce(), mallory, bob);
  const answered = answer(commitOf(begun), nonce());
  const reveal: Step = { kind: 'reveal', run: begun.run.id, value: nonce() };
  const moved = onStep(answered.run, reveal, bob, mallory);
  assert.equal(moved?.run.state, 'broken');
  assert.equal(moved?.run.code, null);
  assert.equal(moved?.send[0]?.kind, 'stop');
});

test('attack: steps replayed, of another run, out of order or from the wrong side change nothing', () => {
  const { begun, answered, one, two } = agree(alice, bob);
  assert.ok(one && two);
  const other = agree(alice, bob);
  const mine = [stepOf(answered), stepOf(one), commitOf(begun)];
  for (const step of mine) {
    assert.equal(onStep(one.run, step, alice, bob), null);
    assert.equal(onStep(two.run, step, bob, alice), null);
  }
  assert.equal(onStep(begun.run, stepOf(other.answered), alice, bob), null, 'of another run');
  assert.equal(onStep(begun.run, stepOf(one), alice, bob), null, 'its own reveal');
  assert.equal(onStep(answered.run, stepOf(answered), bob, alice), null, 'its own nonce');
  const ended = { ...one.run, state: 'expired' as const };
  for (const kind of ['same', 'different', 'stop'] as const) {
    assert.equal(onStep(ended, { kind, run: ended.id }, alice, bob), null);
  }
});

test('both begin at once: the lower commitment goes on, on both sides', () => {
  fc.assert(
    fc.property(fc.nat(), () => {
      const [ours, theirs] = [begin(id(), nonce(), alice, bob), begin(id(), nonce(), bob, alice)];
      const aliceGives = gives(ours.run, commitOf(theirs));
      const bobGives = gives(theirs.run, commitOf(ours));
      assert.notEqual(aliceGives, bobGives);
      // Once a nonce is known here, no commitment from there replaces the run.
      const compared = { ...ours.run, state: 'compare' as const, code: '123456' };
      assert.equal(gives(compared, commitOf(theirs)), false);
    }),
    { numRuns: 50 },
  );
});

test('steps on the wire: round trip; known kinds out of form are malformed, later kinds are kept', () => {
  const steps: Step[] = [
    { kind: 'commit', run: id(), value: nonce() },
    { kind: 'nonce', run: id(), value: nonce() },
    { kind: 'reveal', run: id(), value: nonce() },
    { kind: 'same', run: id() },
    { kind: 'different', run: id() },
    { kind: 'stop', run: id() },
    { kind: 'scan', value: nonce() },
  ];
  for (const step of steps) {
    const bytes = encodeEnvelope({ step });
    assert.deepEqual(decodeEnvelope(bytes).step, step);
    for (let end = 0; end < bytes.length; end++) {
      assert.throws(() => decodeEnvelope(bytes.subarray(0, end)), { code: 'malformed' });
    }
  }
  const bad = (value: unknown) => encodeEnvelope({ step: value as Step });
  const short = { kind: 'commit', run: new Uint8Array(15), value: nonce() };
  assert.throws(() => decodeEnvelope(bad(short)), { code: 'malformed' });
  assert.throws(() => decodeEnvelope(bad({ kind: 'scan', value: new Uint8Array(31) })), {
    code: 'malformed',
  });
  assert.deepEqual(decodeEnvelope(encodeEnvelope({ step: { kind: 'unknown' } })).step, {
    kind: 'unknown',
  });
});
