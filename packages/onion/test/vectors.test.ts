/** The committed vectors against production code and against the slow reference. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromHex, hex } from '@tacet/base';
import { kemKeyPair, systemRng } from '@tacet/crypto';
import {
  createPacketBuilder,
  type Frame,
  GEOMETRY as G,
  type Opened,
  type ReplyBlock,
  type ReplyKeys,
} from '@tacet/onion';
import { LayerKeys } from '../src/keys.ts';
import type { DocumentHash } from '../src/types.ts';
import { allVectors, VECTORS } from './reference/generate.ts';
import { openPacket } from './reference/onion.ts';
import { refRelay } from './reference/scene.ts';
import {
  invalid,
  openerOf,
  packetOf,
  type ReplyJson,
  readVectors,
  replies,
  requests,
  type StepJson,
  scene,
} from './vectors.ts';

test('mixnet case (1): the committed vectors are what the reference makes', () => {
  for (const [name, text] of allVectors()) {
    assert.ok(readFileSync(new URL(name, VECTORS), 'utf8') === text, `${name} differs`);
  }
});

test('public keys come out of their seeds', () => {
  for (const relay of scene.relays) {
    assert.equal(hex(kemKeyPair(fromHex(relay.seed)).publicKey), relay.public_key);
  }
});

test('the key schedule gives the listed keys', () => {
  interface KeysJson {
    secret: string;
    layer: number;
    epoch: number;
    document_hash: string;
    prk: string;
    header_key: string;
    header_nonce: string;
    lioness: string[];
    replay_tag: string;
    mac_key: string;
  }
  for (const json of readVectors<KeysJson[]>('keys.json')) {
    const keys = new LayerKeys();
    const documentHash = fromHex(json.document_hash) as DocumentHash;
    keys.derive(fromHex(json.secret), json.layer, json.epoch, documentHash);
    const { k1, k2, k3, k4 } = keys.lioness;
    assert.deepEqual(
      [keys.prk, keys.headerKey, keys.headerNonce, k1, k2, k3, k4, keys.replayTag, keys.macKey].map(
        hex,
      ),
      [
        json.prk,
        json.header_key,
        json.header_nonce,
        ...json.lioness,
        json.replay_tag,
        json.mac_key,
      ],
    );
  }
});

/** A forwarded packet equals the listed one but for the refill, which the relay draws itself. */
function assertForwarded(packet: Frame, listed: Frame, layer: number): void {
  const from = G.prefix + (G.layers - layer) * G.layer;
  const mask = (frame: Frame) => frame.slice().fill(0, from, G.payloadAt);
  assert.deepEqual(mask(packet), mask(listed));
}

/** Each relay opens what the vectors say it receives; returns what the last one made of it. */
function walk(steps: readonly StepJson[]): Opened {
  let last: Opened | null = null;
  for (const [i, step] of steps.entries()) {
    const opened = openerOf(step.relay).open(fromHex(step.receives), 0);
    assert.equal(opened.kind, step.command, step.relay);
    if (opened.kind === 'forward') {
      assert.equal(opened.next, step.next);
      assert.equal(opened.delayMs, step.delay);
      const next = steps[i + 1];
      if (next) assertForwarded(opened.packet, fromHex(next.receives), i + 1);
    }
    last = opened;
  }
  assert.ok(last);
  return last;
}

test('mixnet case (1): requests of the reference open at every relay', () => {
  const [full] = requests;
  assert.ok(full?.steps);
  const last = walk(full.steps);
  assert.equal(last.kind, 'request');
  assert.equal(hex(last.data), full.data);
  assert.equal(last.block && hex(last.block), full.reply_block);
});

test('requests of the reference arrive from any layer, with and without a reply block', () => {
  for (const json of requests) {
    let frame: Uint8Array = fromHex(json.packet);
    if (json.first_layer === 1) {
      const entered = openerOf('own edge').enter(frame, 0);
      assert.ok('packet' in entered && entered.next === json.hops[0]?.index);
      frame = entered.packet;
    }
    for (const hop of json.hops) {
      const opened = openerOf(hop.relay).open(frame, 0);
      if (opened.kind === 'forward') {
        frame = opened.packet;
        continue;
      }
      assert.equal(opened.kind, 'request');
      assert.equal(opened.delayMs, hop.delay);
      assert.equal(hex(opened.data), json.data);
      assert.equal(opened.block && hex(opened.block), json.reply_block);
    }
  }
});

function vectorNamed(name: string): ReplyJson {
  const found = replies.find((json) => json.name === name);
  assert.ok(found);
  return found;
}

test('mixnet case (1): a reply block of the reference is filled, travels and opens', () => {
  const json = vectorNamed('reply');
  const block = fromHex(json.block) as ReplyBlock;
  const injected = openerOf('box edge').reply(block, fromHex(json.data), 0);
  assert.equal(injected && hex(injected.packet), json.packet);
  const last = walk(json.steps);
  assert.equal(last.kind, 'reply');
  assert.equal(hex(last.replyId), json.id);
  assert.equal(hex(last.payload), json.payload);
  const keys = fromHex(json.layers.map((layer) => layer.prk).join('') + json.key_seed);
  const data = createPacketBuilder(systemRng).openReply(keys as ReplyKeys, last.payload);
  assert.equal(data && hex(data), json.data);
});

test('a loop of the reference ends at the mix that made it', () => {
  const json = vectorNamed('loop block');
  const last = walk(json.steps);
  assert.equal(last.kind, 'end');
  assert.equal(hex(last.id), json.id);
});

for (const { name, relay, steps } of invalid) {
  test(`invalid vector: ${name}`, () => {
    const opener = openerOf(relay);
    const reference = refRelay(relay);
    for (const { packet, expect } of steps) {
      const bytes = packetOf(packet);
      const opened = opener.open(bytes, 0);
      assert.equal(opened.kind === 'drop' ? opened.reason : opened.kind, expect, 'production');
      const theirs = openPacket(reference, bytes, new Uint8Array(reference.layer * G.layer));
      assert.equal('drop' in theirs ? theirs.drop : theirs.command, expect, 'reference');
    }
  });
}
