/** Frames on the link, decoded as the adapter does, and the replies in them. */
import assert from 'node:assert/strict';
import { isAppError, pick, randomBytes, randomInt } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { encodeLinkProof, verifyLinkProof } from '@tacet/directory';
import type { ReplyId } from '@tacet/onion';
import {
  ANSWER_LENGTH,
  BROADCAST_PAGE,
  type DownFrame,
  decodeAnswer,
  decodeDown,
  decodeGreeting,
  decodeWelcome,
  encodeAnswer,
  encodeDown,
  encodeGreeting,
  encodeHello,
  encodeWelcome,
  PAYLOAD_LENGTH,
} from '@tacet/wire';
import { damaged, flip, resized } from '../mutate.ts';
import { Walk } from '../walk.ts';
import type { Card, ClientRole } from './client.ts';

const EMPTY_PAGE = new Uint8Array(BROADCAST_PAGE);

export function frameCards(role: ClientRole): Card[] {
  const { rng, network, noise, client } = role;
  const [edge] = network.edges;
  assert.ok(edge);
  const proof = encodeLinkProof(edge.identity.publicKey, edge.descriptor.link);
  const frames = {
    down: encodeDown({ reply: null, broadcast: EMPTY_PAGE }, rng),
    welcome: encodeWelcome({ handle: randomBytes(rng, 8), now: 1 }, rng),
    greeting: encodeGreeting({ proof }, rng),
    hello: encodeHello(
      { joinSecret: new Uint8Array(0), resume: new Uint8Array(8), slotMs: 1 },
      rng,
    ),
  };
  const answer = encodeAnswer({ status: 'taken' }, rng);
  const walk = new Walk(network, rng);

  function down(bytes: Uint8Array): void {
    let frame: DownFrame;
    try {
      frame = decodeDown(bytes);
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      role.count('frame-malformed');
      return;
    }
    client.onDown(frame, role.now);
  }
  const downs = (kind: string, make: () => Uint8Array): Card[1] => {
    return () => {
      const bytes = make();
      return role.input(kind, true, () => down(bytes));
    };
  };
  const reply = (kind: string, make: () => NonNullable<DownFrame['reply']>): Card[1] => {
    return () => {
      const said = make();
      return role.input(kind, true, () =>
        client.onDown({ reply: said, broadcast: EMPTY_PAGE }, role.now),
      );
    };
  };
  const opening =
    (kind: string, base: Uint8Array, decode: (bytes: Uint8Array) => unknown) => () => {
      const bytes = randomInt(rng, 2) === 0 ? damaged(rng, base) : flip(rng, base.slice(), 0, 12);
      return role.input(kind, true, () => role.refused('frame-malformed', () => decode(bytes)));
    };
  const shown = (): Card[1] => () => {
    const bytes = damaged(rng, proof);
    return role.input('link proof', true, () => {
      const { link } = edge.descriptor;
      if (!verifyLinkProof(bytes, edge.hash, link.keyHash, role.now)) role.count('proof-invalid');
    });
  };
  const withPage = (change: (page: Uint8Array) => void) => (): Uint8Array => {
    const frame = frames.down.slice();
    change(frame.subarray(24, 24 + BROADCAST_PAGE));
    return frame;
  };
  const known = (): ReplyId =>
    pick(rng, [...role.asked, new Uint8Array(16).fill(1)]).slice() as ReplyId;
  const payload = (): Uint8Array => noise.take(PAYLOAD_LENGTH);

  return [
    [20, downs('frame, another length', () => resized(rng, frames.down)), 20],
    [10, downs('frame, prefix', () => flip(rng, frames.down.slice(), 0, 8)), 20],
    [
      5,
      downs('frame, another kind', () =>
        pick(rng, [frames.welcome, frames.greeting, frames.hello]),
      ),
      5,
    ],
    [
      30,
      downs(
        'page of noise',
        withPage((page) => page.set(noise.take(BROADCAST_PAGE))),
      ),
      10,
    ],
    [
      20,
      downs(
        'cells without end',
        withPage((page) => cells(page)),
      ),
    ],
    [8, opening('welcome, damaged', frames.welcome, decodeWelcome), 10],
    [8, opening('greeting, damaged', frames.greeting, decodeGreeting), 10],
    [10, shown()],
    [
      10,
      reply('reply for nobody', () => ({
        replyId: randomBytes(rng, 16) as ReplyId,
        payload: payload(),
      })),
      15,
    ],
    [6, reply('reply, damaged', () => ({ replyId: known(), payload: payload() }))],
    [
      2,
      () => {
        const packet = role.packets.pop();
        const answered =
          packet === undefined ? null : walk.answer(packet, noise.take(ANSWER_LENGTH), role.now);
        if (answered === null) return role.input('no packet yet', true, () => undefined);
        // Nothing but the edge that was asked can make this one.
        return role.input('reply, no answer in it', true, () =>
          client.onDown({ reply: answered, broadcast: EMPTY_PAGE }, role.now),
        );
      },
    ],
    [
      15,
      () => {
        const bytes =
          randomInt(rng, 2) === 0 ? damaged(rng, answer) : flip(rng, answer.slice(), 0, 4);
        return role.input('answer', true, () =>
          role.refused('answer-malformed', () => decodeAnswer(bytes)),
        );
      },
      20,
    ],
  ];

  /** Well-formed cells of items nobody finishes, and of one item that contradict each other. */
  function cells(page: Uint8Array): void {
    const view = new DataView(page.buffer, page.byteOffset);
    for (let at = 0; at < BROADCAST_PAGE; at += BROADCAST_PAGE / 8) {
      const one = randomInt(rng, 3) === 0;
      page[at] = 1 + randomInt(rng, 2);
      page.set(
        one
          ? hash('broadcast-item', Uint8Array.of(randomInt(rng, 4))).subarray(0, 16)
          : randomBytes(rng, 16),
        at + 1,
      );
      view.setUint32(at + 17, one ? 563 * (2 + randomInt(rng, 3)) : 4_194_304);
      view.setUint16(at + 21, randomInt(rng, 2));
    }
  }
}
