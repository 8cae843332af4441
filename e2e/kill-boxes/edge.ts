/**
 * An edge as far as boxes go: the real machine over the real SQLite store and clock, with requests
 * on standard input in place of packets and answers on standard output. `run.ts` kills it.
 *
 *   in   u32 token | u16 length | request            out  u32 token | u16 length | answer
 *
 * An answer other than *read* is cut after its expiry day. Numbers are big-endian.
 */
import { writeSync } from 'node:fs';
import { openBoxes } from '@tacet/adapters/boxes-sqlite';
import type { Millis } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import type { Injection, PacketInjector, ReplyBlock } from '@tacet/onion';
import { EdgeMachine, type RelayEffect, runStoreCommand } from '@tacet/relay';
import { makeTestNetwork, TEST_NOW } from '@tacet/testkit';
import { NETWORK_SEED, READ, TOKEN_AT } from './form.ts';

const [dir = ''] = process.argv.slice(2);
const network = makeTestNetwork({ seed: NETWORK_SEED, edges: 1 });
const { epoch } = network.document;
const [self] = network.edges;
if (self === undefined) throw new RangeError('no edge');
const store = await openBoxes({ dir });

const injector: PacketInjector = {
  enter: () => ({ drop: 'version' }),
  reply: (block: ReplyBlock, data: Uint8Array): Injection => {
    const length = data[0] === READ ? data.length : 5;
    const out = Buffer.alloc(6 + length);
    out.set(block.subarray(TOKEN_AT, TOKEN_AT + 4));
    out.writeUInt16BE(length, 4);
    out.set(data.subarray(0, length), 6);
    for (let at = 0; at < out.length; ) at += writeAll(out.subarray(at));
    return { epoch, next: 0, packet: new Uint8Array(0) };
  },
};
const machine = new EdgeMachine({
  injector,
  book: network.book(),
  self: self.hash,
  sign: self.identity,
  rng: systemRng,
  joinSecret: network.card.joinSecret,
});
const start = performance.now();
const now = (): Millis => TEST_NOW + performance.now() - start;
let timer: NodeJS.Timeout | undefined;

function settle(): void {
  if ((machine.deadline() ?? Infinity) <= now()) machine.advance(now());
  for (const effect of machine.drain()) perform(effect);
  clearTimeout(timer);
  timer = setTimeout(settle, Math.max(1, (machine.deadline() ?? Infinity) - now()));
}

function perform(effect: RelayEffect): void {
  if (effect.kind !== 'store') return;
  runStoreCommand(store, effect.command).then((result) => {
    machine.onStore(effect.token, result, now());
    settle();
  });
}

/** The pipe may be full; its reader is always reading. */
function writeAll(bytes: Uint8Array): number {
  try {
    return writeSync(1, bytes);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
    throw error;
  }
}

machine.onDocument(network.verified, now());
machine.advance(now());
settle();
let rest = Buffer.alloc(0);
process.stdin.on('data', (chunk: Buffer) => {
  rest = Buffer.concat([rest, chunk]);
  while (rest.length >= 6) {
    const end = 6 + rest.readUInt16BE(4);
    if (rest.length < end) break;
    const block = new Uint8Array(4_742) as ReplyBlock;
    block.set(rest.subarray(0, 4), TOKEN_AT);
    new DataView(block.buffer).setUint32(4_738, epoch);
    const data = Uint8Array.from(rest.subarray(6, end));
    machine.onOpened({ kind: 'request', epoch, delayMs: 0, data, block }, now());
    rest = rest.subarray(end);
  }
  settle();
});
process.stdin.on('end', () => process.exit(0));
