/**
 * The routing block, 40 bytes: what one relay is told (docs/spec/02-onion.md, 4).
 * command u8 | flags u8 | next u16 | delay u32 ms | id 16 | payload MAC 16
 */
import { GEOMETRY as G } from './geometry.ts';

export const COMMAND = {
  /** Mixes: wait `delay`, then send on to relay `next`. */
  forward: 1,
  /** The last hop of a request: hand the payload to the edge. */
  request: 2,
  /** The last hop of a reply: hand the payload to the client behind `id`. */
  reply: 3,
  /** A loop is back at the mix that made it. */
  end: 4,
} as const;

/** Bit 0 of the flags: the payload MAC is present and must match. */
export const FLAG_MAC = 1;

export const ROUTING_ID_AT = 8;
export const ROUTING_MAC_AT = 24;

export interface Routing {
  readonly command: 'forward' | 'request' | 'reply' | 'end';
  readonly mac: boolean;
  readonly next: number;
  readonly delayMs: number;
}

/** Null for another length, and for everything the table of the specification does not allow at that layer. */
export function decodeRouting(block: Uint8Array, layer: number): Routing | null {
  if (block.length !== G.routing) return null;
  const command = block[0];
  const flags = block[1] as number;
  if ((flags & ~FLAG_MAC) !== 0) return null;
  const mac = (flags & FLAG_MAC) !== 0;
  const next = ((block[2] as number) << 8) | (block[3] as number);
  const delayMs =
    (block[4] as number) * 0x100_0000 +
    (((block[5] as number) << 16) | ((block[6] as number) << 8) | (block[7] as number));
  const last = layer === 4;
  switch (command) {
    case COMMAND.forward:
      if (last || !zeroId(block)) return null;
      return { command: 'forward', mac, next, delayMs };
    case COMMAND.request:
      if (!last || !mac || next !== 0 || !zeroId(block)) return null;
      return { command: 'request', mac, next, delayMs };
    case COMMAND.reply:
      if (!last || mac || next !== 0 || delayMs !== 0) return null;
      return { command: 'reply', mac, next, delayMs };
    case COMMAND.end:
      if (last || mac || next !== 0 || delayMs !== 0) return null;
      return { command: 'end', mac, next, delayMs };
    default:
      return null;
  }
}

function zeroId(block: Uint8Array): boolean {
  let acc = 0;
  for (let i = ROUTING_ID_AT; i < ROUTING_MAC_AT; i++) acc |= block[i] as number;
  return acc === 0;
}
