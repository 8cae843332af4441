/** What stands in boxes: records from an edge, contents and envelopes from a contact. */
import { pick, randomBytes, randomInt, utf8 } from '@tacet/base';
import {
  type BoxContent,
  type Content,
  decodeBoxContent,
  decodeEnvelope,
  decodeFirstWords,
  decodeKeys,
  decodeOffer,
  decodeOutcome,
  decodeReply,
  encodeBoxContent,
  encodeEnvelope,
  encodeFirstWords,
  encodeKeys,
  encodeOffer,
  encodeOutcome,
  encodeReply,
} from '@tacet/client/received';
import { edKeyPair } from '@tacet/crypto';
import { BOX_PLAINTEXT, type BoxId, type BoxRecord, openRecord, sealRecord } from '@tacet/wire';
import { damaged, flip } from '../mutate.ts';
import type { Card, ClientRole } from './client.ts';

export function boxCards(role: ClientRole): Card[] {
  const { rng, network, noise, contact } = role;
  const { networkId } = network.document;
  const some = (n: number): Uint8Array => randomBytes(rng, n);
  const [seed, key] = [some(32), some(32)];
  const id = edKeyPair(seed).publicKey as BoxId;
  const record = sealRecord({ seed, key }, networkId, noise.take(BOX_PLAINTEXT));
  const contents: readonly BoxContent[] = [
    { kind: 'part', seq: 1, part: 0, parts: 1, data: some(300) },
    { kind: 'control', data: some(200) },
    { kind: 'beacon', head: 70, lowest: 3, generation: 1 },
    { kind: 'cover' },
  ];
  const boxes = contents.map(encodeBoxContent);
  const keySet = { ed25519: some(32), mldsa65: some(1_952) };
  const meeting: readonly [Uint8Array, (bytes: Uint8Array) => unknown][] = [
    [
      encodeOffer({
        r: some(32),
        keySetHash: some(32),
        endsDay: 20_000,
        name: 'Alice',
        thumbnail: some(25),
        bundle: some(1_797),
      }),
      decodeOffer,
    ],
    [encodeKeys(keySet.ed25519, keySet.mldsa65), decodeKeys],
    [encodeReply({ ephemeral: some(32), sealed: some(2_000) }), decodeReply],
    [
      encodeOutcome({
        lock: some(32),
        keySetHash: some(32),
        what: 'accepted',
        replyHash: some(32),
      }),
      decodeOutcome,
    ],
    [
      encodeFirstWords({
        guestRoot: some(32),
        inviterRoot: some(32),
        keySetHash: some(32),
        name: 'Bob',
        text: 'hello',
      }),
      decodeFirstWords,
    ],
  ];
  const envelopes = [
    encodeEnvelope({
      content: { type: 'text', contentId: some(16), sentAt: 1e12, text: 'a text, é, 文' },
      receipt: {
        upTo: 4,
        ranges: [
          [7, 9],
          [12, 12],
        ],
      },
      document: { epoch: 500_000, hash: some(32) },
    }),
    ...contentsOf(role).map((content) => encodeEnvelope({ content, readUpTo: 3 })),
    encodeEnvelope({ keySet, hello: true }),
    encodeEnvelope({
      step: { kind: 'commit', run: some(16), value: some(32) },
      healing: { generation: 3, index: 200, day: 20_000, entropy: some(32) },
      closed: 4_000,
    }),
    encodeEnvelope({
      keyChange: {
        ...{ number: 1, identityKey: some(33), ...keySet },
        ...{ edSignature: some(64), mlSignature: some(3_309) },
      },
    }),
    encodeEnvelope({ receipt: { upTo: 2 ** 40, ranges: [] }, unreadable: [{ seq: 3, index: 9 }] }),
  ];
  const decoder = (
    kind: string,
    name: string,
    make: () => Uint8Array,
    decode: (bytes: Uint8Array) => unknown,
  ): Card[1] => {
    return () => {
      const bytes = make();
      return role.input(kind, true, () => role.refused(name, () => decode(bytes)));
    };
  };
  const damage = (all: readonly Uint8Array[]) => (): Uint8Array => {
    const bytes = pick(rng, all);
    return randomInt(rng, 2) === 0 ? damaged(rng, bytes) : flip(rng, bytes.slice(), 0, 60);
  };
  const open = (bytes: Uint8Array): unknown =>
    openRecord({ id, key }, networkId, bytes as BoxRecord);

  return [
    [20, decoder('record, damaged', 'record-invalid', damage([record]), open), 5],
    [25, decoder('box content', 'box-malformed', damage(boxes), decodeBoxContent), 20],
    [30, decoder('envelope', 'envelope-malformed', damage(envelopes), decodeEnvelope), 10],
    [
      5,
      decoder(
        'envelope of noise',
        'envelope-malformed',
        () => some(randomInt(rng, 200)),
        decodeEnvelope,
      ),
      10,
    ],
    ...meeting.map(
      ([bytes, decode]): Card => [
        4,
        decoder('meeting box', 'meeting-malformed', damage([bytes]), decode),
        4,
      ],
    ),
    [3, () => contact.envelope(damage(envelopes)())],
    // {1: {1: 1, 2: id, 3: -1}}: an envelope in order, a content that is not.
    [
      2,
      () => {
        const bad = [0xa1, 1, 0xa3, 1, 1, 2, 0x50, ...some(16), 3, 0x20];
        return contact.envelope(Uint8Array.from(bad));
      },
    ],
    [3, () => contact.garbled()],
    [3, () => contact.again()],
    [3, () => contact.senseless(damage(boxes)())],
    [3, () => contact.envelope(encodeEnvelope({ content: textOf(role) }))],
  ];
}

/** One of each type that is no plain text (docs/spec/14-content.md). */
function contentsOf({ rng }: ClientRole): readonly Content[] {
  const some = (n: number): Uint8Array => randomBytes(rng, n);
  const target = { author: 'writer', contentId: some(16) } as const;
  const every = () => ({ contentId: some(16), sentAt: 1e12, parent: some(16), shown: 'a line' });
  const mention = { start: 1, length: 4, who: some(32) };
  return [
    { type: 'text', ...every(), text: 'a reply', quote: { ...target, excerpt: 'a text' } },
    { type: 'reaction', ...every(), target, emoji: '\u{1f44d}' },
    { type: 'edit', ...every(), target, text: 'a better text', mentions: [mention] },
    { type: 'delete', ...every(), target },
    { type: 'card', ...every(), card: Uint8Array.of(0xa1, 0x01, 0x02) },
    { type: 'timer', ...every(), timer: 3_600 },
    { type: 'profile', ...every(), name: 'Robert' },
  ];
}

function textOf({ rng }: ClientRole) {
  const text = new TextDecoder().decode(utf8('x'.repeat(1 + randomInt(rng, 200))));
  return { type: 'text' as const, contentId: randomBytes(rng, 16), sentAt: 1e12, text };
}
