/**
 * A slow second reader of spec 06, written from the text with other primitives (@noble); shares
 * no code with src. It answers yes or no, and does not say why.
 */

import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js';
import { referenceDecode, referenceEncode } from './cbor.ts';

type Fields = Record<string, unknown>;
export interface Trust {
  readonly name: string;
  readonly authorities: readonly Uint8Array[];
  readonly threshold: number;
}

const join = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
export const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const ZERO = new Uint8Array(32);

function labelled(label: string, ...parts: Uint8Array[]): Uint8Array {
  const text = Buffer.from(`tacet/1/${label}`, 'ascii');
  return join(Uint8Array.of(text.length), text, ...parts);
}

export function referenceHash(label: string, ...parts: Uint8Array[]): Uint8Array {
  return blake2b(labelled(label, ...parts), { dkLen: 32 });
}

export function verifies(
  key: Uint8Array,
  signature: Uint8Array,
  label: string,
  ...parts: Uint8Array[]
) {
  const message = labelled(label, ...parts);
  const strict = { zip215: false };
  return (
    ed25519.verify(signature.slice(0, 64), message, key.slice(0, 32), strict) &&
    ml_dsa65.verify(signature.slice(64), message, key.slice(32))
  );
}

export function referenceNetworkId({ name, authorities, threshold }: Trust): Uint8Array {
  const sorted = authorities.toSorted(Buffer.compare);
  return referenceHash('network-id', referenceEncode({ authorities: sorted, name, threshold }));
}

/** True, or an error is thrown. */
export function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

export function exactly(value: unknown, names: string): Fields {
  const wanted = names.split(' ').toSorted();
  must(typeof value === 'object' && value !== null && !Array.isArray(value), 'map');
  const fields = value as Fields;
  must(JSON.stringify(Object.keys(fields).toSorted()) === JSON.stringify(wanted), 'fields');
  return fields;
}

export function integer(value: unknown, min: number, max: number): number {
  must(typeof value === 'number' && value >= min && value <= max, 'integer');
  return value as number;
}

export function bytes(value: unknown, min: number, max = min): Uint8Array {
  must(value instanceof Uint8Array && value.length >= min && value.length <= max, 'bytes');
  return value as Uint8Array;
}

export function list(value: unknown, min: number, max: number): unknown[] {
  must(Array.isArray(value) && value.length >= min && value.length <= max, 'list');
  return value as unknown[];
}

function matching(value: unknown, pattern: RegExp): string {
  must(typeof value === 'string' && pattern.test(value), 'text');
  return value as string;
}

function nameText(value: unknown): string {
  must(typeof value === 'string', 'name');
  const text = value as string;
  const length = Buffer.from(text).length;
  must(length >= 1 && length <= 32, 'name length');
  const banned = [
    [0, 0x1f],
    [0x7f, 0x9f],
    [0x200b, 0x200f],
    [0x2028, 0x202e],
    [0x2060, 0x206f],
  ];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    must(!banned.some(([a, b]) => code >= (a ?? 0) && code <= (b ?? 0)) && code !== 0xfeff, 'name');
  }
  must(!/^\p{Zs}|\p{Zs}$/u.test(text), 'name spaces');
  return text;
}

/** Enough for the addresses of the vectors: any name or IPv4 without further rules. */
const ADDRESS = /^[a-z0-9.-]+:[1-9][0-9]{0,4}$/;
const TIME = 253_402_300_799_999;

export function ascending(items: readonly Uint8Array[]): void {
  items.forEach((item, i) => {
    must(i === 0 || Buffer.compare(items[i - 1] ?? item, item) < 0, 'order');
  });
}

export interface ReferenceRelay {
  readonly hash: Uint8Array;
  readonly layer: number;
  readonly firstEpoch: number;
  readonly keys: number;
  /** Relays whose loops it reports. */
  readonly loops: number;
}

