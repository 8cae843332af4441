/** What is particular to libsignal: exact sizes, the post-quantum ratchet, age, hostile bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError, utf8 } from '@tacet/base';
import { Person } from '@tacet/client/acceptance/person';
import fc from 'fast-check';
import { FIRST, LATER, postQuantumBytes, unwrap } from '../../src/session-libsignal/ciphertext.ts';
import { BUNDLE_BYTES, createLibsignalSession } from '../../src/session-libsignal/index.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 100);
const DAY = 86_400_000;

async function met(port = createLibsignalSession()) {
  const [ann, bob] = [await Person.create(port), await Person.create(port)];
  const { bundle } = await bob.invite();
  await ann.meet('bob', bundle);
  return { ann, bob, bundle };
}

test('sizes on the wire', async () => {
  const { ann, bob, bundle } = await met();
  assert.equal(bundle.length, BUNDLE_BYTES);
  assert.equal(BUNDLE_BYTES, 1_797);
  const empty = await ann.send('bob', new Uint8Array());
  const reply = await ann.send('bob', new Uint8Array(400));
  // The prekey id is random: one to three bytes, in three fields.
  assert.ok(empty.length <= 1_764 && empty.length >= 1_758, `${empty.length}`);
  assert.ok(reply.length <= 2_166 && reply.length >= 2_160, `${reply.length}`);
  await bob.receive('ann', empty);
  await bob.receive('ann', reply);
  const sizes = new Set<number>();
  for (let round = 0; round < 40; round++) {
    const back = await bob.send('ann', new Uint8Array(50));
    await ann.receive('bob', back);
    const there = await ann.send('bob', new Uint8Array(50));
    await bob.receive('ann', there);
    sizes.add(back.length).add(there.length);
  }
  assert.ok(Math.max(...sizes) <= 156, `${[...sizes]}`);
  assert.ok(Math.min(...sizes) >= 116, `${[...sizes]}`);
});

test('every message carries a part of the post-quantum ratchet', async () => {
  const { ann, bob } = await met();
  const first = await ann.send('bob', utf8('x'));
  assert.equal(unwrap(first).kind, FIRST);
  assert.ok(postQuantumBytes(unwrap(first)) > 0);
  await bob.receive('ann', first);
  let most = 0;
  for (let round = 0; round < 10; round++) {
    for (const [from, to, names] of [
      [bob, ann, ['ann', 'bob']],
      [ann, bob, ['bob', 'ann']],
    ] as const) {
      const ciphertext = await from.send(names[0], utf8('x'));
      assert.equal(unwrap(ciphertext).kind, LATER);
      const bytes = postQuantumBytes(unwrap(ciphertext));
      assert.ok(bytes > 0);
      most = Math.max(most, bytes);
      await to.receive(names[1], ciphertext);
    }
  }
  assert.ok(most >= 37, 'pieces of ML-KEM keys and ciphertexts travel');
});

test('ML-KEM keys are replaced as the conversation goes on', async () => {
  // An epoch takes some 87 messages in turn; its number follows the version there.
  const { ann, bob } = await met();
  await bob.receive('ann', await ann.send('bob', utf8('x')));
  const epochs = new Set<number>();
  for (let round = 0; round < 120; round++) {
    const back = await bob.send('ann', utf8('x'));
    await ann.receive('bob', back);
    await bob.receive('ann', await ann.send('bob', utf8('x')));
    const message = unwrap(back);
    if (message.kind === LATER) epochs.add(message.message.pqRatchet()[1] ?? 0);
  }
  assert.ok(epochs.size >= 3, `${[...epochs]}`);
});

test('a session nobody answers for thirty days is given up; an answered one lives on', async () => {
  let now = Date.UTC(2026, 0, 1);
  const port = createLibsignalSession({ now: () => new Date(now) });
  const { ann, bob } = await met(port);
  const first = await ann.send('bob', utf8('day 0'));
  now += 29 * DAY;
  await ann.send('bob', utf8('day 29'));
  const silent = ann.copy();
  now += 2 * DAY;
  await assert.rejects(silent.send('bob', utf8('day 31')), (e) => isAppError(e, 'session-expired'));
  // Reading is not concerned: an answer that comes late still opens, and brings it back.
  await bob.receive('ann', first);
  await silent.receive('bob', await bob.send('ann', utf8('late answer')));
  await bob.receive('ann', await silent.send('bob', utf8('again')));
  now += 400 * DAY;
  await bob.receive('ann', await silent.send('bob', utf8('a year on')));
});

test('meeting again after thirty days of silence works', async () => {
  let now = Date.UTC(2026, 0, 1);
  const { ann, bob } = await met(createLibsignalSession({ now: () => new Date(now) }));
  await ann.send('bob', utf8('never read'));
  now += 31 * DAY;
  await ann.meet('bob', (await bob.invite()).bundle);
  const ciphertext = await ann.send('bob', utf8('met again'));
  assert.deepEqual(await bob.receive('ann', ciphertext), utf8('met again'));
});

test('messages of another version of the protocol are not read', async () => {
  const { ann, bob } = await met();
  const first = await ann.send('bob', utf8('x'));
  for (const kind of [0x33, 0x34, 0x43, 0x44, 0x45, 0x55, 0, 3]) {
    const other = first.slice();
    other[0] = kind;
    await assert.rejects(bob.receive('ann', other), (e) => isAppError(e, 'session-undecryptable'));
  }
});

test('records stay bounded through long talks and lost messages', async () => {
  const { ann, bob } = await met();
  const size = (person: Person) =>
    [...person.records]
      .filter(([name]) => name.startsWith('session/'))
      .reduce((sum, [, bytes]) => sum + bytes.length, 0);
  await bob.receive('ann', await ann.send('bob', utf8('x')));
  for (let round = 0; round < 60; round++) {
    await ann.receive('bob', await bob.send('ann', utf8('x')));
    await bob.receive('ann', await ann.send('bob', utf8('x')));
  }
  assert.ok(size(bob) < 10_000, `${size(bob)}`);
  for (let lost = 0; lost < 200; lost++) await ann.send('bob', utf8('lost'));
  await bob.receive('ann', await ann.send('bob', utf8('x')));
  assert.ok(size(bob) < 60_000, `${size(bob)}`);
});

test('records stay bounded however often two people meet again', async () => {
  const { ann, bob } = await met();
  for (let meeting = 0; meeting < 45; meeting++) {
    await ann.meet('bob', (await bob.invite()).bundle);
    await bob.receive('ann', await ann.send('bob', utf8('x')));
    await ann.receive('bob', await bob.send('ann', utf8('x')));
  }
  assert.ok((ann.get('session/bob')?.length ?? 0) < 250_000);
  assert.equal([...bob.records.keys()].filter((name) => name.startsWith('kyber/')).length, 1);
});

test('keys of the newest 2,000 lost messages are kept', async () => {
  const { ann, bob } = await met();
  await bob.receive('ann', await ann.send('bob', utf8('x')));
  await ann.receive('bob', await bob.send('ann', utf8('x')));
  const near = await ann.send('bob', utf8('near'));
  const ahead = ann.copy();
  for (let lost = 0; lost < 2_100; lost++) await ahead.send('bob', new Uint8Array());
  const far = await ahead.send('bob', utf8('far'));
  assert.deepEqual(await bob.receive('ann', far), utf8('far'));
  // Keys of the newest 2,000 lost messages are kept; this one is older.
  await assert.rejects(bob.receive('ann', near), (e) => isAppError(e, 'session-duplicate'));
  assert.ok((bob.get('session/ann')?.length ?? 0) < 200_000);
});

test('random bytes are no bundle', () => {
  const port = createLibsignalSession();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: BUNDLE_BYTES + 8, size: 'max' }), (bytes) => {
      assert.throws(
        () => port.readBundle(bytes),
        (e) => isAppError(e, 'bundle-invalid'),
      );
    }),
    { numRuns },
  );
});

test('random bytes behind a right kind byte are no message', async () => {
  const { ann, bob } = await met();
  await bob.receive('ann', await ann.send('bob', utf8('x')));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(FIRST, LATER),
      fc.uint8Array({ maxLength: 400, size: 'max' }),
      async (kind, bytes) => {
        const message = Uint8Array.of(kind, ...bytes);
        await assert.rejects(bob.receive('ann', message), (e) =>
          isAppError(e, 'session-undecryptable'),
        );
      },
    ),
    { numRuns },
  );
});
