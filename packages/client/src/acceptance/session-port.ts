/**
 * What every SessionPort must do (docs/spec/08-sessions.md). An implementation's test calls
 * `sessionPortSuite` with a factory; the suite registers `node:test` tests.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError, isZero, utf8 } from '@tacet/base';
import { x25519, x25519Public } from '@tacet/crypto';
import type { SessionPort } from '../ports.ts';
import { Person } from './person.ts';

/** Box 0 must hold a bundle beside its other parts; a first message must fit a reply box. */
const BUNDLE_MAX = 1_850;
const FIRST_MAX_AT_400 = 2_199;
/** All of a bundle but its last key is signed. */
const SIGNED_PART = 1_764;
const SKIPPED_MAX = 200;

export function sessionPortSuite(name: string, create: () => SessionPort): void {
  const check = (title: string, work: (port: SessionPort) => Promise<void>): void => {
    test(`${name}: ${title}`, () => work(create()));
  };

  check('identities are 33 bytes and differ', async (port) => {
    const [a, b] = [await Person.create(port), await Person.create(port)];
    assert.equal(a.identityKey.length, 33);
    assert.notDeepEqual(a.identityKey, b.identityKey);
  });

  check('a bundle fits box 0 and says what it was made of', async (port) => {
    const bob = await Person.create(port);
    const made = await bob.invite();
    assert.ok(made.bundle.length <= BUNDLE_MAX);
    const read = port.readBundle(made.bundle);
    assert.deepEqual(read.identityKey, bob.identityKey);
    assert.deepEqual(read.signedPrekey, made.signedPrekey);
    assert.equal(read.signedPrekey.length, 32);
    const other = await bob.invite();
    assert.notDeepEqual(other.signedPrekey, made.signedPrekey);
  });

  check('a bundle of another length, or with a signed byte changed, is invalid', async (port) => {
    const bob = await Person.create(port);
    const { bundle } = await bob.invite();
    const refuse = (bytes: Uint8Array): void => {
      assert.throws(() => port.readBundle(bytes), code('bundle-invalid'));
    };
    refuse(new Uint8Array());
    refuse(bundle.subarray(0, -1));
    refuse(new Uint8Array([...bundle, 0]));
    refuse(new Uint8Array(bundle.length));
    for (let at = 0; at < SIGNED_PART; at += at < 140 ? 1 : 13) {
      refuse(flipped(bundle, at, 1 << (at % 8)));
    }
    for (const at of [33, 66]) refuse(flipped(bundle, at, 0x80));
    const ann = await Person.create(port);
    await rejects(ann.meet('bob', flipped(bundle, 40)), 'bundle-invalid');
    assert.equal(ann.get('session/bob'), null);
  });

  check('agree is the X25519 the other side computes', async (port) => {
    const bob = await Person.create(port);
    const { bundle, signedPrekey } = await bob.invite();
    const secret = new Uint8Array(32).fill(7);
    const expected = x25519(secret, signedPrekey);
    assert.deepEqual(port.agree(bob, bundle, x25519Public(secret)), expected);
  });

  check('agree refuses bad keys and bundles of others', async (port) => {
    const [ann, bob] = [await Person.create(port), await Person.create(port)];
    const { bundle } = await bob.invite();
    const one = new Uint8Array(32);
    one[0] = 1;
    for (const bad of [new Uint8Array(32), one, new Uint8Array(31), new Uint8Array(33)]) {
      assert.throws(() => port.agree(bob, bundle, bad), code('agreement-invalid'));
    }
    const good = x25519Public(new Uint8Array(32).fill(9));
    assert.throws(() => port.agree(ann, bundle, good), code('bundle-unknown'));
    bob.commit(port.dropBundle(bundle));
    assert.throws(() => port.agree(bob, bundle, good), code('bundle-unknown'));
  });

  check('two people talk, and each learns the key of the other', async (port) => {
    const { ann, bob } = await met(port);
    const first = await ann.send('bob', utf8('one'));
    const got = await port.decrypt(bob, 'ann', first);
    assert.deepEqual(got.plaintext, utf8('one'));
    assert.deepEqual(got.identityKey, ann.identityKey);
    bob.commit(got.writes);
    const back = await port.decrypt(ann, 'bob', await bob.send('ann', utf8('two')));
    assert.deepEqual(back.identityKey, bob.identityKey);
    ann.commit(back.writes);
    for (let round = 0; round < 12; round++) {
      await passes(ann, bob, `a ${round}`);
      await passes(bob, ann, `b ${round}`);
    }
  });

  check('sizes: first messages until the peer answers, small ones after', async (port) => {
    const { ann, bob } = await met(port);
    const first = await ann.send('bob', new Uint8Array(400));
    assert.ok(first.length <= FIRST_MAX_AT_400, `${first.length}`);
    await bob.receive('ann', first);
    const second = await ann.send('bob', new Uint8Array(400));
    assert.ok(second.length > 2_000, 'no answer yet: the prekey part is still there');
    await bob.receive('ann', second);
    await ann.receive('bob', await bob.send('ann', new Uint8Array()));
    for (const length of [0, 50, 400, 65_536]) {
      const ciphertext = await ann.send('bob', new Uint8Array(length));
      assert.ok(ciphertext.length <= length + 110, `${ciphertext.length} for ${length}`);
      assert.equal((await bob.receive('ann', ciphertext)).length, length);
    }
    await rejects(ann.send('bob', new Uint8Array(65_537)), 'session-plaintext-too-long');
  });

  check('nothing is said or read without a session', async (port) => {
    const { ann, bob } = await talking(port);
    const cleo = await Person.create(port);
    await rejects(cleo.send('ann', utf8('x')), 'session-missing');
    const established = await ann.send('bob', utf8('x'));
    await rejects(cleo.receive('ann', established), 'session-missing');
    for (const peer of ['', 'x'.repeat(129)]) {
      await rejects(bob.send(peer, utf8('x')), 'session-peer-name');
    }
  });

  check('a repeated message is a duplicate and changes nothing', async (port) => {
    const { ann, bob } = await met(port);
    const first = await ann.send('bob', utf8('1'));
    await bob.receive('ann', first);
    await rejects(bob.receive('ann', first), 'session-duplicate');
    await passes(bob, ann, 'answer');
    await passes(ann, bob, 'more');
    const before = bob.snapshot();
    // A replayed first message must not take the place of the session it once began.
    await rejects(bob.receive('ann', first), 'session-duplicate');
    assert.equal(bob.snapshot(), before);
    const later = await ann.send('bob', utf8('2'));
    await bob.receive('ann', later);
    await rejects(bob.receive('ann', later), 'session-duplicate');
    await passes(bob, ann, 'still');
    await passes(ann, bob, 'fine');
  });

  check('a changed message gives an error or the same text, and no writes', async (port) => {
    const { ann, bob } = await met(port);
    const first = await ann.send('bob', utf8('text'));
    await survivesChanges(bob, first, 97);
    assert.deepEqual(await bob.receive('ann', first), utf8('text'));
    await passes(bob, ann, 'answer');
    const later = await ann.send('bob', utf8('text'));
    await survivesChanges(bob, later, 3);
    assert.deepEqual(await bob.receive('ann', later), utf8('text'));
  });

  check('bytes that are no message are undecryptable', async (port) => {
    const { ann, bob } = await talking(port);
    const good = await ann.send('bob', utf8('good'));
    const bad = [
      new Uint8Array(),
      Uint8Array.of(1),
      Uint8Array.of(2),
      Uint8Array.of(3, ...good.subarray(1)),
      good.subarray(0, -1),
      good.subarray(1),
      new Uint8Array([...good, 0]),
      new Uint8Array(70_000).fill(2),
      crossed(good),
    ];
    for (const bytes of bad) await rejects(bob.receive('ann', bytes), 'session-undecryptable');
    await rejects(ann.receive('bob', good), 'session-undecryptable');
    assert.deepEqual(await bob.receive('ann', good), utf8('good'));
  });

  check('messages arrive in any order, some never', async (port) => {
    const { ann, bob } = await talking(port);
    const sent: Uint8Array[] = [];
    for (let i = 0; i <= SKIPPED_MAX; i++) sent.push(await ann.send('bob', utf8(`${i}`)));
    const late = [...sent.keys()].filter((i) => i % 3 !== 1).reverse();
    for (const i of late) {
      const ciphertext = sent[i] as Uint8Array;
      assert.deepEqual(await bob.receive('ann', ciphertext), utf8(`${i}`));
    }
    await passes(bob, ann, 'a third of them is lost for good');
    await passes(ann, bob, 'go on');
    // One of the lost ones turns up, two turns later.
    assert.deepEqual(await bob.receive('ann', sent[100] as Uint8Array), utf8('100'));
    await rejects(bob.receive('ann', sent[99] as Uint8Array), 'session-duplicate');
  });

  check('the first of several first messages may be lost', async (port) => {
    const { ann, bob } = await met(port);
    const lost = await ann.send('bob', utf8('lost'));
    await passes(ann, bob, 'second');
    await passes(bob, ann, 'answer');
    assert.deepEqual(await bob.receive('ann', lost), utf8('lost'));
  });

  check('a crash between decrypt and commit loses nothing', async (port) => {
    const { ann, bob } = await met(port);
    const first = await ann.send('bob', utf8('first'));
    const before = bob.snapshot();
    await port.decrypt(bob, 'ann', first);
    assert.equal(bob.snapshot(), before, 'the port writes nothing by itself');
    assert.deepEqual(await bob.receive('ann', first), utf8('first'));
    await passes(bob, ann, 'answer');
    const later = await ann.send('bob', utf8('later'));
    await port.decrypt(bob, 'ann', later);
    const restarted = bob.copy();
    assert.deepEqual(await restarted.receive('ann', later), utf8('later'));
    await passes(restarted, ann, 'after the restart');
  });

  check('both begin at once: everything is read, and they end on one session', async (port) => {
    const [ann, bob] = [await Person.create(port), await Person.create(port)];
    const [fromAnn, fromBob] = [await ann.invite(), await bob.invite()];
    await ann.meet('bob', fromBob.bundle);
    await bob.meet('ann', fromAnn.bundle);
    const a = await ann.send('bob', utf8('from ann'));
    const b = await bob.send('ann', utf8('from bob'));
    assert.deepEqual(await bob.receive('ann', a), utf8('from ann'));
    assert.deepEqual(await ann.receive('bob', b), utf8('from bob'));
    for (let round = 0; round < 4; round++) {
      await passes(ann, bob, `ann ${round}`);
      await passes(bob, ann, `bob ${round}`);
    }
    const late = await ann.send('bob', new Uint8Array(50));
    assert.ok(late.length < 200, 'the prekey part is gone on both sides');
  });

  check('another identity key for a known peer is refused', async (port) => {
    const { ann, bob } = await talking(port);
    const eve = await Person.create(port);
    const before = [ann.snapshot(), bob.snapshot()];
    await rejects(ann.meet('bob', (await eve.invite()).bundle), 'session-identity-changed');
    const invitation = await port.createBundle(bob);
    const prepared = bob.copy();
    prepared.commit(invitation.writes);
    await eve.meet('bob', invitation.bundle);
    const forged = await eve.send('bob', utf8('I am ann'));
    await rejects(prepared.receive('ann', forged), 'session-identity-changed');
    assert.deepEqual([ann.snapshot(), bob.snapshot()], before);
    // As somebody else the same message is welcome.
    assert.deepEqual(await prepared.receive('eve', forged), utf8('I am ann'));
  });

  check('a bundle serves one guest', async (port) => {
    const bob = await Person.create(port);
    const [ann, cleo] = [await Person.create(port), await Person.create(port)];
    const { bundle } = await bob.invite();
    const prekeys = bob.records.size;
    await ann.meet('bob', bundle);
    await cleo.meet('bob', bundle);
    await passes(ann, bob, 'first come', { sender: 'ann' });
    assert.ok(bob.records.size < prekeys + 2, 'the private prekeys are gone');
    await rejects(
      bob.receive('cleo', await cleo.send('bob', utf8('too late'))),
      'session-undecryptable',
    );
    assert.equal(bob.get('session/cleo'), null);
  });

  check('a withdrawn bundle opens nothing', async (port) => {
    const { ann, bob, bundle } = await met(port);
    bob.commit(port.dropBundle(bundle));
    await rejects(bob.receive('ann', await ann.send('bob', utf8('x'))), 'session-undecryptable');
  });

  check('a removed peer is a stranger again', async (port) => {
    const { ann, bob } = await talking(port);
    const size = bob.records.size;
    bob.commit(port.dropPeer('ann'));
    assert.equal(bob.records.size, size - 2);
    await rejects(bob.send('ann', utf8('x')), 'session-missing');
    const eve = await Person.create(port);
    await bob.meet('ann', (await eve.invite()).bundle);
    await rejects(ann.receive('bob', await bob.send('ann', utf8('x'))), 'session-undecryptable');
  });

  check('meeting again under the same key keeps what is on its way', async (port) => {
    const { ann, bob } = await talking(port);
    const underway = await ann.send('bob', utf8('old session'));
    await ann.meet('bob', (await bob.invite()).bundle);
    await passes(ann, bob, 'new session');
    assert.deepEqual(await bob.receive('ann', underway), utf8('old session'));
    await passes(ann, bob, 'again');
    await passes(bob, ann, 'and back');
    await passes(ann, bob, 'and forth');
  });

  check('sessions with several peers do not touch each other', async (port) => {
    const { ann, bob } = await talking(port);
    const cleo = await Person.create(port);
    await cleo.meet('bob', (await bob.invite()).bundle);
    const forBob = await cleo.send('bob', utf8('from cleo'));
    await passes(ann, bob, 'between');
    assert.deepEqual(await bob.receive('cleo', forBob), utf8('from cleo'));
    await passes(bob, ann, 'after');
    const toCleo = await bob.send('cleo', utf8('not for ann'));
    await rejects(ann.receive('bob', toCleo), 'session-undecryptable');
  });

  check('a store that fails is not mistaken for a bad message', async (port) => {
    const { ann, bob } = await talking(port);
    const ciphertext = await ann.send('bob', utf8('x'));
    const failing = {
      get(): Uint8Array {
        throw new Error('disk');
      },
    };
    await rejects(port.decrypt(failing, 'ann', ciphertext), 'session-record-unreadable');
    const damaged = bob.copy();
    const key = [...damaged.records.keys()].find((candidate) => candidate.startsWith('session/'));
    damaged.records.set(key ?? '', Uint8Array.of(0xff, 0xff));
    await rejects(damaged.receive('ann', ciphertext), 'session-record-unreadable');
    assert.deepEqual(await bob.receive('ann', ciphertext), utf8('x'));
  });

  check('the safety number is the same at both ends and binds keys and addresses', async (port) => {
    const [a, b] = [await Person.create(port), await Person.create(port)];
    const ann = { identityKey: a.identityKey, address: new Uint8Array(32).fill(1) };
    const bob = { identityKey: b.identityKey, address: new Uint8Array(32).fill(2) };
    const number = await port.safetyNumber(ann, bob);
    assert.match(number, /^[0-9]{60}$/);
    assert.equal(await port.safetyNumber(bob, ann), number);
    const elsewhere = { ...bob, address: new Uint8Array(32).fill(3) };
    assert.notEqual(await port.safetyNumber(ann, elsewhere), number);
    const otherKey = { ...bob, identityKey: a.identityKey };
    assert.notEqual(await port.safetyNumber(ann, otherKey), number);
  });

  check('records hold no name of a peer', async (port) => {
    const [ann, bob] = [await Person.create(port), await Person.create(port)];
    await ann.meet('a-very-private-name', (await bob.invite()).bundle);
    const ciphertext = await ann.send('a-very-private-name', utf8('x'));
    await bob.receive('ann', ciphertext);
    const needle = utf8('a-very-private-name').toHex();
    assert.ok(!ciphertext.toHex().includes(needle));
    for (const value of ann.records.values()) assert.ok(!value.toHex().includes(needle));
    assert.ok(!isZero(ciphertext));
  });
}