function descriptor(value: unknown): ReferenceRelay & { identity: Uint8Array; link: Fields } {
  const d = exactly(
    value,
    'version identity role layer family country relayAddress clientAddress link issuedAt firstEpoch keys capacity sourceUrl sourceCommit requestRate loops leaving',
  );
  must(d['version'] === 1, 'version');
  const identity = bytes(d['identity'], 1_984);
  const edge = d['role'] === 'edge';
  must(edge || d['role'] === 'mix', 'role');
  const layer = integer(d['layer'], edge ? 0 : 1, edge ? 0 : 3);
  nameText(d['family']);
  matching(d['country'], /^[A-Z][A-Z]$/);
  matching(d['relayAddress'], ADDRESS);
  if (edge) matching(d['clientAddress'], ADDRESS);
  else must(d['clientAddress'] === '', 'client address');
  const link = exactly(d['link'], 'keyHash notAfter signature');
  bytes(link['keyHash'], 32);
  integer(link['notAfter'], 0, TIME);
  bytes(link['signature'], 3_373);
  integer(d['issuedAt'], 0, TIME);
  const firstEpoch = integer(d['firstEpoch'], 0, 2 ** 32 - 1);
  const keys = list(d['keys'], 1, 32).map((key) => packetKey(bytes(key, 1_216)));
  must(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size === keys.length, 'keys');
  must(firstEpoch + keys.length - 1 <= 2 ** 32 - 1, 'last epoch');
  integer(d['capacity'], 1, 100_000);
  must(matching(d['sourceUrl'], /^https:\/\/[a-z0-9]/).length <= 200, 'source');
  matching(d['sourceUrl'], /^[-A-Za-z0-9._~:/?#[\]@!$&'()*+,;=%]+$/);
  matching(d['sourceCommit'], /^([0-9a-f]{40}|[0-9a-f]{64})$/);
  integer(d['requestRate'], 0, edge ? 0 : 100_000_000);
  const reported = list(d['loops'], 0, 128).map((value) => {
    const report = exactly(value, 'relay sent lost');
    integer(report['lost'], 0, integer(report['sent'], 1, 2 ** 32 - 1));
    return bytes(report['relay'], 32);
  });
  ascending(reported);
  must(typeof d['leaving'] === 'boolean', 'leaving');
  const hash = referenceHash('relay-identity', identity);
  const loops = reported.length;
  return { hash, identity, link, layer, firstEpoch, keys: keys.length, loops };
}

/** ML-KEM: 768 coefficients of 12 bits, little-endian, each below 3,329. */
function packetKey(key: Uint8Array): Uint8Array {
  for (let i = 0; i < 1_152; i += 3) {
    const [a = 0, b = 0, c = 0] = key.subarray(i, i + 3);
    must((a | ((b & 15) << 8)) < 3_329 && ((b >> 4) | (c << 4)) < 3_329, 'coefficient');
  }
  return key;
}

function linkSigned(identity: Uint8Array, link: Fields): boolean {
  const notAfter = new Uint8Array(8);
  new DataView(notAfter.buffer).setBigUint64(0, BigInt(link['notAfter'] as number));
  const signature = link['signature'] as Uint8Array;
  return verifies(identity, signature, 'link-certificate', link['keyHash'] as Uint8Array, notAfter);
}

export function referenceSignedDescriptor(input: Uint8Array): ReferenceRelay {
  must(input.length <= 65_536, 'size');
  const outer = exactly(referenceDecode(input), 'body signature');
  const body = bytes(outer['body'], 1, 65_536);
  const value = referenceDecode(body);
  const read = descriptor(value);
  must(verifies(read.identity, bytes(outer['signature'], 3_373), 'descriptor', body), 'signature');
  must(linkSigned(read.identity, read.link), 'link signature');
  must(((value as Fields)['issuedAt'] as number) <= (read.link['notAfter'] as number), 'link time');
  return read;
}

export function referenceLinkProof(
  input: Uint8Array,
  relay: Uint8Array,
  keyHash: Uint8Array,
  now: number,
): boolean {
  try {
    const proof = exactly(referenceDecode(input), 'identity certificate');
    const identity = bytes(proof['identity'], 1_984);
    const link = exactly(proof['certificate'], 'keyHash notAfter signature');
    return (
      same(referenceHash('relay-identity', identity), relay) &&
      same(bytes(link['keyHash'], 32), keyHash) &&
      now <= integer(link['notAfter'], 0, TIME) &&
      linkSigned(identity, link)
    );
  } catch {
    return false;
  }
}

export interface ReferenceDocument {
  readonly hash: Uint8Array;
  readonly epoch: number;
  readonly previous: Uint8Array;
  readonly publishedAt: number;
  readonly immediate: boolean;
  readonly validEpochs: number;
  readonly epochMs: number;
  readonly relays: readonly ReferenceRelay[];
}

/** Ranges of the integers, in the order of the table of parameters. */
const RANGES: Record<string, [number, number]> = {
  epochMs: [10_000, 86_400_000],
  keysAhead: [1, 31],
  validEpochs: [2, 32],
  graceMs: [1_000, 600_000],
  delayMeanMs: [1, 10_000],
  poolTarget: [0, 1_000],
  poolFloor: [0, 1_000],
  slotMs: [50, 60_000],
  inUseSlotMs: [50, 60_000],
  transferSlotMs: [5, 60_000],
  transferBlockMs: [10_000, 3_600_000],
  digestMs: [100, 60_000],
  receiptInUseMs: [10, 3_600_000],
  receiptMs: [10, 3_600_000],
  receiptStrongMs: [10, 3_600_000],
  secondCopyMinMs: [0, 3_600_000],
  secondCopyMaxMs: [0, 3_600_000],
  holdMeanMs: [1_000, 600_000],
  coverPutPermille: [0, 1_000],
  loopPermille: [0, 500],
  retryPauseMs: [0, 3_600_000],
  boxLifeDays: [1, 90],
};

export function parametersOf(value: unknown): Record<string, number> {
  const p = exactly(value, `${Object.keys(RANGES).join(' ')} crowd closed`);
  for (const [name, [min, max]] of Object.entries(RANGES)) integer(p[name], min, max);
  must(typeof p['crowd'] === 'boolean' && typeof p['closed'] === 'boolean', 'booleans');
  const n = p as Record<string, number>;
  must(2 * (n['graceMs'] ?? 0) <= (n['epochMs'] ?? 0), 'grace');
  must((n['inUseSlotMs'] ?? 0) <= (n['slotMs'] ?? 0), 'slots');
  must((n['secondCopyMinMs'] ?? 0) <= (n['secondCopyMaxMs'] ?? 0), 'copies');
  return n;
}

export function referenceDocument(published: Uint8Array, trust: Trust): ReferenceDocument {
  must(published.length <= 4_194_304, 'size');
  const outer = exactly(referenceDecode(published), 'body signatures');
  const body = bytes(outer['body'], 1, 4_194_304);
  const hash = referenceHash('document', body);
  const signers = list(outer['signatures'], 1, 9).map((entry) => {
    const s = exactly(entry, 'authority signature');
    const key = bytes(s['authority'], 1_984);
    const name = referenceHash('authority-identity', key);
    must(
      trust.authorities.some((member) => same(member, name)),
      'stranger',
    );
    must(verifies(key, bytes(s['signature'], 3_373), 'document-signature', hash), 'signature');
    return name;
  });
  ascending(signers);
  must(signers.length >= trust.threshold, 'threshold');

  const d = exactly(
    referenceDecode(body),
    'version networkName networkId epoch previous publishedAt immediate parameters relays generations echo release',
  );
  must(d['version'] === 1, 'version');
  must(nameText(d['networkName']) === trust.name, 'name');
  must(same(bytes(d['networkId'], 32), referenceNetworkId(trust)), 'network id');
  const epoch = integer(d['epoch'], 0, 2 ** 32 - 1);
  const previous = bytes(d['previous'], 32);
  must(typeof d['immediate'] === 'boolean', 'immediate');
  const immediate = d['immediate'] as boolean;
  must(immediate || !same(previous, ZERO), 'beginning');
  const p = parametersOf(d['parameters']);
  const { epochMs = 0, validEpochs = 0 } = p;
  const relays = list(d['relays'], 4, 128).map(descriptor);
  ascending(relays.map((relay) => relay.hash));
  for (const relay of relays) {
    must(relay.loops === 0, 'loops in a document');
    must(relay.firstEpoch >= epoch, 'early keys');
    must(relay.firstEpoch + relay.keys <= epoch + validEpochs, 'late keys');
  }
  for (const layer of [0, 1, 2, 3]) {
    must(
      relays.some((relay) => relay.layer === layer && relay.firstEpoch === epoch),
      'layer',
    );
  }
  const days = list(d['generations'], 1, 4).map((value) => {
    const g = exactly(value, 'firstDay edges families countries');
    const edges = list(g['edges'], 1, 128).map((edge) => bytes(edge, 32));
    ascending(edges);
    list(g['families'], edges.length, edges.length).map(nameText);
    list(g['countries'], edges.length, edges.length).map((code) => matching(code, /^[A-Z]{2}$/));
    return integer(g['firstDay'], 0, 100_000_000);
  });
  must(
    days.every((day, i) => i === 0 || day < (days[i - 1] ?? 0)),
    'days',
  );
  must((days[0] ?? 0) <= Math.floor((epoch * epochMs) / 86_400_000), 'future day');
  bytes(d['echo'], 0, 4_096);
  bytes(d['release'], 0, 512);
  const publishedAt = integer(d['publishedAt'], 0, TIME);
  return { hash, epoch, previous, publishedAt, immediate, validEpochs, epochMs, relays };
}

export function referencePlacement(
  edges: readonly Uint8Array[],
  families: readonly string[],
  countries: readonly string[],
  mark: Uint8Array,
): [Uint8Array, Uint8Array] {
  const ranked = edges
    .map((edge, i) => ({
      edge,
      family: families[i],
      country: countries[i],
      rank: referenceHash('placement', edge, mark),
    }))
    .toSorted((a, b) => Buffer.compare(b.rank, a.rank));
  const [first, ...others] = ranked;
  must(first !== undefined, 'no edge');
  const strangers = others.filter((other) => other.family !== first?.family);
  const two = (strangers.length > 0 ? strangers : others).slice(0, 2);
  const unlike = (other: (typeof two)[number]) =>
    other.country === 'ZZ' || other.country !== first?.country;
  const second = two.find(unlike) ?? two[0] ?? first;
  return [first?.edge ?? ZERO, second?.edge ?? ZERO];
}

export interface ReferenceCard extends Trust {
  readonly edges: readonly (readonly [string, Uint8Array])[];
  readonly secret: Uint8Array;
}

export function referenceCard(text: string): ReferenceCard {
  must(text.length <= 600 && text.startsWith('tacet:network/1/'), 'prefix');
  const encoded = text.slice('tacet:network/1/'.length);
  must(/^[A-Za-z0-9_-]+$/.test(encoded), 'alphabet');
  const raw = Buffer.from(encoded, 'base64url');
  must(raw.toString('base64url') === encoded, 'stray bits');
  const c = exactly(referenceDecode(new Uint8Array(raw)), 'n a t e s');
  const authorities = list(c['a'], 1, 9).map((hash) => bytes(hash, 32));
  ascending(authorities);
  const n = authorities.length;
  const threshold = integer(c['t'], Math.floor(n / 2) + 1, n);
  const edges = list(c['e'], 1, 8).map((entry) => {
    const [address, relay] = list(entry, 2, 2);
    return [matching(address, ADDRESS), bytes(relay, 32)] as const;
  });
  ascending(edges.map(([, relay]) => relay));
  const secret = bytes(c['s'], 0, 16);
  must(secret.length === 0 || secret.length === 16, 'secret');
  return { name: nameText(c['n']), authorities, threshold, edges, secret };
}
