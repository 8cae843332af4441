/**
 * Writes vectors/content, vectors/meeting and vectors/addresses. Made once and frozen: run it by hand
 * only for a type or key that has none yet, and look at what changed.
 *   node packages/client/test/reference/make-vectors.ts
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { base64url, randomBytes } from '@tacet/base';
import { hash, kemKeyPair } from '@tacet/crypto';
import { makeTestNetwork, seededRng } from '@tacet/testkit';
import {
  encodeEnd,
  endBox,
  lockedAddress,
  requestBox,
  sealRequest,
} from '../../src/addresses/boxes.ts';
import { addressSecret, cardWords, encodeAddressCard } from '../../src/addresses/card.ts';
import { encodeCanonical } from '../../src/content/cbor.ts';
import { contentMap, type KnownContent } from '../../src/content/content.ts';
import { type Envelope, encodeEnvelope } from '../../src/content/envelope.ts';
import { encodeFacts, type FileFacts } from '../../src/files/facts.ts';
import {
  encodeFirstWords,
  encodeKeys,
  encodeOffer,
  encodeOutcome,
  encodeReply,
  invitationSecret,
  lockedBy,
  meetingBox,
} from '../../src/meeting/boxes.ts';
import { encodeLink } from '../../src/meeting/link.ts';
import { type Card, encodeCard } from '../../src/trust/card.ts';
import { badContents, badEnvelopes, readBefore } from './bad-envelopes.ts';
import { toHex } from './primitives.ts';

const rng = seededRng('content vectors');
const random = (n: number): Uint8Array => randomBytes(rng, n);
const provenance =
  'made once by packages/client/test/reference/make-vectors.ts; confirmed by the reader and writer beside it, which share no code with src';

function write(path: string, spec: string, content: object): void {
  const file = new URL(`../../../../vectors/${path}`, import.meta.url);
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ spec, provenance, ...content }, null, 1)}\n`);
}

/** Bytes as `{hex}`, everything else as it is. */
export function said(value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: toHex(value) };
  if (Array.isArray(value)) return value.map(said);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, said(item)]));
}

// Contents and envelopes -------------------------------------------------------------------

const id = (n: number): Uint8Array => new Uint8Array(16).fill(n);
const base = { contentId: id(1), sentAt: 1_770_000_000_000 } as const;
const parent = id(2);
const target = { author: 'reader', contentId: id(3) } as const;
const own = { author: 'writer', contentId: id(4) } as const;

const FILE: FileFacts = {
  secret: new Uint8Array(32).fill(7),
  size: 1,
  tree: new Uint8Array(32).fill(8),
  name: 'a.txt',
  mediaType: 'text/plain',
  kind: 'file',
};

const CONTENTS: readonly (readonly [string, KnownContent])[] = [
  ['a text', { type: 'text', ...base, text: 'hello' }],
  ['an empty text', { type: 'text', ...base, sentAt: 0, text: '' }],
  ['the longest text', { type: 'text', ...base, text: `${'\u20ac'.repeat(5_461)}a` }],
  [
    'a text with everything',
    {
      type: 'text',
      ...base,
      parent,
      lifetime: 31_536_000,
      text: '\u{1f600} you, me and her',
      quote: { ...target, excerpt: 'where?' },
      mentions: [
        { start: 2, length: 3, who: 'reader' },
        { start: 7, length: 2, who: 'writer' },
        { start: 14, length: 3, who: new Uint8Array(32).fill(5) },
      ],
    },
  ],
  [
    'a reaction',
    { type: 'reaction', ...base, shown: 'Reacted: \u{1f44d}', target, emoji: '\u{1f44d}' },
  ],
  ['a reaction taken back', { type: 'reaction', ...base, parent, shown: '', target, emoji: '' }],
  [
    'an edit',
    {
      type: 'edit',
      ...base,
      parent,
      shown: 'Edited: you',
      target: own,
      text: 'you',
      mentions: [{ start: 0, length: 3, who: 'reader' }],
    },
  ],
  ['a delete', { type: 'delete', ...base, shown: 'Asked to delete a message.', target: own }],
  ['a timer', { type: 'timer', ...base, parent, shown: 'Disappearing.', timer: 86_400 }],
  ['a timer off', { type: 'timer', ...base, shown: 'No longer.', timer: 0 }],
  ['a profile', { type: 'profile', ...base, shown: 'Another name.', name: 'Zo\u00eb' }],
  ['a file', { type: 'file', ...base, shown: 'File: a.txt (1 B)', file: encodeFacts(FILE) }],
  [
    'a picture with words',
    {
      type: 'file',
      ...base,
      parent,
      lifetime: 60,
      text: 'look',
      shown: 'Picture: \u00e9t\u00e9.jpg (150 kB)',
      file: encodeFacts({
        ...FILE,
        size: 150_000,
        name: '\u00e9t\u00e9.jpg',
        mediaType: 'image/jpeg',
        kind: 'picture',
        preview: new Uint8Array(25).fill(10),
        dimensions: [4_000, 3_000],
      }),
    },
  ],
  [
    'a voice note',
    {
      type: 'file',
      ...base,
      shown: 'Voice note (8.0 kB)',
      file: encodeFacts({
        ...FILE,
        size: 8_000,
        name: 'voice.ogg',
        mediaType: 'audio/ogg',
        kind: 'voice',
        duration: 4_000,
        peaks: new Uint8Array(64).fill(200),
      }),
    },
  ],
];

