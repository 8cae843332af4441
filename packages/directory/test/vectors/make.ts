/**
 * Writes vectors/directory. Run by hand when the format changes; ML-DSA signatures are hedged, so
 * each run gives other bytes. `vectors.test.ts` has a second reader check what stands there.
 *   node packages/directory/test/vectors/make.ts
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { base64url, hex, randomBytes } from '@tacet/base';
import { hash, hybridPublicKeyBytes, hybridSignatureBytes } from '@tacet/crypto';
import type { DocumentHash } from '@tacet/onion';
import { makeTestNetwork, seededRng, type TestNetwork } from '@tacet/testkit';
import { DocumentBook } from '../../src/book.ts';
import { CARD_PREFIX } from '../../src/card.ts';
import { type Cbor, decodeCanonical, encodeCanonical } from '../../src/cbor.ts';
import { descriptorFields, encodeDescriptor } from '../../src/descriptor.ts';
import { documentHash, encodeDocument } from '../../src/document.ts';
import { authorityHashOf } from '../../src/identity.ts';
import { encodeLinkProof, makeLinkCertificate } from '../../src/link-certificate.ts';
import { placeIn } from '../../src/placement.ts';
import { encodePublished, signDocument, signHash, verifyDocument } from '../../src/published.ts';
import type { Document, StoreGeneration, VerifiedDocument } from '../../src/types.ts';
import { countersignVote, encodeSignedVote, signVote, type Vote } from '../../src/vote.ts';
import { forms } from '../support/cbor-forms.ts';
import { editsBetween } from '../support/edits.ts';

const folder = new URL('../../../../vectors/directory/', import.meta.url);
const provenance =
  'made by packages/directory/test/vectors/make.ts; checked by packages/directory/test/reference, which shares no code with src';
const b64 = (bytes: Uint8Array): string => base64url(bytes);
const rng = seededRng('vectors');
const network = makeTestNetwork({
  seed: 'vectors',
  authorities: 3,
  edges: 1,
  parameters: { keysAhead: 1, validEpochs: 2, epochMs: 60_000, graceMs: 5_000 },
});
const { document, trust } = network;
const [one, two, three] = network.authorities;
const [mix] = network.mixes;
if (!one || !two || !three || !mix) throw new RangeError('authorities and mixes');

mkdirSync(folder, { recursive: true });
function write(name: string, content: object): void {
  const text = JSON.stringify(
    { spec: 'docs/spec/06-directory.md', provenance, ...content },
    null,
    1,
  );
  writeFileSync(new URL(name, folder), `${text}\n`);
}

write('cbor.json', {
  valid: [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER]
    .map((n): Cbor => n)
    .concat([
      true,
      false,
      '',
      'é',
      [],
      {},
      [[1], []],
      { b: 1, a: 2, aa: 3, z: [] },
      new Uint8Array(0),
      new Uint8Array(24),
      'a'.repeat(256),
    ])
    .map((value) => ({ hex: hex(encodeCanonical(value)), value: jsonOf(value) })),
  invalid: forms.map(([why, text]) => ({ why, hex: text.replaceAll(' ', '') })),
});

write('names.json', {
  relays: network.relays.map((relay) => ({
    identity: b64(hybridPublicKeyBytes(relay.identity.publicKey)),
    hash: hex(relay.hash),
  })),
  authorities: network.authorities.map((pair, i) => ({
    key: b64(hybridPublicKeyBytes(pair.publicKey)),
    hash: hex(trust.authorities[i] ?? new Uint8Array(0)),
  })),
  network: { name: trust.networkName, threshold: trust.threshold, id: hex(document.networkId) },
});

writeDescriptors();
writeDocuments(network);
writeVotes(network);
writeChain(network);

function writeDescriptors(): void {
  const relay = network.mixes[0];
  if (relay === undefined) return;
  const sign = (fields: object): Uint8Array => {
    const body = encodeCanonical(fields as Cbor);
    const signature = hybridSignatureBytes(relay.identity.sign('descriptor', body));
    return encodeCanonical({ body, signature });
  };
  const fields = descriptorFields(relay.descriptor);
  const { country: _, ...missing } = fields;
  const key = relay.descriptor.keys[0] as Cbor;
  const loop = (first: number) => ({ relay: new Uint8Array(32).fill(first), sent: 3, lost: 1 });
  const wrong: [string, object][] = [
    ['version 2', { ...fields, version: 2 }],
    ['a mix in layer 0', { ...fields, layer: 0 }],
    ['a mix with a client address', { ...fields, clientAddress: 'a:1' }],
    ['an edge in layer 1', { ...fields, role: 'edge', clientAddress: 'a:1' }],
    ['port 0', { ...fields, relayAddress: 'relay.example:0' }],
    ['a country in small letters', { ...fields, country: 'de' }],
    ['an empty family', { ...fields, family: '' }],
    ['an invisible character in the family', { ...fields, family: 'a\u200bb' }],
    ['one key twice', { ...fields, keys: [key, key] }],
    ['a key outside the field', { ...fields, keys: [new Uint8Array(1_216).fill(255)] }],
    ['no key', { ...fields, keys: [] }],
    ['plain http', { ...fields, sourceUrl: 'http://example.org/' }],
    ['a commit of 39 digits', { ...fields, sourceCommit: '0'.repeat(39) }],
    ['a rate beyond any capacity', { ...fields, requestRate: 100_000_001 }],
    ['loops out of order', { ...fields, loops: [loop(2), loop(1)] }],
    ['loops of one relay twice', { ...fields, loops: [loop(1), loop(1)] }],
    ['no loop sent', { ...fields, loops: [{ ...loop(1), sent: 0, lost: 0 }] }],
    ['more loops lost than sent', { ...fields, loops: [{ ...loop(1), lost: 4 }] }],
    ['leaving as a number', { ...fields, leaving: 0 }],
    ['a missing field', missing],
    ['an unknown field', { ...fields, more: 1 }],
    [
      'a link certificate that had ended',
      { ...fields, issuedAt: relay.descriptor.link.notAfter + 1 },
    ],
  ];
  const base = sign({
    ...fields,
    requestRate: 12_345,
    loops: [loop(1), loop(2)],
    leaving: true,
  });
  const flipped = base.slice();
  flipped[base.length - 1] = (flipped[base.length - 1] ?? 0) ^ 1;
  const body = encodeDescriptor(relay.descriptor);
  const other = hybridSignatureBytes(relay.identity.sign('document', body));
  const bad: [string, Uint8Array][] = [
    ['one bit of the signature', flipped],
    ['signature under another label', encodeCanonical({ body, signature: other })],
    ['a trailing byte', Uint8Array.of(...base, 0)],
    ...wrong.map(([why, value]): [string, Uint8Array] => [why, sign(value)]),
  ];
  write('descriptor.json', {
    valid: { signed: b64(base), relay: hex(relay.hash), layer: relay.layer, keys: 2 },
    invalid: bad.map(([why, bytes]) => ({ why, edits: editsBetween(base, bytes) })),
  });

  const keyHash = randomBytes(rng, 32);
  const certificate = makeLinkCertificate(relay.identity, keyHash, 2_000_000_000_000);
  const proof = encodeLinkProof(relay.identity.publicKey, certificate);
  const now = 1_900_000_000_000;
  const check = (change: object): object => ({
    relay: hex(relay.hash),
    keyHash: hex(keyHash),
    now,
    ...change,
  });
  write('link-proof.json', {
    proof: b64(proof),
    checks: [
      { ...check({}), holds: true },
      { ...check({ now: 2_000_000_000_000 }), holds: true },
      { ...check({ now: 2_000_000_000_001 }), holds: false, why: 'ended' },
      { ...check({ relay: hex(network.edges[0]?.hash ?? keyHash) }), holds: false, why: 'relay' },
      { ...check({ keyHash: hex(relay.hash) }), holds: false, why: 'other TLS key' },
    ],
  });
}

function writeDocuments(from: TestNetwork): void {
  const body = encodeDocument(document);
  const signers = [one, two].filter((pair) => pair !== undefined);
  const signed = (bytes: Uint8Array, pairs = signers): Uint8Array =>
    encodePublished(
      bytes,
      pairs.map((pair) => signHash(pair, documentHash(bytes))),
    );
  const base = signed(body);
  const fields = decodeCanonical(body, 'body', body.length) as { [key: string]: Cbor };
  const bent = (change: object): Uint8Array => signed(encodeCanonical({ ...fields, ...change }));
  const relays = fields['relays'] as Cbor[];
  const generation = (fields['generations'] as Cbor[])[0] as { [key: string]: Cbor };
  const firstDay = generation['firstDay'] as number;
  const parameters = fields['parameters'] as { [key: string]: Cbor };
  const { echo: _, ...missing } = fields;
  const loops = [{ relay: new Uint8Array(32), sent: 1, lost: 0 }];
  const withLoops = { ...(relays[0] as { [key: string]: Cbor }), loops };
  const bad: [string, Uint8Array][] = [
    ['one signature of three', signed(body, signers.slice(1))],
    ['one authority twice', encodePublishedTwice(body)],
    ['a stranger beside enough signatures', withStranger(body)],
    ['relays out of order', bent({ relays: relays.toReversed() })],
    [
      'an empty layer',
      bent({ relays: relays.filter((r) => (r as { layer: number }).layer !== 2) }),
    ],
    ['keys of epochs before its own', bent({ epoch: document.epoch + 1 })],
    ['keys beyond its validity', bent({ epoch: document.epoch - 1 })],
    ['a first document that is not immediate', bent({ immediate: false })],
    ['another network name', bent({ networkName: 'other' })],
    ['another network id', bent({ networkId: new Uint8Array(32) })],
    [
      'a store generation that begins tomorrow',
      bent({ generations: [{ ...generation, firstDay: firstDay + 1 }] }),
    ],
    ['two store generations of one day', bent({ generations: [generation, generation] })],
    [
      'a store generation without families',
      bent({ generations: [{ ...generation, families: [] }] }),
    ],
    [
      'a store generation with a country of three letters',
      bent({
        generations: [{ ...generation, countries: (generation['edges'] as []).map(() => 'DEU') }],
      }),
    ],
    ['slotMs 49', bent({ parameters: { ...parameters, slotMs: 49 } })],
    ['inUseSlotMs above slotMs', bent({ parameters: { ...parameters, inUseSlotMs: 60_000 } })],
    ['transferSlotMs 4', bent({ parameters: { ...parameters, transferSlotMs: 4 } })],
    [
      'a transfer block of more than an hour',
      bent({ parameters: { ...parameters, transferBlockMs: 3_600_001 } }),
    ],
    [
      'a grace of more than half an epoch',
      bent({ parameters: { ...parameters, graceMs: 30_001 } }),
    ],
    ['poolTarget 1001', bent({ parameters: { ...parameters, poolTarget: 1_001 } })],
    ['poolFloor 1001', bent({ parameters: { ...parameters, poolFloor: 1_001 } })],
    ['what one relay says of another', bent({ relays: [withLoops, ...relays.slice(1)] })],
    ['a release statement of 513 bytes', bent({ release: new Uint8Array(513) })],
    ['version 2', bent({ version: 2 })],
    ['a missing field', signed(encodeCanonical(missing))],
    ['an unknown field', bent({ more: 1 })],
  ];
  write('document.json', {
    trust: trustJson(from),
    valid: {
      published: b64(base),
      hash: hex(documentHash(body)),
      epoch: document.epoch,
      relays: from.relays.map((relay) => hex(relay.hash)),
    },
    invalid: bad.map(([why, bytes]) => ({ why, edits: editsBetween(base, bytes) })),
  });

  function encodePublishedTwice(bytes: Uint8Array): Uint8Array {
    const twice = signers[0] === undefined ? [] : [signers[0], signers[0]];
    return signed(bytes, twice);
  }
  function withStranger(bytes: Uint8Array): Uint8Array {
    const stranger = makeTestNetwork({ seed: 'stranger' }).authorities;
    return signed(bytes, [...signers, ...stranger]);
  }
}

function writeVotes(from: TestNetwork): void {
  if (!one || !two) return;
  const body: Vote = {
    authority: authorityHashOf(one.publicKey),
    networkId: document.networkId,
    epoch: document.epoch + 1,
    attempt: 0,
    previous: from.verified.hash,
    parameters: document.parameters,
    echo: Uint8Array.of(7),
    release: new Uint8Array(0),
    descriptors: from.relays.slice(0, 2).map((relay) => relay.signedDescriptor),
  };
  const voted = signVote(one, body);
  const base = encodeSignedVote(countersignVote(two, voted));
  const fields = decodeCanonical(voted.body, 'vote', voted.body.length) as { [key: string]: Cbor };
  const sign = (value: object, pairs = [one, two]): Uint8Array => {
    const bytes = encodeCanonical(value as Cbor);
    return encodePublished(
      bytes,
      pairs.map((pair) => ({
        authority: pair.publicKey,
        signature: pair.sign('vote-signature', hash('vote', bytes)),
      })),
    );
  };
  const { echo: _, ...missing } = fields;
  const parameters = fields['parameters'] as { [key: string]: Cbor };
  const bad: [string, Uint8Array][] = [
    ['version 2', sign({ ...fields, version: 2 })],
    ['without the signature of the voter', sign(fields, [two])],
    ['one authority twice', sign(fields, [one, one])],
    ['a stranger among the signatures', sign(fields, [one, strange()])],
    ['the signature of a document', encodePublished(voted.body, [signHash(one, asDocument())])],
    ['another network', sign({ ...fields, networkId: new Uint8Array(32) })],
    ['attempt 65,536', sign({ ...fields, attempt: 65_536 })],
    ['slotMs 49', sign({ ...fields, parameters: { ...parameters, slotMs: 49 } })],
    ['a release statement of 513 bytes', sign({ ...fields, release: new Uint8Array(513) })],
    ['a missing field', sign(missing)],
    ['an unknown field', sign({ ...fields, more: 1 })],
  ];
  const relays = fields['descriptors'] as Uint8Array[];
  const forged = relays.map((signed) => signed.slice());
  const last = forged.at(-1);
  if (last !== undefined) last[last.length - 1] = (last.at(-1) ?? 0) ^ 1;
  const badRelays: [string, Uint8Array][] = [
    ['descriptors out of order', sign({ ...fields, descriptors: relays.toReversed() })],
    ['a relay twice', sign({ ...fields, descriptors: [relays[0], relays[0]] })],
    ['a forged descriptor', sign({ ...fields, descriptors: forged })],
  ];
  const edits = (list: [string, Uint8Array][]) =>
    list.map(([why, bytes]) => ({ why, edits: editsBetween(base, bytes) }));
  write('vote.json', {
    trust: trustJson(from),
    valid: {
      signed: b64(base),
      hash: hex(voted.hash),
      authority: hex(body.authority),
      epoch: body.epoch,
      attempt: 0,
      relays: from.relays.slice(0, 2).map((relay) => hex(relay.hash)),
      signers: [one, two].map((pair) => hex(authorityHashOf(pair.publicKey))).toSorted(),
    },
    invalid: edits(bad),
    invalidDescriptors: edits(badRelays),
  });

  function strange() {
    const [stranger] = makeTestNetwork({ seed: 'stranger' }).authorities;
    if (stranger === undefined) throw new RangeError('no stranger');
    return stranger;
  }
  function asDocument(): DocumentHash {
    return hash('vote', voted.body) as DocumentHash;
  }
}

/** Documents in some order, what a reader says to each, and what is in force at the end. */
function writeChain(from: TestNetwork): void {
  const e = from.document.epoch;
  const sign = (d: Document): VerifiedDocument =>
    verifyDocument(signDocument(d, from.authorities.slice(0, 2)), trust);
  const next = (before: VerifiedDocument, epoch: number, change: Partial<Document> = {}) =>
    sign({ ...from.next(before, epoch, change).document });
  const first = sign(document);
  const second = next(first, e + 1);
  const third = next(second, e + 2, { publishedAt: (e + 2) * 60_000 - 4_999 });
  const twin = next(first, e + 1, { echo: Uint8Array.of(1) });
  const fork = next(twin, e + 2);
  const again = next(third, e + 6, {
    previous: new Uint8Array(32) as DocumentHash,
    immediate: true,
  });
  const resumed = next(third, e + 6, { publishedAt: (e + 6) * 60_000 + 20_000, immediate: true });
  const hasty = next(third, e + 3, { immediate: true });
  const backdated = next(third, e + 3, { publishedAt: first.document.publishedAt - 1 });
  const skipping = next(first, e + 2);
  const documents = [first, second, third, twin, fork, again, resumed, hasty, backdated, skipping];
  const base = first.bytes;

  const orders = [
    [0, 0, 1, 3, 4, 2, 0],
    [2, 0, 1, 0],
    [0, 1, 2, 5, 7, 8, 6],
    [6, 2, 1, 0],
    [0, 2, 4],
    [0, 1, 9, 2],
    [1, 9, 0],
  ];
  const runs = orders.map((order) => {
    const book = new DocumentBook(trust);
    const steps = order.map((add) => {
      let outcome: string;
      try {
        outcome = book.accept(documents[add] as VerifiedDocument);
      } catch {
        outcome = 'document-chain';
      }
      return { add, outcome };
    });
    const epochs = Array.from({ length: 10 }, (_, i) => e - 1 + i);
    const inForce = epochs.map((epoch) => {
      const verified = book.inForce(epoch);
      return [epoch, verified === null ? null : documents.indexOf(verified)];
    });
    return { steps, inForce };
  });
  write('chain.json', {
    trust: trustJson(from),
    first: b64(base),
    documents: documents.map((one) => ({ edits: editsBetween(base, one.bytes) })),
    runs,
  });
}

