/** 08-sessions.md 5: `session-duplicate` for something that was never saved is no receipt. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, hex, MINUTE } from '@tacet/base';
import type { SessionPort } from '@tacet/client';
import { delivered, exactly, meet } from '../src/scenarios/steps.ts';
import { slowStage } from './slow.ts';

/** The first ciphertext asked for is older than the 2,000 keys a ratchet keeps. */
function tooOld(port: SessionPort): SessionPort {
  let lost: string | null = null;
  return {
    ...port,
    async decrypt(records, peer, ciphertext) {
      lost ??= hex(ciphertext);
      if (lost === hex(ciphertext)) {
        throw new AppError('session-duplicate', 'state', 'its key was given up');
      }
      return await port.decrypt(records, peer, ciphertext);
    },
  };
}

test('a text whose key was given up with 2,000 others arrives after all, once', async () => {
  const stage = slowStage('given up');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await stage.pass(5 * MINUTE);
  const person = stage.personOf(bob);
  (person as { session: SessionPort }).session = tooOld(person.session);
  const first = await alice.send('bob', 'the first of thousands');
  await stage.until('it lies unread', async () => (await bob.status()).deadLetters === 1);
  assert.notEqual((await alice.message(first.id)).state, 'delivered');
  const second = await alice.send('bob', 'a later one');
  await delivered(stage, alice, [second.id]);
  assert.notEqual((await alice.message(first.id)).state, 'delivered');
  await stage.until(
    'it was read after all',
    async () => (await alice.message(first.id)).state === 'delivered',
    30 * MINUTE,
  );
  await exactly(bob, 'alice', ['the first of thousands', 'a later one']);
  assert.equal((await bob.status()).deadLetters, 0);
});

test('a session nobody answered for thirty days ends its contact, and says so of every text', async () => {
  const stage = slowStage('thirty days unanswered');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  const person = stage.personOf(alice);
  (person as { session: SessionPort }).session = {
    ...person.session,
    encrypt: () =>
      Promise.reject(new AppError('session-expired', 'state', 'nobody answered for thirty days')),
  };
  const { id } = await alice.send('bob', 'still there?');
  await stage.until('it failed', async () => (await alice.message(id)).state === 'failed');
  assert.equal((await alice.message(id)).reason, 'session-expired');
  const [contact] = await alice.contacts();
  assert.equal(contact?.state, 'ended');
  assert.equal(contact?.reason, 'session-expired');
  await assert.rejects(async () => alice.send('bob', 'again'), /meeting this contact/);
});

test('a text that cannot be encrypted leaves in no form, and says so', async () => {
  const stage = slowStage('encryption fails');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await stage.pass(5 * MINUTE);
  const person = stage.personOf(alice);
  const { session } = person;
  const seen = (text: string): boolean =>
    person['store'].all('SELECT data FROM ciphertexts').some(({ data }) => holds(data, text));
  const swap = (port: SessionPort): void => {
    (person as { session: SessionPort }).session = port;
  };
  swap({ ...session, encrypt: () => Promise.reject(new Error('out of memory')) });
  const { id } = await alice.send('bob', 'never in clear');
  await stage.until('it failed', async () => (await alice.message(id)).state === 'failed');
  const { reason, partsSent, copies } = await alice.message(id);
  assert.deepEqual([reason, partsSent, copies], ['session-failed', 0, 0]);
  assert.ok(!seen('never in clear'));
  assert.ok(person.alarms.includes('session-failed'));
  swap(session);
  const { id: next } = await alice.send('bob', 'and on it goes');
  // The lab's ratchet hides nothing, so what is under way is found where it is looked for.
  await stage.until('the next is under way', async () => seen('and on it goes'));
  await delivered(stage, alice, [next]);
  await exactly(bob, 'alice', ['and on it goes']);
});

function holds(data: unknown, text: string): boolean {
  return data instanceof Uint8Array && Buffer.from(data).includes(text);
}
