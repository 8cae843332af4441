/**
 * What a relay says of itself (docs/spec/06-directory.md, 5). A signed descriptor goes from a
 * relay to the authorities; documents carry the same fields without that signature, covered by
 * the authorities'.
 */
import { AppError, compareBytes, equalBytes, type Millis } from '@tacet/base';
import {
  type HybridKeyPair,
  hybridPublicKeyBytes,
  hybridSignatureBytes,
  hybridVerify,
} from '@tacet/crypto';
import * as v from 'valibot';
import { type CborMap, decodeCanonical, encodeCanonical } from './cbor.ts';
import { relayHashOf } from './identity.ts';
import {
  MAX_CAPACITY,
  MAX_DESCRIPTOR_BYTES,
  MAX_KEYS,
  MAX_LOOP_REPORTS,
  MAX_LOOPS,
  MAX_REQUEST_RATE,
} from './limits.ts';
import { certificateFields, certificateSchema, verifyLinkCertificate } from './link-certificate.ts';
import { isAscending } from './order.ts';
import {
  address,
  branded,
  bytes,
  commit,
  country,
  epoch,
  hybridKey,
  hybridSignature,
  kemKey,
  MAX_EPOCH,
  name,
  parse,
  sourceUrl,
  time,
  uint,
} from './schema.ts';
import type { Descriptor, RelayHash } from './types.ts';

const LABEL = 'descriptor';
const VERSION = 1;

const loopSchema = v.pipe(
  v.strictObject({
    relay: branded<RelayHash>(32),
    sent: uint(1, MAX_LOOPS),
    lost: uint(0, MAX_LOOPS),
  }),
  v.check((report) => report.lost <= report.sent),
);

export const descriptorSchema = v.pipe(
  v.strictObject({
    version: v.literal(VERSION),
    identity: hybridKey,
    role: v.picklist(['mix', 'edge']),
    layer: uint(0, 3),
    family: name,
    country,
    relayAddress: address,
    clientAddress: v.union([v.literal(''), address]),
    link: certificateSchema,
    issuedAt: time,
    firstEpoch: epoch,
    keys: v.pipe(v.array(kemKey), v.minLength(1), v.maxLength(MAX_KEYS)),
    capacity: uint(1, MAX_CAPACITY),
    sourceUrl,
    sourceCommit: commit,
    requestRate: uint(0, MAX_REQUEST_RATE),
    loops: v.pipe(v.array(loopSchema), v.maxLength(MAX_LOOP_REPORTS)),
    leaving: v.boolean(),
  }),
  v.check((d) => (d.role === 'edge') === (d.layer === 0)),
  v.check((d) => (d.role === 'edge') === (d.clientAddress !== '')),
  v.check((d) => d.firstEpoch + d.keys.length - 1 <= MAX_EPOCH),
  v.check((d) => allDiffer(d.keys)),
  v.check((d) => isAscending(d.loops.map((report) => report.relay))),
  v.check((d) => d.role === 'mix' || d.requestRate === 0),
  v.transform(({ version: _, ...descriptor }): Descriptor => descriptor),
);

const signedSchema = v.strictObject({
  body: bytes(1, MAX_DESCRIPTOR_BYTES),
  signature: hybridSignature,
});

/** The map that stands in a signed descriptor's body and in a document's `relays`. */
export function descriptorFields(d: Descriptor): CborMap {
  return {
    version: VERSION,
    identity: hybridPublicKeyBytes(d.identity),
    role: d.role,
    layer: d.layer,
    family: d.family,
    country: d.country,
    relayAddress: d.relayAddress,
    clientAddress: d.clientAddress,
    link: certificateFields(d.link),
    issuedAt: d.issuedAt,
    firstEpoch: d.firstEpoch,
    keys: d.keys,
    capacity: d.capacity,
    sourceUrl: d.sourceUrl,
    sourceCommit: d.sourceCommit,
    requestRate: d.requestRate,
    loops: d.loops.map(({ relay, sent, lost }) => ({ relay, sent, lost })),
    leaving: d.leaving,
  };
}

export function encodeDescriptor(descriptor: Descriptor): Uint8Array {
  return encodeCanonical(descriptorFields(descriptor));
}

/** Throws `malformed`. */
export function decodeDescriptor(body: Uint8Array): Descriptor {
  const value = decodeCanonical(body, 'descriptor', MAX_DESCRIPTOR_BYTES);
  return parse(descriptorSchema, value, 'descriptor');
}

/** @returns {body, signature} in canonical CBOR; throws `malformed` for values out of range. */
export function signDescriptor(keyPair: HybridKeyPair, descriptor: Descriptor): Uint8Array {
  const body = encodeDescriptor(descriptor);
  decodeDescriptor(body);
  const signature = hybridSignatureBytes(keyPair.sign(LABEL, body));
  return encodeCanonical({ body, signature });
}

/**
 * Checks form, signature and that the link certificate is the relay's own; not whether the
 * relay is admitted, nor whether its keys are of any use now.
 * @throws `malformed`, `descriptor-signature`
 */
export function verifyDescriptor(signed: Uint8Array): { descriptor: Descriptor; relay: RelayHash } {
  const value = decodeCanonical(signed, 'descriptor', MAX_DESCRIPTOR_BYTES);
  const { body, signature } = parse(signedSchema, value, 'descriptor');
  const descriptor = decodeDescriptor(body);
  const { identity, link, issuedAt } = descriptor;
  if (
    !hybridVerify(identity, signature, LABEL, body) ||
    !verifyLinkCertificate(identity, link, link.keyHash, issuedAt)
  ) {
    throw new AppError(
      'descriptor-signature',
      'input',
      "a descriptor is not signed by its relay's identity",
    );
  }
  return { descriptor, relay: relayHashOf(identity) };
}

/** The same descriptor with only the keys of epochs `from` <= e < `to`; null when none is left. */
export function trimKeys(descriptor: Descriptor, from: number, to: number): Descriptor | null {
  const { firstEpoch, keys } = descriptor;
  const begin = Math.max(0, from - firstEpoch);
  const kept = keys.slice(begin, Math.max(begin, to - firstEpoch));
  return kept.length === 0 ? null : { ...descriptor, firstEpoch: firstEpoch + begin, keys: kept };
}

/** As it stands in a document: keys of its epochs only, and nothing about other relays. */
export function forDocument(descriptor: Descriptor, from: number, to: number): Descriptor | null {
  const trimmed = trimKeys(descriptor, from, to);
  return trimmed === null ? null : { ...trimmed, loops: [] };
}

/** True when the link certificate still holds at `now`. */
export function linkHolds(descriptor: Descriptor, now: Millis): boolean {
  return now <= descriptor.link.notAfter;
}

/** A key used for two epochs would outlive its erasure. */
function allDiffer(keys: readonly Uint8Array[]): boolean {
  const sorted = keys.toSorted(compareBytes);
  return sorted.every((key, i) => i === 0 || !equalBytes(key, sorted[i - 1] ?? key));
}
