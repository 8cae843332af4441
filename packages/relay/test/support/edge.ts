/** One edge machine over a fake opener, for tests of what stands around the onion. */
import { type Millis, randomBytes, u32 } from '@tacet/base';
import { edKeyPair, systemRng } from '@tacet/crypto';
import { placement } from '@tacet/directory';
import type { ReplyBlock, ReplyId } from '@tacet/onion';
import {
  EDGE_LIMITS,
  type EdgeLimits,
  EdgeMachine,
  type EdgeOptions,
  type LinkHandle,
  type RelayEffect,
} from '@tacet/relay';
import { MemoryBoxes } from '@tacet/relay/acceptance/memory-boxes';
import { makeTestNetwork, seededRng, TEST_NOW, type TestNetworkOptions } from '@tacet/testkit';
import {
  BOX_PLAINTEXT,
  type BoxId,
  type BoxRequest,
  decodeAnswer,
  encodeRequest,
  type Mark,
  markOf,
  sealRecord,
  type UpFrame,
} from '@tacet/wire';
import { FakeOpener } from './fake-opener.ts';

export const bytes = (n: number): Uint8Array => randomBytes(systemRng, n);
export const mark = (): Mark => bytes(8) as Mark;
const indexOfMix = (network: ReturnType<typeof makeTestNetwork>, layer: number): number =>
  network.relays.findIndex((relay) => relay.role === 'mix' && relay.layer === layer);

export function makeEdge(
  options: {
    limits?: Partial<EdgeLimits>;
    network?: TestNetworkOptions;
    edge?: Partial<EdgeOptions>;
    documents?: boolean;
  } = {},
) {
  const network = makeTestNetwork({ seed: 'edge', edges: 1, ...options.network });
  const { epoch } = network.document;
  const opener = new FakeOpener(epoch, indexOfMix(network, 1));
  const self = network.edges[0]?.hash;
  const identity = network.edges[0]?.identity;
  if (self === undefined || identity === undefined) throw new RangeError('no edge');
  const book = network.book();
  const machine = new EdgeMachine({
    injector: opener,
    book,
    self,
    sign: identity,
    rng: seededRng('edge machine'),
    joinSecret: network.card.joinSecret,
    limits: { ...EDGE_LIMITS, ...options.limits },
    ...options.edge,
  });
  let now: Millis = TEST_NOW;
  if (options.documents !== false) machine.onDocument(network.verified, now);
  const boxes = new MemoryBoxes();
  const effects: RelayEffect[] = [];

  const edge = {
    network,
    epoch,
    opener,
    machine,
    book,
    self,
    identity,
    boxes,
    /** All effects but those of the store, in order. */
    effects,
    get now() {
      return now;
    },
    counters: () => machine.counters.snapshot(),
    ofKind<K extends RelayEffect['kind']>(kind: K) {
      return effects.filter((one): one is Extract<RelayEffect, { kind: K }> => one.kind === kind);
    },
    hello(
      link: LinkHandle,
      change: { resume?: Uint8Array; joinSecret?: Uint8Array; slotMs?: number } = {},
    ) {
      return machine.onHello(
        link,
        {
          joinSecret: network.card.joinSecret,
          resume: new Uint8Array(8),
          slotMs: network.parameters.slotMs,
          ...change,
        },
        now,
      );
    },
    up(link: LinkHandle, frame: UpFrame = { kind: 'packet', frame: new Uint8Array(1) }) {
      machine.onUp(link, frame, now);
    },
    /** Lets time pass; the store answers at once. */
    run(ms: Millis) {
      const until = now + ms;
      for (;;) {
        settle();
        const next = machine.deadline() ?? Infinity;
        if (next > until) break;
        now = Math.max(now, next);
        machine.advance(now);
      }
      now = until;
      machine.advance(now);
      settle();
    },
    /** Time passes, and nobody calls the machine. */
    jump(to: Millis) {
      now = to;
    },
    /** The clock is set, of which the machine is told as by its host. */
    setClock(by: Millis) {
      now += by;
      machine.onClockStep(by, now);
    },
    request(
      request: BoxRequest | Uint8Array,
      delayMs = 0,
      block: ReplyBlock | null = replyBlock(epoch),
    ) {
      const data = request instanceof Uint8Array ? request : encodeRequest(request);
      machine.onOpened({ kind: 'request', epoch, delayMs, data, block }, now);
    },
    reply(handle: Uint8Array) {
      const replyId = Uint8Array.from([...handle, ...bytes(8)]) as ReplyId;
      const payload = new Uint8Array(7_576);
      machine.onOpened({ kind: 'reply', epoch, replyId, payload }, now);
      return replyId;
    },
    answers: () => opener.replies.map(({ data, at }) => ({ at, answer: decodeAnswer(data) })),
    box(fill = 1) {
      const seed = bytes(32);
      const key = bytes(32);
      const id = edKeyPair(seed).publicKey as BoxId;
      const { networkId } = network.document;
      const seal = (n: number) =>
        sealRecord({ seed, key }, networkId, new Uint8Array(BOX_PLAINTEXT).fill(n));
      const homes = placement(network.verified, markOf(id));
      return { seed, key, id, mark: markOf(id), record: seal(fill), seal, homes };
    },
  };

  function settle(): void {
    for (;;) {
      const drained = machine.drain();
      if (drained.length === 0) return;
      for (const effect of drained) {
        if (effect.kind === 'store') {
          machine.onStore(effect.token, boxes.execute(effect.command), now);
        } else {
          effects.push(effect);
        }
      }
    }
  }
  return edge;
}

/** Nothing but its epoch is true of it. */
export function replyBlock(epoch: number): ReplyBlock {
  const block = bytes(4_742) as ReplyBlock;
  block.set(u32(epoch), 4_738);
  return block;
}
