/** What clients send: hellos, frames in their slots or not, rates, and links that come and go. */
import { isAppError, pick, randomBytes, randomInt } from '@tacet/base';
import type { Frame } from '@tacet/onion';
import {
  decodeHello,
  decodeUp,
  encodeDown,
  encodeGreeting,
  encodeHello,
  encodeUp,
  encodeWelcome,
  type Hello,
  type UpFrame,
} from '@tacet/wire';
import { damaged, flip, resized } from '../mutate.ts';
import type { Card, EdgeRole } from './edge.ts';

export function linkCards(role: EdgeRole): Card[] {
  const { rng, network, machine, young, noise, forge } = role;
  const { parameters, card } = network;
  const { handles } = role;
  let links: number[] = [1];
  let nextLink = 2;
  const { slotMs } = parameters;
  const hello = (change: Partial<Hello> = {}): Hello => ({
    joinSecret: card.joinSecret,
    resume: new Uint8Array(8),
    slotMs,
    ...change,
  });
  const frames = {
    hello: encodeHello(hello(), rng),
    rate: encodeUp({ kind: 'rate', slotMs }, rng),
    welcome: encodeWelcome({ handle: randomBytes(rng, 8), now: 1 }, rng),
    greeting: encodeGreeting({ proof: randomBytes(rng, 5_000) }, rng),
    down: encodeDown({ reply: null, broadcast: noise.take(4_688) }, rng),
  };
  const link = (): number => pick(rng, links);

  function read<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T | null {
    try {
      return decode(bytes);
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      role.count('frame-malformed');
      return null;
    }
  }
  function greet(id: number, said: Hello): void {
    const welcome = machine.onHello(id, said, role.now);
    if (welcome === null) return;
    links = [...links, id].slice(-12);
    handles.push(welcome.handle);
    if (handles.length > 20) handles.splice(1, 1);
  }
  /** Is forgotten here too: else links that stand would be pushed out by those that are gone. */
  function end(id: number): void {
    machine.onLinkClosed(id, role.now);
    links = links.length > 1 ? links.filter((one) => one !== id) : links;
  }
  const say = (kind: string, said: () => Hello, id = (): number => nextLink++): Card[1] => {
    return () => {
      const to = id();
      const bytes = encodeHello(said(), rng);
      return role.input(kind, false, () => {
        const heard = read(decodeHello, bytes);
        if (heard !== null) greet(to, heard);
      });
    };
  };
  const up = (kind: string, make: () => UpFrame): Card[1] => {
    return () => {
      const frame = make();
      // What is entered goes on later, like any client's packet.
      return role.input(kind, false, () => machine.onUp(link(), frame, role.now));
    };
  };
  const malformed = (kind: string, base: Uint8Array, decode: (b: Uint8Array) => unknown) => () => {
    const bytes = randomInt(rng, 2) === 0 ? damaged(rng, base) : flip(rng, base.slice(), 0, 8);
    return role.input(kind, true, () => {
      read(decode, bytes);
    });
  };
  const client = (next: number, epoch = forge.epoch): Frame =>
    forge.prefixed(noise.take(12_288), 0, next, epoch);
  const packet = (frame: Frame): UpFrame => ({ kind: 'packet', frame });
  /** As a link passes it on: no check has looked at it. */
  const bare = (change: (frame: Frame) => Frame) => () => packet(change(client(role.firstMix)));
  const any = (): number => randomInt(rng, 2 ** 32);
  const periods = [slotMs, parameters.inUseSlotMs, parameters.transferSlotMs];

  return [
    [6, malformed('hello, damaged', frames.hello, decodeHello), 6],
    [3, malformed('rate, damaged', frames.rate, decodeUp), 3],
    [3, malformed('up, another frame', pick(rng, [frames.welcome, frames.greeting]), decodeUp), 3],
    [3, malformed('hello, another frame', frames.down, decodeHello), 3],
    [2, say('hello', () => hello()), 4],
    [2, say('hello, wrong secret', () => hello({ joinSecret: randomBytes(rng, 16) }))],
    [1, say('hello, no secret', () => hello({ joinSecret: new Uint8Array(0) }))],
    [4, say('hello, odd slot', () => hello({ slotMs: any() }))],
    [1, say('hello, resumed', () => hello({ resume: pick(rng, handles) }))],
    [1, say('hello, another handle', () => hello({ resume: randomBytes(rng, 8) }))],
    [1, say('hello twice', () => hello(), link)],
    [
      1,
      () =>
        role.input('hello before any document', true, () => {
          young.greeting();
          young.onHello(nextLink++, hello(), role.now);
        }),
    ],
    [4, () => role.input('closed', true, () => end(link())), 1],
    [4, up('up, good', () => packet(client(role.firstMix))), 6],
    [
      2,
      () => {
        const [frame, to] = [packet(client(role.firstMix)), links];
        return role.input('up, on every link', false, () => {
          for (const id of to) machine.onUp(id, frame, role.now);
        });
      },
    ],
    [4, up('up, epoch', () => packet(client(role.firstMix, any()))), 6],
    [4, up('up, no such relay', () => packet(client(60_000 + randomInt(rng, 5_000)))), 6],
    [
      4,
      up('up, relay of another layer', () => packet(client(role.forge.indexOf(role.node.relay)))),
      6,
    ],
    [
      4,
      up(
        'up, length',
        bare((frame) => resized(rng, frame)),
      ),
      6,
    ],
    [
      4,
      up(
        'up, version',
        bare((frame) => flip(rng, frame, 0, 1)),
      ),
      6,
    ],
    [
      4,
      up(
        'up, layer',
        bare((frame) => flip(rng, frame, 1, 2)),
      ),
      6,
    ],
    [2, up('rate', () => ({ kind: 'rate', slotMs: pick(rng, periods) })), 3],
    [4, up('rate, odd', () => ({ kind: 'rate', slotMs: any() })), 3],
    [
      1,
      () =>
        role.input('up on no link', true, () =>
          machine.onUp(1e6 + randomInt(rng, 1e6), packet(client(role.firstMix)), role.now),
        ),
    ],
  ];
}
