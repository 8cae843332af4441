/** Requests as an opener hands them over: whatever a client may have put into a good packet. */
import { randomBytes, randomInt } from '@tacet/base';
import { delayCapMs } from '@tacet/directory';
import type { ReplyBlock } from '@tacet/onion';
import { damaged, flip, resized } from '../mutate.ts';
import type { Card, EdgeRole } from './edge.ts';

export function requestCards(role: EdgeRole): Card[] {
  const { rng, forge, machine, boxes } = role;
  const { epoch } = forge;
  const blocks = Array.from({ length: 32 }, () => forge.replyBlock(role.firstMix));
  const block = (): ReplyBlock => blocks[randomInt(rng, blocks.length)] as ReplyBlock;
  const stale = forge.replyBlock(role.firstMix, epoch + 7);
  const nowhere = forge.replyBlock(65_000);
  const misled = forge.replyBlock(forge.indexOf(role.node.relay));

  interface Asked {
    readonly times?: number;
    readonly delayMs?: () => number;
    readonly block?: () => ReplyBlock | null;
  }
  function ask(kind: string, silent: boolean, data: () => Uint8Array, how: Asked = {}): Card[1] {
    return () => {
      const asked = Array.from({ length: how.times ?? 1 }, () => ({
        kind: 'request' as const,
        epoch,
        delayMs: how.delayMs?.() ?? 0,
        data: data(),
        block: how.block === undefined ? block() : how.block(),
      }));
      return role.input(kind, silent, () => {
        for (const opened of asked) machine.onOpened(opened, role.now);
      });
    };
  }
  const anyOf = (): Uint8Array =>
    [boxes.put, boxes.get, boxes.tombstone][randomInt(rng, 3)]?.call(boxes) ?? boxes.put();
  const later = (): number => randomInt(rng, delayCapMs(role.network.parameters));
  const bent = (bytes: Uint8Array): Uint8Array => flip(rng, bytes.slice(), 1);

  return [
    [10, ask('request, length', true, () => resized(rng, anyOf())), 5],
    [6, ask('request, random', true, () => randomBytes(rng, 100 + randomInt(rng, 2_000))), 3],
    [6, ask('request, damaged', false, () => damaged(rng, anyOf()))],
    [3, ask('request, no reply block', true, anyOf, { block: () => null }), 3],
    [3, ask('put, damaged', false, () => bent(boxes.put()))],
    [3, ask('tombstone, damaged', false, () => bent(boxes.tombstone()))],
    [3, ask('put, misplaced', false, () => boxes.misplaced())],
    [2, ask('put', false, () => boxes.put())],
    [1, ask('puts, fresh', false, () => boxes.fresh(), { times: 10 })],
    [2, ask('tombstone', false, () => boxes.tombstone())],
    [3, ask('get', false, () => boxes.get())],
    [2, ask('gets that wait', false, () => boxes.get(60_000), { times: 3 })],
    [2, ask('gets that are late', false, () => boxes.get(), { delayMs: later, times: 4 })],
    [2, ask('get, stale reply block', false, () => boxes.get(), { block: () => stale })],
    [2, ask('get, reply to nobody', false, () => boxes.get(), { block: () => nowhere })],
    [2, ask('get, reply to an edge', false, () => boxes.get(), { block: () => misled })],
    [2, ask('get, any wait', false, () => boxes.get(randomInt(rng, 2 ** 32)))],
  ];
}
