/** Reads vectors/onion and makes production relays from it. */
import { readFileSync } from 'node:fs';
import { fromHex } from '@tacet/base';
import { kemKeyPair, systemRng } from '@tacet/crypto';
import {
  type CountingOpener,
  createPacketOpener,
  type DocumentHash,
  EpochReplayGuard,
} from '@tacet/onion';
import type { InvalidCase, PacketJson } from './reference/invalid.ts';

const DIRECTORY = new URL('../../../vectors/onion/', import.meta.url);

export function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, DIRECTORY), 'utf8')) as T;
}

export interface SceneJson {
  document_hash: string;
  predecessor_hash: string;
  accepted_epochs: number[];
  delay_cap: number;
  relays: { name: string; layer: number; index: number; seed: string; public_key: string }[];
}

export interface HopJson {
  relay: string;
  index: number;
  delay: number;
}

export interface StepJson {
  relay: string;
  receives: string;
  command: string;
  next?: number;
  delay?: number;
  refill?: string;
}

interface LayerJson {
  prk: string;
  routing: string;
}

export interface RequestJson {
  name: string;
  first_layer: number;
  epoch: number;
  hops: HopJson[];
  data: string;
  reply_block: string | null;
  packet: string;
  layers?: LayerJson[];
  steps?: StepJson[];
}

export interface ReplyJson {
  name: string;
  hops: HopJson[];
  id: string;
  key_seed: string;
  block: string;
  layers: LayerJson[];
  data: string;
  packet: string;
  steps: StepJson[];
  payload?: string;
}

export const scene = readVectors<SceneJson>('scene.json');
export const requests = readVectors<RequestJson[]>('requests.json');
export const replies = readVectors<ReplyJson[]>('replies.json');
export const invalid = readVectors<InvalidCase[]>('invalid.json');

/** The production opener of a relay of the scene, with an empty replay set. */
export function openerOf(name: string): CountingOpener {
  const relay = scene.relays.find((each) => each.name === name);
  if (relay === undefined) throw new Error(`no relay ${name}`);
  const secret = kemKeyPair(fromHex(relay.seed));
  return createPacketOpener({
    keys: {
      lookup: (epoch) =>
        scene.accepted_epochs.includes(epoch)
          ? {
              secret,
              index: relay.index,
              documentHash: fromHex(scene.document_hash) as DocumentHash,
              predecessor: fromHex(scene.predecessor_hash) as DocumentHash,
              delayCapMs: scene.delay_cap,
            }
          : null,
    },
    replay: new EpochReplayGuard({ capacity: 1_000, rng: systemRng, log: 'none' }),
    rng: systemRng,
    role: relay.layer === 4 ? 'edge' : 'mix',
    layer: relay.layer,
  });
}

/** The octets of an entry of invalid.json; `request` is the packet that the first mix receives. */
export function packetOf(json: PacketJson): Uint8Array<ArrayBuffer> {
  const [request] = requests;
  const base = json.of === undefined ? json.hex : request?.steps?.[0]?.receives;
  let bytes = Uint8Array.from(fromHex(base ?? ''));
  if (json.length !== undefined && json.length !== bytes.length) {
    const sized = new Uint8Array(json.length).fill(Number.parseInt(json.pad ?? '00', 16));
    sized.set(bytes.subarray(0, json.length));
    bytes = sized;
  }
  for (const [at, bits] of json.xor ?? []) {
    for (const [i, octet] of fromHex(bits).entries()) {
      bytes[at + i] = (bytes[at + i] ?? 0) ^ octet;
    }
  }
  return bytes;
}