const token = id(9);
const secret = random(32);
const introduced = { keySetHash: random(32), name: 'Carol', note: 'we sing together' };
const CARDS: readonly Card[] = [
  { kind: 'offer', token, ...introduced },
  { kind: 'agree', token, secret },
  { kind: 'decline', token },
  { kind: 'known', token },
  { kind: 'taken', token },
  { kind: 'pass', token, ...introduced, note: '', secret },
];

const cardContents = CARDS.map((card): readonly [string, KnownContent] => [
  `a card: ${card.kind}`,
  { type: 'card', ...base, shown: 'A contact card.', card: encodeCard(card) },
]);

const run = id(6);
const value = random(32);
const ENVELOPES: readonly (readonly [string, Envelope])[] = [
  ['nothing', {}],
  ['a receipt of nothing', { receipt: { upTo: 0, ranges: [] } }],
  [
    'a receipt with ranges',
    {
      receipt: {
        upTo: 7,
        ranges: [
          [9, 9],
          [11, 300],
        ],
      },
    },
  ],
  ['a key set', { keySet: { ed25519: random(32), mldsa65: random(1_952) } }],
  ['hello', { hello: true }],
  ['a document', { document: { epoch: 491_667, hash: random(32) } }],
  [
    'unreadable',
    {
      unreadable: [
        { seq: 1, index: 0 },
        { seq: 65_536, index: 70_000 },
      ],
    },
  ],
  ['read up to', { readUpTo: 24 }],
  [
    'new keys',
    {
      keyChange: {
        number: 1,
        identityKey: random(33),
        ed25519: random(32),
        mldsa65: random(1_952),
        edSignature: random(64),
        mlSignature: random(3_309),
      },
    },
  ],
  ...(['commit', 'nonce', 'reveal'] as const).map((kind): readonly [string, Envelope] => [
    `a step: ${kind}`,
    { step: { kind, run, value } },
  ]),
  ...(['same', 'different', 'stop'] as const).map((kind): readonly [string, Envelope] => [
    `a step: ${kind}`,
    { step: { kind, run } },
  ]),
  ['a step: scan', { step: { kind: 'scan', value } }],
  ['healing', { healing: { generation: 1, index: 128, day: 20_487, entropy: random(32) } }],
  ['closed', { closed: 2_000_000 }],
  ['a recovery root', { recoveryRoot: new Uint8Array(32).fill(13) }],
  [
    'words about files',
    {
      fileWords: [
        { author: 'writer', contentId: id(1), word: 'written', round: 0, ranges: [] },
        {
          author: 'reader',
          contentId: id(2),
          word: 'wanted',
          round: 15,
          ranges: [
            [0, 0],
            [2, 70_000],
          ],
        },
      ],
    },
  ],
  [
    'much at once',
    {
      content: { type: 'text', ...base, text: 'yes' },
      receipt: { upTo: 255, ranges: [] },
      readUpTo: 255,
      closed: 4_294_967_296,
    },
  ],
];

