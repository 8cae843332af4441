/**
 * The network document's unsigned body (docs/spec/06-directory.md, 7): what a network is during
 * some epochs. Its hash goes into every onion layer, so its encoding is canonical and its rules
 * are checked completely here; who signed it is `published.ts`.
 */
import { AppError, DAY, isZero } from '@tacet/base';
import { hash } from '@tacet/crypto';
import type { DocumentHash } from '@tacet/onion';
import * as v from 'valibot';
import { decodeCanonical, encodeCanonical } from './cbor.ts';
import { descriptorFields, descriptorSchema } from './descriptor.ts';
import { epochStart } from './epochs.ts';
import { relayHashOf } from './identity.ts';
import {
  MAX_DOCUMENT_BYTES,
  MAX_ECHO_BYTES,
  MAX_GENERATIONS,
  MAX_RELAYS,
  MAX_RELEASE_BYTES,
} from './limits.ts';
import { isAscending } from './order.ts';
import { parametersSchema } from './parameters.ts';
import { branded, bytes, country, epoch, name, parse, time, uint } from './schema.ts';
import type { Descriptor, Document, NetworkId, RelayHash, StoreGeneration } from './types.ts';

const VERSION = 1;

const generationSchema = v.pipe(
  v.strictObject({
    firstDay: uint(0, 100_000_000),
    edges: v.pipe(v.array(branded<RelayHash>(32)), v.minLength(1), v.maxLength(MAX_RELAYS)),
    families: v.array(name),
    countries: v.array(country),
  }),
  v.check((g) => g.families.length === g.edges.length && g.countries.length === g.edges.length),
  v.check((g) => isAscending(g.edges)),
);

const documentSchema = v.pipe(
  v.strictObject({
    version: v.literal(VERSION),
    networkName: name,
    networkId: branded<NetworkId>(32),
    epoch,
    previous: branded<DocumentHash>(32),
    publishedAt: time,
    immediate: v.boolean(),
    parameters: parametersSchema,
    relays: v.pipe(v.array(descriptorSchema), v.minLength(4), v.maxLength(MAX_RELAYS)),
    generations: v.pipe(v.array(generationSchema), v.minLength(1), v.maxLength(MAX_GENERATIONS)),
    echo: bytes(0, MAX_ECHO_BYTES),
    release: bytes(0, MAX_RELEASE_BYTES),
  }),
  v.check((d) => isAscending(d.relays.map((relay) => relayHashOf(relay.identity)))),
  v.check((d) => d.immediate || !isZero(d.previous)),
  v.check((d) => keysFit(d)),
  v.check((d) => d.relays.every((relay) => relay.loops.length === 0)),
  v.check((d) => isPassable(d.relays, d.epoch)),
  v.check((d) => generationsFit(d.generations)),
  v.check((d) => newestDayHasCome(d)),
  v.transform(({ version: _, ...document }): Document => document),
);

export function encodeDocument(document: Document): Uint8Array {
  return encodeCanonical({
    ...document,
    version: VERSION,
    parameters: { ...document.parameters },
    relays: document.relays.map(descriptorFields),
    generations: document.generations.map((g) => ({ ...g })),
  });
}

/** Throws `malformed`. */
export function decodeDocument(body: Uint8Array): Document {
  const value = decodeCanonical(body, 'network document', MAX_DOCUMENT_BYTES);
  return parse(documentSchema, value, 'network document');
}

export function documentHash(body: Uint8Array): DocumentHash {
  return hash('document', body) as DocumentHash;
}

/** Throws `document-rules` (bug) for a document that no reader would accept. */
export function checkedBody(document: Document): Uint8Array {
  const body = encodeDocument(document);
  try {
    decodeDocument(body);
  } catch (cause) {
    throw new AppError('document-rules', 'bug', 'a document breaks its own rules', { cause });
  }
  return body;
}

/** True when packets of `epoch` find a relay with a key in every layer. */
export function isPassable(relays: readonly Descriptor[], epoch: number): boolean {
  const layers = new Set<number>();
  for (const relay of relays) {
    const place = epoch - relay.firstEpoch;
    if (place >= 0 && place < relay.keys.length) layers.add(relay.layer);
  }
  return layers.size === 4;
}

/** Only keys of the epochs in which the document is valid: one form for one content. */
function keysFit(d: Pick<Document, 'epoch' | 'parameters' | 'relays'>): boolean {
  const end = d.epoch + d.parameters.validEpochs;
  return d.relays.every((r) => r.firstEpoch >= d.epoch && r.firstEpoch + r.keys.length <= end);
}

function generationsFit(generations: readonly StoreGeneration[]): boolean {
  return generations.every((generation, i) => {
    const newer = generations[i - 1];
    return newer === undefined || newer.firstDay > generation.firstDay;
  });
}

/** Boxes are placed over the newest generation from its first day on, so that day is not ahead. */
function newestDayHasCome(d: Pick<Document, 'epoch' | 'parameters' | 'generations'>): boolean {
  const day = Math.floor(epochStart(d.parameters, d.epoch) / DAY);
  return (d.generations[0]?.firstDay ?? 0) <= day;
}
