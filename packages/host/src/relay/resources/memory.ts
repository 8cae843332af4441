/** What a relay's process takes of memory before it has clients (docs/ops/resources.md). */
import type { Parameters, Role } from '@tacet/directory';
import { replaySetBytes } from '@tacet/onion';
import { MEASURED } from './measured.ts';

type Schedule = Pick<Parameters, 'epochMs' | 'graceMs'>;

/** Tags of one epoch and its graces, at the declared rate (docs/spec/04-mixing.md, 3). */
export function replayCapacity(packetsPerSecond: number, { epochMs, graceMs }: Schedule): number {
  return Math.ceil((packetsPerSecond * (epochMs + 2 * graceMs)) / 1_000);
}

/** MB, with the tables of two epochs, as while they overlap; each is made at once. */
export function relayMemoryMb(role: Role, packetsPerSecond: number, schedule: Schedule): number {
  const idle = role === 'mix' ? MEASURED.mixIdleMb : MEASURED.edgeIdleMb;
  return idle + (2 * replaySetBytes(replayCapacity(packetsPerSecond, schedule))) / 1e6;
}
