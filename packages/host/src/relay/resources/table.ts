/**
 * What a network takes, by arithmetic from measured figures (docs/ops/resources.md). A packet of a
 * person crosses each layer twice, as a request and as its reply; an edge sees it from its client,
 * and another edge stores or reads.
 */
import { defaultParameters } from '@tacet/directory';
import { MEASURED } from './measured.ts';
import { relayMemoryMb, replayCapacity } from './memory.ts';

export interface ResourceOptions {
  readonly users: number;
  readonly mixesPerLayer: number;
  readonly edges: number;
  /** Packets a second a relay declares; its load where that is more. */
  readonly capacity: number;
}

/** For one relay of that role. */
export interface ResourceRow {
  readonly slotMs: number;
  readonly role: 'mix' | 'edge';
  readonly packetsPerSecond: number;
  /** Of one core. */
  readonly corePercent: number;
  readonly memoryMb: number;
  readonly diskGb: number;
  /** In the busier direction. */
  readonly megabits: number;
  /** Both directions together, 30 days. */
  readonly gigabytesPerMonth: number;
}

/** T of the rows: quick, usual, thrifty. */
const SLOTS = [500, 1_000, 2_000, 4_000] as const;
/** Part of the time a person is in use, at twice the rate. */
const IN_USE = 1 / 8;
/** Boxes a day that people write themselves, both copies: texts and receipts. */
const OWN_BOXES = 400;
const DAY_S = 86_400;
const TAG_BYTES = 8;

export function resourceTable(options: ResourceOptions): ResourceRow[] {
  return SLOTS.flatMap((slotMs) => [mixRow(options, slotMs), edgeRow(options, slotMs)]);
}

/** Packets all people send in a second. */
function sent({ users }: ResourceOptions, slotMs: number): number {
  const { slotMs: usual, inUseSlotMs } = defaultParameters;
  const faster = usual / inUseSlotMs;
  return (users * (1 + IN_USE * (faster - 1)) * 1_000) / slotMs;
}

function mixRow(options: ResourceOptions, slotMs: number): ResourceRow {
  const packets = (2 * sent(options, slotMs)) / options.mixesPerLayer;
  return row(slotMs, 'mix', packets, {
    coreMs: packets * MEASURED.mixPacketMs,
    memoryMb: relayMemoryMb('mix', Math.max(options.capacity, packets), defaultParameters),
    // Tags of two epochs while they overlap.
    diskGb: (2 * TAG_BYTES * replayCapacity(packets, defaultParameters)) / 1e9,
    up: packets,
    down: packets,
  });
}

function edgeRow(options: ResourceOptions, slotMs: number): ResourceRow {
  const own = sent(options, slotMs) / options.edges;
  const clients = options.users / options.edges;
  const perDay = own * DAY_S * 2 * (defaultParameters.coverPutPermille / 1_000);
  const boxes = (perDay + OWN_BOXES * clients) * defaultParameters.boxLifeDays;
  return row(slotMs, 'edge', 3 * own, {
    coreMs: own * MEASURED.edgePacketMs,
    memoryMb:
      relayMemoryMb('edge', Math.max(options.capacity, 3 * own), defaultParameters) +
      clients * MEASURED.clientMb,
    diskGb: (boxes * MEASURED.boxBytes) / 1e9,
    // Two frames down for each up, and requests and answers to layer 1.
    up: 4 * own,
    down: 3 * own,
  });
}

interface Load {
  readonly coreMs: number;
  readonly memoryMb: number;
  readonly diskGb: number;
  /** Frames a second that leave, and that come. */
  readonly up: number;
  readonly down: number;
}

function row(
  slotMs: number,
  role: ResourceRow['role'],
  packetsPerSecond: number,
  { coreMs, memoryMb, diskGb, up, down }: Load,
): ResourceRow {
  return {
    slotMs,
    role,
    packetsPerSecond,
    corePercent: coreMs / 10,
    memoryMb,
    diskGb,
    megabits: (Math.max(up, down) * MEASURED.wireBytes * 8) / 1e6,
    gigabytesPerMonth: ((up + down) * MEASURED.wireBytes * 30 * DAY_S) / 1e9,
  };
}
