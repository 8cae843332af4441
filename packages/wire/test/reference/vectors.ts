/**
 * Builds the vectors of records and links from the slow reference. `node make-vectors.ts` writes
 * them; a test compares the files with what this gives.
 */
import {
  encodeDigestBody,
  encodeRequest,
  markOf,
  type Request,
  sealRecord,
  signDigest,
  signTombstone,
} from './boxes.ts';
import { headOf, pages } from './links.ts';
import { hash, join, label, publicKey, sign, uint } from './primitives.ts';
import { toRuns } from './runs.ts';

const PROVENANCE =
  'Made by packages/wire/test/reference/make-vectors.ts, a slow implementation on @noble that ' +
  'shares no code with packages/wire/src. Byte strings: hexadecimal words; hex*n repeats a word.';

/** `length` bytes that look random and come from a name. */
function named(name: string, length = 32): Uint8Array {
  const text = Uint8Array.from(name, (c) => c.charCodeAt(0));
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    hash('mark', text, uint(i, 4)),
  );
  return join(...blocks).slice(0, length);
}

const flip = (bytes: Uint8Array, bit: number): Uint8Array => {
  const out = bytes.slice();
  out[bit >> 3] = (out[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return out;
};

const put = (bytes: Uint8Array, at: number, what: Uint8Array): Uint8Array => {
  const out = bytes.slice();
  out.set(what, at);
  return out;
};

const padded = (head: Uint8Array, length: number, fill: number): Uint8Array =>
  join(head, new Uint8Array(length - head.length).fill(fill));

const network = named('network');
const otherNetwork = named('other network');
const box = { seed: named('box seed'), key: named('box key') };
const id = publicKey(box.seed);
const plaintext = padded(named('text', 100), 2_264, 0);
const record = sealRecord(box.seed, box.key, network, plaintext);
const tombstone = signTombstone(box.seed, network);

/** L, the order of the group: S + L is the other signature of the same message. */
const L = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;

function addOrder(signature: Uint8Array): Uint8Array {
  let s = [...signature.slice(32)].reverse().reduce((n, byte) => (n << 8n) | BigInt(byte), 0n) + L;
  const bytes = Array.from({ length: 32 }, () => {
    const byte = Number(s & 255n);
    s >>= 8n;
    return byte;
  });
  return join(signature.slice(0, 32), Uint8Array.from(bytes));
}

/** The public key of order one, under which (R = 1, S = 0) would sign anything. */
const IDENTITY = padded(Uint8Array.of(1), 32, 0);
const weak = join(IDENTITY, IDENTITY, new Uint8Array(32), record.slice(96));

function records() {
  const other = { seed: named('second seed'), key: named('second key') };
  const valid = [
    { ...box, network, plaintext },
    { ...other, network, plaintext: new Uint8Array(2_264) },
    { ...other, network: otherNetwork, plaintext: named('full', 2_264) },
  ];
  const badOpen = join(record.slice(0, 120), flip(record.slice(120), 3));
  const resigned = sign(
    box.seed,
    join(label('box-put'), network, id, hash('box-content', badOpen.slice(96))),
  );
  const invalid: [string, Uint8Array][] = [
    ['one byte short', record.slice(0, 2_399)],
    ['one byte long', join(record, uint(0, 1))],
    ['a bit of the id flipped', flip(record, 0)],
    ['a bit of R flipped', flip(record, 32 * 8)],
    ['a bit of S flipped', flip(record, 64 * 8)],
    ['a bit of the nonce flipped', flip(record, 96 * 8)],
    ['a bit of the ciphertext flipped', flip(record, 1_000 * 8)],
    ['a bit of the tag flipped', flip(record, 2_399 * 8)],
    ['S plus the group order', put(record, 32, addOrder(record.slice(32, 96)))],
    ['an id of small order', weak],
    ['signed for another network', sealRecord(box.seed, box.key, otherNetwork, plaintext)],
    ['a tombstone in place of the signature', put(record, 32, tombstone)],
    ['random bytes', named('random', 2_400)],
  ];
  return {
    provenance: PROVENANCE,
    valid: valid.map((one) => ({
      network: toRuns(one.network),
      seed: toRuns(one.seed),
      key: toRuns(one.key),
      plaintext: toRuns(one.plaintext),
      id: toRuns(publicKey(one.seed)),
      mark: toRuns(markOf(publicKey(one.seed))),
      record: toRuns(sealRecord(one.seed, one.key, one.network, one.plaintext)),
    })),
    /** Valid to an edge, which cannot open it; null to its reader. */
    unopenable: {
      network: toRuns(network),
      id: toRuns(id),
      key: toRuns(box.key),
      record: toRuns(put(badOpen, 32, resigned)),
    },
    invalid: invalid.map(([why, bytes]) => ({
      why,
      network: toRuns(network),
      id: toRuns(id),
      key: toRuns(box.key),
      record: toRuns(bytes),
    })),
    tombstones: {
      valid: [{ network: toRuns(network), seed: toRuns(box.seed), signature: toRuns(tombstone) }],
      invalid: [
        ['another box', signTombstone(named('second seed'), network)],
        ['another network', signTombstone(box.seed, otherNetwork)],
        ['the signature of the put', record.slice(32, 96)],
        ['S plus the group order', addOrder(tombstone)],
        ['one byte short', tombstone.slice(0, 63)],
      ].map(([why, signature]) => ({
        why,
        network: toRuns(network),
        id: toRuns(id),
        signature: toRuns(signature as Uint8Array),
      })),
    },
  };
}

function requests() {
  const marks = ['a', 'b', 'c'].map((name) => named(name, 8));
  const list: [string, Request, object][] = [
    ['put', { kind: 'put', record }, { record: toRuns(record) }],
    ['get', { kind: 'get', waitMs: 0, marks }, { waitMs: 0, marks: marks.map(toRuns) }],
    ['get', { kind: 'get', waitMs: 90_000, marks }, { waitMs: 90_000, marks: marks.map(toRuns) }],
    [
      'tombstone',
      { kind: 'tombstone', id, signature: tombstone },
      { id: toRuns(id), signature: toRuns(tombstone) },
    ],
  ];
  const get = encodeRequest({ kind: 'get', waitMs: 0, marks });
  const invalid: [string, Uint8Array][] = [
    ['nothing', new Uint8Array(0)],
    ['operation 0', put(get, 0, uint(0, 1))],
    ['operation 4', put(get, 0, uint(4, 1))],
    ['operation alone', uint(2, 1)],
    ['two marks', get.slice(0, 21)],
    ['four marks', join(get, named('d', 8))],
    ['a byte more', join(get, uint(0, 1))],
    ['a put one byte short', encodeRequest({ kind: 'put', record: record.slice(1) })],
  ];
  return {
    provenance: PROVENANCE,
    valid: list.map(([kind, request, fields]) => ({
      kind,
      ...fields,
      bytes: toRuns(encodeRequest(request)),
    })),
    invalid: invalid.map(([why, bytes]) => ({ why, bytes: toRuns(bytes) })),
  };
}

function answers() {
  const spare = (head: Uint8Array): Uint8Array => padded(head, 7_560, 0xa5);
  const three = [record, named('absent', 2_400), new Uint8Array(2_400).fill(0x5a)];
  const read = spare(join(uint(4, 1), uint(0xdead_beef, 4), ...three));
  const valid: [string, object, Uint8Array][] = [
    ['stored', { expiryDay: 20_741 }, spare(join(uint(1, 1), uint(20_741, 4)))],
    ['taken', {}, spare(uint(2, 1))],
    ['refused', {}, spare(uint(3, 1))],
    ['read', { records: three.map(toRuns) }, read],
  ];
  const invalid: [string, Uint8Array][] = [
    ['status 0', spare(uint(0, 1))],
    ['status 5', spare(uint(5, 1))],
    ['one byte short', read.slice(0, 7_559)],
    ['one byte long', join(read, uint(0, 1))],
  ];
  return {
    provenance: PROVENANCE,
    valid: valid.map(([status, fields, bytes]) => ({ status, ...fields, bytes: toRuns(bytes) })),
    invalid: invalid.map(([why, bytes]) => ({ why, bytes: toRuns(bytes) })),
  };
}

function digests() {
  const seed = named('edge seed');
  const edge = named('edge');
  const sorted = (list: Uint8Array[]) => list.sort((a, b) => (a.toHex() < b.toHex() ? -1 : 1));
  const marks = (n: number) => sorted(Array.from({ length: n }, (_, i) => named(`mark ${i}`, 8)));
  const others = sorted([named('edge 2'), named('edge 3')]);
  const digest = {
    edge,
    number: 353_489_000,
    previous: named('previous'),
    seen: others.map((other) => ({ edge: other, hash: hash('digest-hash', other) })),
    marks: marks(128),
  };
  const first = { ...digest, number: 0, previous: new Uint8Array(32), seen: [], marks: marks(64) };
  const body = encodeDigestBody(digest);
  const signed = signDigest(seed, network, body);
  const bent = (change: Partial<typeof digest>): Uint8Array =>
    signDigest(seed, network, encodeDigestBody({ ...digest, ...change }));
  const twice = [...digest.marks];
  twice[1] = twice[0] ?? edge;
  const invalid: [string, Uint8Array][] = [
    ['marks out of order', bent({ marks: digest.marks.toReversed() })],
    ['a mark twice', bent({ marks: twice })],
    ['65 marks', bent({ marks: marks(65) })],
    ['no marks', bent({ marks: [] })],
    ['other edges out of order', bent({ seen: digest.seen.toReversed() })],
    ['itself among the others', bent({ seen: [{ edge, hash: named('self') }] })],
    ['a number of 2^53', bent({ number: 2 ** 53 })],
    ['a byte more, signed', signDigest(seed, network, join(body, uint(0, 1)))],
    ['a byte less', signed.slice(0, -1)],
    ['a byte after the signature', join(signed, uint(0, 1))],
    ['another network', signDigest(seed, otherNetwork, body)],
    ['another edge’s key', signDigest(named('another seed'), network, body)],
    ['a bit of a mark flipped', flip(signed, (body.length - 1) * 8)],
    ['S plus the group order', join(body, addOrder(signed.slice(-64)))],
  ];
  return {
    provenance: PROVENANCE,
    network: toRuns(network),
    edge: toRuns(edge),
    key: toRuns(publicKey(seed)),
    seed: toRuns(seed),
    valid: [digest, first].map((one) => {
      const bytes = signDigest(seed, network, encodeDigestBody(one));
      return {
        number: one.number,
        previous: toRuns(one.previous),
        seen: one.seen.map((other) => ({ edge: toRuns(other.edge), hash: toRuns(other.hash) })),
        marks: one.marks.map(toRuns),
        bytes: toRuns(bytes),
        hash: toRuns(hash('digest-hash', bytes)),
      };
    }),
    invalid: invalid.map(([why, bytes]) => ({ why, bytes: toRuns(bytes) })),
  };
}

function frames() {
  const whole = (layer: number, ...body: Uint8Array[]): Uint8Array =>
    padded(headOf(layer, ...body), 12_288, 0xa5);
  const secret = named('join secret', 16);
  const handle = named('handle', 8);
  const proof = named('proof', 500);
  const replyId = join(handle, named('nonce', 8));
  const page = padded(named('page', 64), 4_688, 0);
  const payload = padded(named('payload', 64), 7_576, 0x3c);
  const now = 1_767_226_200_123;
  const hello = whole(0xf0, secret, handle, uint(2_000, 4));
  const greeting = whole(0xf4, uint(500, 2), proof);
  const welcome = whole(0xf1, handle, uint(now, 8));
  const rate = whole(0xf2, uint(1_000, 4));
  const down = headOf(0, replyId, page, payload);
  const digest = whole(0xf3, page);
  const packet = (layer: number) =>
    padded(join(uint(1, 1), uint(layer, 1), uint(490_000, 4), uint(7, 2)), 12_288, 0x77);
  const valid: [string, object, Uint8Array][] = [
    ['hello', { joinSecret: toRuns(secret), resume: toRuns(handle), slotMs: 2_000 }, hello],
    [
      'hello',
      { joinSecret: '', resume: '00*8', slotMs: 0 },
      whole(0xf0, uint(0, 16), uint(0, 8), uint(0, 4)),
    ],
    ['greeting', { proof: toRuns(proof) }, greeting],
    ['greeting', { proof: '' }, whole(0xf4, uint(0, 2))],
    ['welcome', { handle: toRuns(handle), now }, welcome],
    ['up', { slotMs: 1_000 }, rate],
    ['up', { packet: true }, packet(0)],
    ['down', { replyId: toRuns(replyId), broadcast: toRuns(page), payload: toRuns(payload) }, down],
    ['down', { replyId: null, broadcast: toRuns(page) }, whole(0, uint(0, 16), page)],
    ['relay', { part: toRuns(page) }, digest],
    ['relay', { packet: true }, packet(3)],
  ];
  const invalid: [string, string, Uint8Array][] = [];
  const kinds = [
    ['greeting', greeting],
    ['hello', hello],
    ['welcome', welcome],
    ['up', rate],
    ['down', down],
    ['relay', digest],
  ] as const;
  for (const [kind, frame] of kinds) {
    invalid.push(
      [kind, 'one byte short', frame.slice(0, -1)],
      [kind, 'one byte long', join(frame, uint(0, 1))],
      [kind, 'version 2', put(frame, 0, uint(2, 1))],
      [kind, 'an epoch', put(frame, 2, uint(490_000, 4))],
      [kind, 'a relay index', put(frame, 6, uint(1, 2))],
      [kind, 'an unknown layer byte', put(frame, 1, uint(0xf5, 1))],
    );
  }
  invalid.push(
    ['greeting', 'a proof longer than the frame', put(greeting, 8, uint(12_279, 2))],
    ['welcome', 'a zero handle', put(welcome, 8, uint(0, 8))],
    ['welcome', 'a time of 2^53', put(welcome, 16, uint(2 ** 53, 8))],
    ['up', 'a packet of layer 1', packet(1)],
    ['relay', 'a packet of layer 0', packet(0)],
    ['relay', 'a packet of layer 5', packet(5)],
  );
  return {
    provenance: PROVENANCE,
    valid: valid.map(([kind, fields, bytes]) => ({ kind, ...fields, bytes: toRuns(bytes) })),
    invalid: invalid.map(([kind, why, bytes]) => ({ kind, why, bytes: toRuns(bytes) })),
  };
}

function broadcast() {
  const items = [
    { kind: 'digest' as const, bytes: named('one', 843) },
    { kind: 'document' as const, bytes: padded(named('two', 64), 6_000, 0x11) },
    { kind: 'digest' as const, bytes: named('three', 563) },
  ];
  const [first = uint(0, 1), second = uint(0, 1)] = pages(items);
  const invalid: [string, Uint8Array[]][] = [
    ['a bit of the item id flipped', [flip(first, 8)]],
    ['a bit of the data flipped', [flip(first, 23 * 8)]],
    ['a total of 4,194,305', [put(first, 17, uint(4_194_305, 4))]],
    ['an index beyond the total', [put(first, 21, uint(2, 2))]],
    ['kind 3', [put(first, 0, uint(3, 1))]],
    ['the other kind', [put(first, 0, uint(2, 1))]],
    ['a byte in the fill', [put(first, 586 + 23 + 280, uint(1, 1))]],
    ['a total of zero', [put(first, 17, uint(0, 4))]],
  ];
  return {
    provenance: PROVENANCE,
    items: items.map(({ kind, bytes }) => ({ kind, bytes: toRuns(bytes) })),
    pages: [first, second].map(toRuns),
    /** The first item, alone on its page, must not come out of these. */
    invalid: invalid.map(([why, list]) => ({
      why,
      pages: list.map((page) => toRuns(padded(page.slice(0, 1_172), 4_688, 0))),
    })),
  };
}

export const VECTORS: Readonly<Record<string, () => object>> = {
  'boxes/records.json': records,
  'boxes/requests.json': requests,
  'boxes/answers.json': answers,
  'boxes/digests.json': digests,
  'links/frames.json': frames,
  'links/broadcast.json': broadcast,
};

export const render = (make: () => object): string => `${JSON.stringify(make(), null, 1)}\n`;