const all = [
  ...[...CONTENTS, ...cardContents].map(([name, content]): readonly [string, Envelope] => [
    name,
    { content },
  ]),
  ...ENVELOPES,
];

write('content/envelopes.json', 'docs/spec/07-streams.md 4, docs/spec/14-content.md 1 and 2', {
  valid: all.map(([name, envelope]) => ({
    name,
    hex: toHex(encodeEnvelope(envelope)),
    says: said(envelope),
  })),
  // Read as what is said here; what stands there besides is kept and ignored.
  more: readBefore().map(({ name, item, says }) => ({
    name,
    hex: toHex(encodeCanonical(item)),
    says: said(says),
  })),
  // The envelope is sound, its content is not.
  badContent: badContents(contentMap).map(([why, item]) => ({
    why,
    hex: toHex(encodeCanonical(item)),
  })),
  invalid: badEnvelopes().map(([why, bytes]) => ({ why, hex: toHex(bytes) })),
});

write('content/cards.json', 'docs/spec/15-trust.md 6', {
  valid: CARDS.map((card) => ({ name: card.kind, hex: toHex(encodeCard(card)), says: said(card) })),
  more: [
    {
      name: 'a later kind',
      hex: toHex(
        encodeCanonical(
          new Map<number, unknown>([
            [1, 7],
            [2, token],
            [9, 'x'],
          ]),
        ),
      ),
      says: said({ kind: 'unknown', token }),
    },
  ],
  invalid: (
    [
      ['no token', new Map<number, unknown>([[1, 3]])],
      [
        'a token of 15 bytes',
        new Map<number, unknown>([
          [1, 3],
          [2, id(1).slice(1)],
        ]),
      ],
      [
        'kind below 0',
        new Map<number, unknown>([
          [1, -1],
          [2, token],
        ]),
      ],
      [
        'agree without a secret',
        new Map<number, unknown>([
          [1, 2],
          [2, token],
        ]),
      ],
      [
        'an offer without a name',
        new Map<number, unknown>([
          [1, 1],
          [2, token],
          [3, secret],
          [4, ''],
          [5, ''],
        ]),
      ],
      [
        'an offer with a note of 513 bytes',
        new Map<number, unknown>([
          [1, 1],
          [2, token],
          [3, secret],
          [4, 'C'],
          [5, 'n'.repeat(513)],
        ]),
      ],
    ] as const
  ).map(([why, map]) => ({ why, hex: toHex(encodeCanonical(map)) })),
});

// Invitations ------------------------------------------------------------------------------

const network = makeTestNetwork({ seed: 'content vectors' });
const [lock, keySetHash] = [random(32), random(32)];
const invitation = invitationSecret(keySetHash, lockedBy(lock));
const MEETING = [
  [
    'offer',
    {
      r: lockedBy(lock),
      keySetHash,
      endsDay: 20_508,
      name: 'Ren\u00e9',
      thumbnail: new Uint8Array(25),
      bundle: random(1_810),
    },
  ],
  [
    'offer',
    {
      r: lockedBy(lock),
      keySetHash,
      endsDay: 0,
      name: '',
      thumbnail: random(25),
      bundle: random(1),
    },
  ],
  ['keys', { ed25519: random(32), mldsa65: random(1_952) }],
  ['reply', { ephemeral: random(32), sealed: random(2_229) }],
  ['outcome', { lock, keySetHash, what: 'accepted', replyHash: random(32) }],
  ['outcome', { lock, keySetHash, what: 'expired', replyHash: new Uint8Array(32) }],
  [
    'firstWords',
    {
      guestRoot: random(32),
      inviterRoot: random(32),
      keySetHash: random(32),
      name: 'Bo',
      text: 'it is me',
    },
  ],
  [
    'firstWords',
    {
      guestRoot: random(32),
      inviterRoot: random(32),
      keySetHash: random(32),
      name: 'x'.repeat(64),
      text: '',
    },
  ],
] as const;
const ENCODERS = {
  offer: encodeOffer,
  reply: encodeReply,
  outcome: encodeOutcome,
  firstWords: encodeFirstWords,
  keys: (keys: { ed25519: Uint8Array; mldsa65: Uint8Array }) =>
    encodeKeys(keys.ed25519, keys.mldsa65),
};
const encodeBox = (box: (typeof MEETING)[number]): Uint8Array =>
  (ENCODERS[box[0]] as (value: unknown) => Uint8Array)(box[1]);
