/**
 * Mutated descriptors, votes and documents into their readers: nothing but a refusal by name.
 *   node packages/directory/test/fuzz.ts 100000 [seed]
 * Prints how often each reason came up, and fails on any other outcome or a slow reader.
 */
import assert from 'node:assert/strict';
import { isAppError, type Rng, randomBytes, randomInt } from '@tacet/base';
import { type HybridKeyPair, hash, hybridSignatureBytes, type Label } from '@tacet/crypto';
import { makeTestNetwork, seededRng } from '@tacet/testkit';
import { type Cbor, decodeCanonical, encodeCanonical } from '../src/cbor.ts';
import { verifyDescriptor } from '../src/descriptor.ts';
import { authorityHashOf } from '../src/identity.ts';
import { decodePublished, verifyDocument } from '../src/published.ts';
import { encodeSigned, signatureBy } from '../src/signatures.ts';
import { encodeSignedVote, signVote, verifyVote } from '../src/vote.ts';

/** A reader that takes more processor time than this on a mutant has a hole. */
const SLOWEST_MS = 250;

const [count = '20000', seed = 'fuzz'] = process.argv.slice(2);
const rng = seededRng(seed);
const network = makeTestNetwork({
  seed: 'fuzz',
  authorities: 3,
  parameters: { keysAhead: 1, validEpochs: 2 },
});
const [one, two] = network.authorities;
const [relay] = network.edges;
const [stranger] = makeTestNetwork({ seed: 'stranger' }).authorities;
if (!one || !two || !relay || !stranger) throw new RangeError('keys');

interface Target {
  readonly name: string;
  readonly valid: Uint8Array;
  readonly body: Uint8Array;
  readonly read: (bytes: Uint8Array) => unknown;
  /** Signs any body, with the right keys or with a stranger's. */
  readonly sign: (body: Uint8Array, right: boolean) => Uint8Array;
}

function byAuthorities(first: Label, second: Label) {
  return (body: Uint8Array, right: boolean): Uint8Array => {
    const pairs: HybridKeyPair[] = right ? [one as HybridKeyPair, two as HybridKeyPair] : [];
    if (!right) pairs.push(stranger as HybridKeyPair);
    return encodeSigned(
      body,
      pairs.map((pair) => signatureBy(pair, second, hash(first, body))),
    );
  };
}

const vote = signVote(one, {
  authority: authorityHashOf(one.publicKey),
  networkId: network.document.networkId,
  epoch: network.document.epoch + 1,
  attempt: 0,
  previous: network.verified.hash,
  parameters: network.parameters,
  echo: new Uint8Array(3),
  release: new Uint8Array(0),
  descriptors: [relay.signedDescriptor],
});
const outer = decodeCanonical(relay.signedDescriptor, 'descriptor', 65_536) as {
  body: Uint8Array;
};

const targets: readonly Target[] = [
  {
    name: 'descriptor',
    valid: relay.signedDescriptor,
    body: outer.body,
    read: verifyDescriptor,
    sign: (body, right) => {
      const pair = right ? relay.identity : stranger;
      const signature = hybridSignatureBytes(pair.sign('descriptor', body));
      return encodeCanonical({ body, signature });
    },
  },
  {
    name: 'vote',
    valid: encodeSignedVote(vote),
    body: vote.body,
    read: (bytes) => verifyVote(bytes, network.trust),
    sign: byAuthorities('vote', 'vote-signature'),
  },
  {
    name: 'document',
    valid: network.documentBytes,
    body: decodePublished(network.documentBytes).body,
    read: (bytes) => verifyDocument(bytes, network.trust),
    sign: byAuthorities('document', 'document-signature'),
  },
];

function damaged(source: Rng, valid: Uint8Array): Uint8Array {
  const bytes = valid.slice();
  switch (randomInt(source, 4)) {
    case 0:
      return bytes.subarray(0, randomInt(source, bytes.length));
    case 1:
      return new Uint8Array([...bytes, ...randomBytes(source, 1 + randomInt(source, 40))]);
    case 2:
      return randomBytes(source, randomInt(source, 4_000));
    default:
      for (let n = randomInt(source, 6); n >= 0; n--) {
        bytes[randomInt(source, bytes.length)] = randomInt(source, 256);
      }
      return bytes;
  }
}

const ODD: readonly Cbor[] = [0, 1, 2 ** 53 - 1, true, false, '', 'x'.repeat(300), [], {}];

/** One field somewhere in the body replaced, left out or added. */
function bent(source: Rng, value: Cbor): Cbor {
  const odd = (): Cbor => ODD[randomInt(source, ODD.length)] ?? randomBytes(source, 32);
  if (Array.isArray(value) && value.length > 0 && randomInt(source, 4) > 0) {
    const at = randomInt(source, value.length);
    return value.map((item: Cbor, i) => (i === at ? bent(source, item) : item));
  }
  if (typeof value !== 'object' || value instanceof Uint8Array || Array.isArray(value)) {
    return randomInt(source, 3) === 0 ? randomBytes(source, randomInt(source, 64)) : odd();
  }
  const entries = Object.entries(value);
  const at = randomInt(source, entries.length + 1);
  const kept = entries.flatMap(([key, item], i): [string, Cbor][] =>
    i !== at ? [[key, item]] : randomInt(source, 8) === 0 ? [] : [[key, bent(source, item)]],
  );
  if (at === entries.length) kept.push(['more', odd()]);
  return Object.fromEntries(kept);
}

/** Of this thread: wall time would measure the neighbours. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

const reasons = new Map<string, number>();
let slowest = 0;
for (let i = 0; i < Number(count); i++) {
  const target = targets[i % targets.length] as Target;
  const kind = randomInt(rng, 20);
  const body = decodeCanonical(target.body, 'body', target.body.length);
  let bytes: Uint8Array;
  if (kind === 0) bytes = target.sign(target.body, false);
  else if (kind < 4) bytes = target.sign(encodeCanonical(bent(rng, body)), true);
  else if (kind === 4 && target.name !== 'descriptor') {
    bytes = target.sign(
      encodeCanonical({ ...(body as object), networkId: randomBytes(rng, 32) }),
      true,
    );
  } else bytes = damaged(rng, target.valid);
  const from = cpuMs();
  let outcome = 'read';
  try {
    target.read(bytes);
  } catch (error) {
    assert.ok(isAppError(error), `${target.name}: ${String(error)}`);
    assert.ok(error.kind !== 'bug', `${target.name}: ${error.code}`);
    outcome = error.code;
  }
  slowest = Math.max(slowest, cpuMs() - from);
  const name = `${target.name}: ${outcome}`;
  reasons.set(name, (reasons.get(name) ?? 0) + 1);
}
for (const [name, n] of [...reasons].sort()) console.log(`${String(n).padStart(9)}  ${name}`);
console.log(`slowest reader ${slowest.toFixed(0)} ms`);
assert.ok(slowest < SLOWEST_MS, 'a mutant keeps a reader busy');
