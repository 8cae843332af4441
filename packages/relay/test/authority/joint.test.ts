import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DocumentBook, signDocument, verifyPartial } from '@tacet/directory';
import { makeTestNetwork } from '@tacet/testkit';
import { Joint } from '../../src/authority/joint.ts';

const network = makeTestNetwork({ seed: 'joint', authorities: 3 });
const { document, trust } = network;
const [one, two, three] = network.authorities;
assert.ok(one && two && three);
const e = document.epoch;
const other = { ...document, echo: Uint8Array.of(1) };
const third = { ...document, echo: Uint8Array.of(2) };

test('signatures of different authorities over one body make a document', () => {
  const joint = new Joint(trust);
  const first = joint.offer(signDocument(document, [one]), e, e + 1);
  assert.deepEqual(first, { kind: 'taken', complete: null, evidence: [] });
  assert.equal(joint.offer(signDocument(document, [one]), e, e + 1).kind, 'known');
  const second = joint.offer(signDocument(document, [three]), e, e + 1);
  assert.ok(second.kind === 'taken' && second.complete !== null);
  assert.equal(new DocumentBook(trust).add(second.complete.bytes), 'added');
  const last = joint.offer(signDocument(document, [two]), e, e + 1);
  assert.ok(last.kind === 'taken' && last.complete === null, 'complete but once');
});

test('two bodies of one epoch under one signature are evidence, once, and both stay usable', () => {
  const joint = new Joint(trust);
  joint.offer(signDocument(document, [one]), e, e + 1);
  const twice = joint.offer(signDocument(other, [one]), e, e + 1);
  assert.ok(twice.kind === 'taken');
  assert.equal(twice.evidence.length, 1);
  const [pair] = twice.evidence;
  assert.ok(pair);
  const epochs = [pair.first, pair.second].map((bytes) => verifyPartial(bytes, trust, 1));
  assert.deepEqual(
    epochs.map((one) => one.document.echo.length),
    [0, 1],
  );
  assert.equal(joint.offer(signDocument(third, [one]), e, e + 1).kind, 'surplus');
  const complete = joint.offer(signDocument(other, [two]), e, e + 1);
  assert.ok(complete.kind === 'taken' && complete.complete !== null);
  assert.deepEqual(complete.evidence, []);
});

test('other epochs, strangers and what is no document are refused', () => {
  const joint = new Joint(trust);
  assert.equal(joint.offer(signDocument(document, [one]), e + 1, e + 2).kind, 'epoch');
  const foreign = makeTestNetwork({ seed: 'foreign' }).documentBytes;
  for (const bytes of [foreign, Uint8Array.of(1, 2), new Uint8Array(5_000_000)]) {
    assert.equal(joint.offer(bytes, e, e + 1).kind, 'refused');
  }
  joint.offer(signDocument(document, [one]), e, e + 1);
  joint.prune(e + 1);
  assert.equal(joint.offer(signDocument(document, [one]), e, e + 1).kind, 'taken');
});
