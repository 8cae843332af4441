/**
 * A request file: what an operator hands to the authorities so that they admit their relays, or to
 * whoever founds a network. JSON around what each relay signs anyway: a descriptor for a relay, a
 * link proof for an authority. Public; whoever takes one compares the fingerprints by another way.
 */
import { AppError, base64url, fromBase64url, fromHex, hex, type Millis } from '@tacet/base';
import {
  type AuthorityHash,
  authorityHashOf,
  type Descriptor,
  MAX_RELAYS,
  parseAddress,
  type RelayHash,
  readLinkProof,
  verifyDescriptor,
} from '@tacet/directory';
import { LIMITS } from '../limits.ts';
import { parseJson } from '../parse-json.ts';
import { fieldsOf, hashTextOf, listOf, textOf } from './json.ts';

export interface RequestedRelay {
  readonly relay: RelayHash;
  readonly descriptor: Descriptor;
  readonly signed: Uint8Array;
}

export interface RequestedAuthority {
  readonly hash: AuthorityHash;
  /** Where relays and other authorities reach it. */
  readonly address: string;
  /** SHA-256 of its TLS key. */
  readonly keyHash: Uint8Array;
  /** Link proof of both, as `encodeLinkProof` makes it. */
  readonly proof: Uint8Array;
}

export interface OperatorRequest {
  readonly authority: RequestedAuthority | null;
  readonly relays: readonly RequestedRelay[];
}

const FORM = 'tacet-relay-request/1';

export function encodeOperatorRequest({ authority, relays }: OperatorRequest): string {
  return `${JSON.stringify(
    {
      form: FORM,
      authority: authority && {
        address: authority.address,
        keyHash: hex(authority.keyHash),
        proof: base64url(authority.proof),
      },
      relays: relays.map(({ signed }) => base64url(signed)),
    },
    null,
    2,
  )}\n`;
}

/** @throws `request-file`: no request, or its signatures do not hold */
export function decodeOperatorRequest(text: string, now: Millis): OperatorRequest {
  if (text.length > LIMITS.requestBytes) throw refused();
  try {
    const keys = ['form', 'authority', 'relays'] as const;
    const { form, authority, relays } = fieldsOf(parseJson(text), keys);
    if (form !== FORM) throw new RangeError('form');
    return {
      authority: authority === null ? null : readAuthority(authority, now),
      relays: listOf(relays, MAX_RELAYS, readRelay),
    };
  } catch (cause) {
    throw refused(cause);
  }
}

function readRelay(text: unknown): RequestedRelay {
  const signed = fromBase64url(textOf(text));
  return { ...verifyDescriptor(signed), signed };
}

function readAuthority(value: unknown, now: Millis): RequestedAuthority {
  const fields = fieldsOf(value, ['address', 'keyHash', 'proof']);
  const read = {
    address: textOf(fields.address),
    keyHash: fromHex(hashTextOf(fields.keyHash)),
    proof: fromBase64url(textOf(fields.proof)),
  };
  const identity = readLinkProof(read.proof, read.keyHash, now);
  if (identity === null || parseAddress(read.address) === null) throw new RangeError('authority');
  return { ...read, hash: authorityHashOf(identity) };
}

function refused(cause?: unknown): AppError {
  return new AppError(
    'request-file',
    'input',
    'that is no request of `tacet-relay init`, or it was changed on its way: ask for it again',
    { cause },
  );
}