const changed = (bytes: Uint8Array, at: number, ...values: number[]): string => {
  const other = bytes.slice();
  other.set(values, at);
  return toHex(other);
};
const [offer, , keys, reply, outcome, , words] = MEETING.map(encodeBox);
if (!offer || !keys || !reply || !outcome || !words) throw new RangeError('boxes');

write('meeting/boxes.json', 'docs/spec/09-meeting.md 2 and 3', {
  secret: said({ lock, r: lockedBy(lock), keySetHash, secret: invitation }),
  boxes: [0, 1, 2, 3].map((index) => {
    const { seed, key, id: boxId } = meetingBox(invitation, index);
    return { index, seed: toHex(seed), key: toHex(key), id: toHex(boxId) };
  }),
  valid: MEETING.map((box) => ({ box: box[0], hex: toHex(encodeBox(box)), says: said(box[1]) })),
  invalid: [
    { box: 'offer', why: 'another kind', hex: changed(offer, 0, 17) },
    { box: 'offer', why: 'a name of 65 bytes', hex: changed(offer, 69, 65) },
    { box: 'offer', why: 'something behind the name', hex: changed(offer, 133, 1) },
    { box: 'offer', why: 'no bundle', hex: changed(offer, 159, 0, 0) },
    { box: 'offer', why: 'a bundle beyond the end', hex: changed(offer, 159, 255, 255) },
    { box: 'offer', why: 'a name that is no UTF-8', hex: changed(offer, 70, 0xff) },
    { box: 'offer', why: 'a byte more', hex: `${toHex(offer)}00` },
    { box: 'keys', why: 'something behind the keys', hex: changed(keys, 2_263, 1) },
    { box: 'reply', why: 'nothing sealed', hex: changed(reply, 33, 0, 0) },
    { box: 'reply', why: 'a byte less', hex: toHex(reply.slice(0, -1)) },
    { box: 'outcome', why: 'outcome 0', hex: changed(outcome, 65, 0) },
    { box: 'outcome', why: 'outcome 5', hex: changed(outcome, 65, 5) },
    { box: 'firstWords', why: 'another kind', hex: changed(words, 0, 2) },
    { box: 'firstWords', why: 'a text of 161 bytes', hex: changed(words, 162, 161) },
    { box: 'firstWords', why: 'a byte more', hex: `${toHex(words)}00` },
  ],
});

const short = encodeLink(invitation, network.document.networkId, null);
const full = encodeLink(invitation, network.document.networkId, network.cardText);
const later = short.replace('invite/1', 'invite/2');
write('meeting/links.json', 'docs/spec/09-meeting.md 2', {
  network: toHex(network.document.networkId),
  valid: [
    { name: 'short', text: short, secret: toHex(invitation), card: null },
    { name: 'full', text: full, secret: toHex(invitation), card: network.cardText },
    { name: 'as pasted', text: ` \n${short}\r\n`, secret: toHex(invitation), card: null },
  ],
  invalid: [
    { why: 'nothing', text: '', code: 'invitation-malformed' },
    { why: 'a character less', text: short.slice(0, -1), code: 'invitation-malformed' },
    { why: 'padding', text: `${short}=`, code: 'invitation-malformed' },
    { why: 'stray bits', text: short.replace(/.\./, '_.'), code: 'invitation-malformed' },
    {
      why: 'another scheme',
      text: short.replace('tacet:', 'https:'),
      code: 'invitation-malformed',
    },
    { why: 'something before it', text: `see ${short}`, code: 'invitation-malformed' },
    { why: 'space inside', text: short.replace('.', '. '), code: 'invitation-malformed' },
    { why: 'a card that is none', text: `${short}.AAAA`, code: 'invitation-malformed' },
    {
      why: 'a card of another network',
      text: encodeLink(
        invitation,
        network.document.networkId,
        makeTestNetwork({ seed: 'elsewhere' }).cardText,
      ),
      code: 'invitation-malformed',
    },
    { why: 'of a later version', text: later, code: 'link-newer' },
  ],
});