/** Ann has read Bob's invitation and may write. */
async function met(port: SessionPort): Promise<{ ann: Person; bob: Person; bundle: Uint8Array }> {
  const [ann, bob] = [await Person.create(port), await Person.create(port)];
  const { bundle } = await bob.invite();
  await ann.meet('bob', bundle);
  return { ann, bob, bundle };
}

/** Both have heard from each other. */
async function talking(port: SessionPort): Promise<{ ann: Person; bob: Person }> {
  const { ann, bob } = await met(port);
  await passes(ann, bob, 'hello');
  await passes(bob, ann, 'hello back');
  return { ann, bob };
}

/** In these tests a person's peer is called bob when the person is ann, and the reverse. */
async function passes(
  from: Person,
  to: Person,
  text: string,
  names?: { readonly sender: string },
): Promise<void> {
  const toName = [...from.records.keys()].includes('session/bob') ? 'bob' : 'ann';
  const fromName = names?.sender ?? (toName === 'bob' ? 'ann' : 'bob');
  const ciphertext = await from.send(toName, utf8(text));
  assert.deepEqual(await to.receive(fromName, ciphertext), utf8(text));
}

async function survivesChanges(person: Person, good: Uint8Array, step: number): Promise<void> {
  for (let at = 0; at < good.length; at += step) {
    const copy = person.copy();
    const before = copy.snapshot();
    try {
      assert.deepEqual(await copy.receive('ann', flipped(good, at)), utf8('text'));
    } catch (error) {
      if (!isAppError(error)) throw error;
      const codes = ['session-undecryptable', 'session-duplicate', 'session-identity-changed'];
      assert.ok(codes.includes(error.code), `${error.code} at ${at}`);
      assert.equal(copy.snapshot(), before);
    }
  }
}

function flipped(bytes: Uint8Array, at: number, mask = 1): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ mask;
  return copy;
}

/** An established message sold as a first one. */
function crossed(later: Uint8Array): Uint8Array {
  const copy = later.slice();
  copy[0] = 1;
  return copy;
}

function code(expected: string): (error: unknown) => boolean {
  return (error) => isAppError(error, expected);
}

async function rejects(work: Promise<unknown>, expected: string): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(isAppError(error), String(error));
    assert.equal(error.code, expected);
    return true;
  });
}