const placements = [1, 2, 3, 5, 8].map((n) => {
  const families = Array.from({ length: n }, (_, i) => `family ${n === 5 ? 0 : i % 3}`);
  const edges = families.map(() => randomBytes(rng, 32)).toSorted(Buffer.compare);
  const countries = families.map((_, i) => ['DE', 'DE', 'FR', 'ZZ', 'ZZ'][i % 5] as string);
  const generation = { firstDay: 0, edges, families, countries } as unknown as StoreGeneration;
  const marks = Array.from({ length: 6 }, () => randomBytes(rng, 8));
  return {
    edges: edges.map(hex),
    families,
    countries,
    boxes: marks.map((mark) => ({ mark: hex(mark), homes: placeIn(generation, mark).map(hex) })),
  };
});
write('placement.json', { placements });

const cardBytes = fromCard(network.cardText);
const cardFields = decodeCanonical(cardBytes, 'card', 600) as { [key: string]: Cbor };
const cardText = (change: object): string =>
  CARD_PREFIX + base64url(encodeCanonical({ ...cardFields, ...change }));
const authority = (cardFields['a'] as Cbor[])[0] as Cbor;
write('card.json', {
  valid: {
    text: network.cardText,
    name: trust.networkName,
    authorities: trust.authorities.map(hex).toSorted(),
    threshold: trust.threshold,
    edges: network.card.edges.map((edge) => [edge.address, hex(edge.relay)]),
    joinSecret: hex(network.card.joinSecret),
    networkId: hex(document.networkId),
  },
  invalid: [
    { why: 'another version', text: network.cardText.replace('/1/', '/2/') },
    { why: 'padding', text: `${network.cardText}=` },
    { why: 'cut short', text: network.cardText.slice(0, -1) },
    { why: 'threshold below a majority', text: cardText({ t: 1 }) },
    { why: 'threshold above the authorities', text: cardText({ t: 4 }) },
    { why: 'an authority twice', text: cardText({ a: [authority, authority], t: 2 }) },
    { why: 'no edge', text: cardText({ e: [] }) },
    { why: 'a join secret of 8 bytes', text: cardText({ s: new Uint8Array(8) }) },
    { why: 'an unknown field', text: cardText({ x: 1 }) },
    { why: 'a name of 33 bytes', text: cardText({ n: 'n'.repeat(33) }) },
    {
      why: '601 characters',
      text: `${network.cardText}${'A'.repeat(601 - network.cardText.length)}`,
    },
  ],
});

function fromCard(text: string): Uint8Array {
  return Uint8Array.fromBase64(text.slice(CARD_PREFIX.length), { alphabet: 'base64url' });
}

function trustJson(from: TestNetwork): object {
  const { networkName: name, authorities, threshold } = from.trust;
  return { name, authorities: authorities.map(hex), threshold };
}

function jsonOf(value: Cbor): unknown {
  if (value instanceof Uint8Array) return { bytes: hex(value) };
  if (Array.isArray(value)) return value.map(jsonOf);
  return value;
}