// Addresses --------------------------------------------------------------------------------

const kemSeed = random(32);
const kem = kemKeyPair(kemSeed);
const addressLock = random(32);
const card = {
  network: network.document.networkId.slice(0, 8),
  r: lockedAddress(addressLock),
  keySetHash: random(32),
  identityKey: random(33),
  kem: kem.publicKey,
  name: '\u00c4nne',
};
const cardBytes = encodeAddressCard(card);
const address = addressSecret(cardBytes);
const place = { day: 20_487, number: 255 };
const box = requestBox(address, place);
const request = {
  invitation,
  keySetHash,
  contentId: id(8),
  endsDay: 20_508,
  name: 'Bob',
  text: 'we met at the market',
};
const longest = { ...request, name: 'x'.repeat(64), text: '\u00e4'.repeat(450) };
const requests = [request, longest].map((one) => ({
  hex: toHex(sealRequest(kem.publicKey, box, one, rng)),
  says: said(one),
}));
const [first] = requests;
if (first === undefined) throw new RangeError('requests');
const sealedBytes = Uint8Array.from(Buffer.from(first.hex, 'hex'));
const end = encodeEnd(addressLock);
write('addresses/addresses.json', 'docs/spec/16-addresses.md 1 and 2', {
  card: {
    hex: toHex(cardBytes),
    says: said(card),
    secret: toHex(address),
    words: cardWords(cardBytes),
    link: `tacet://address/1#${base64url(cardBytes)}`,
    lock: toHex(addressLock),
    kemSeed: toHex(kemSeed),
  },
  invalidCards: [
    { why: 'another version', hex: changed(cardBytes, 0, 2) },
    { why: 'no name', hex: toHex(encodeAddressCard({ ...card, name: '' })) },
    { why: 'a name of 65 bytes', hex: toHex(encodeAddressCard({ ...card, name: 'x'.repeat(65) })) },
    { why: 'a name that is no UTF-8', hex: changed(cardBytes, cardBytes.length - 1, 0xff) },
    { why: 'a byte more', hex: `${toHex(cardBytes)}00` },
    { why: 'a byte less', hex: toHex(cardBytes.slice(0, -1)) },
  ],
  end: { ...hexed(endBox(address)), plaintext: toHex(end) },
  invalidEnds: [
    { why: 'another lock', hex: changed(end, 1, (end[1] ?? 0) ^ 1) },
    { why: 'something behind the lock', hex: changed(end, 2_263, 1) },
    { why: 'another kind', hex: changed(end, 0, 20) },
  ],
  place: { ...place, ...hexed(box) },
  requests,
  invalidRequests: [
    { why: 'another kind', hex: changed(sealedBytes, 0, 21) },
    { why: 'a bit of the encapsulation', hex: changed(sealedBytes, 5, (sealedBytes[5] ?? 0) ^ 1) },
    {
      why: 'a bit of what is sealed',
      hex: changed(sealedBytes, 2_000, (sealedBytes[2_000] ?? 0) ^ 1),
    },
    { why: 'a byte less', hex: toHex(sealedBytes.slice(0, -1)) },
    {
      why: 'of another place',
      hex: toHex(
        sealRequest(kem.publicKey, requestBox(address, { ...place, number: 0 }), request, rng),
      ),
    },
  ],
  hashed: toHex(hash('address-words', cardBytes)),
});

function hexed({ seed, key, id: boxId }: ReturnType<typeof endBox>) {
  return { seed: toHex(seed), key: toHex(key), id: toHex(boxId) };
}
