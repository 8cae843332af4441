/**
 * The contact list under the recovery phrase, as bytes (docs/spec/20-recovery.md, 11): who is known under
 * which recovery root, in boxes that only the phrase leads to. Decoders are exact.
 */
import { ByteReader, ByteWriter, DAY, fromUtf8, type Millis, malformed, utf8 } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { BOX_PLAINTEXT } from '@tacet/wire';
import { MAX_NAME_BYTES } from '../limits.ts';
import { type BoxSecret, boxFrom } from '../streams/chain.ts';

const LIST = 22;
const HEAD = 1 + 8 + 1;
const ENTRY = 1 + 4 * 32 + 33 + 8 + 1 + MAX_NAME_BYTES;
/** Contacts in one box. */
export const ENTRIES = Math.floor((BOX_PLAINTEXT - HEAD) / ENTRY);

/** The whole list is posted once in so long: a week, less where boxes do not live for three. */
function periodMs(lifeDays: number): Millis {
  return Math.max(1, Math.min(7, Math.floor(lifeDays / 3))) * DAY;
}

/** @param lifeDays of boxes on this network */
export function listPeriodOf(now: Millis, lifeDays: number): number {
  return Math.floor(now / periodMs(lifeDays));
}

/** @param phraseRoot 32 bytes, of the recovery phrase */
export function listRoot(phraseRoot: Uint8Array): Uint8Array {
  return hash('contact-list', phraseRoot);
}

/** @param index of the box in its period, from 0 */
export function listBox(root: Uint8Array, period: number, index: number): BoxSecret {
  const at = new ByteWriter(6).u32(period).u16(index).bytes;
  return boxFrom(hash('contact-list-seed', root, at), hash('contact-list-key', root, at));
}

export interface ListEntry {
  readonly blocked: boolean;
  /** Key-set hash under which the contact knows this profile. */
  readonly own: Uint8Array;
  /** Of the contact: key-set hash, session identity key (33 bytes), Ed25519 key. */
  readonly keySetHash: Uint8Array;
  readonly identityKey: Uint8Array;
  readonly ed25519: Uint8Array;
  /** Under which this profile would write to the contact, and since when, ms. */
  readonly root: Uint8Array;
  readonly since: Millis;
  /** In this profile's list. */
  readonly name: string;
}

export interface ListPage {
  /** Restore counter of its writer. */
  readonly counter: number;
  readonly entries: readonly ListEntry[];
}

export function encodeList({ counter, entries }: ListPage): Uint8Array {
  if (entries.length > ENTRIES) throw malformed('contact list');
  const out = new ByteWriter(BOX_PLAINTEXT).u8(LIST).u64(counter).u8(entries.length);
  for (const entry of entries) {
    const name = utf8(entry.name);
    out
      .u8(entry.blocked ? 1 : 0)
      .put(entry.own)
      .put(entry.keySetHash)
      .put(entry.identityKey);
    out.put(entry.ed25519).put(entry.root).u64(entry.since);
    out
      .u8(name.length)
      .put(name)
      .skip(MAX_NAME_BYTES - name.length);
  }
  return out.bytes;
}

/** Throws `malformed`. */
export function decodeList(plaintext: Uint8Array): ListPage {
  if (plaintext.length !== BOX_PLAINTEXT) throw malformed('contact list');
  const input = new ByteReader(plaintext, 'contact list');
  if (input.u8() !== LIST) throw malformed('contact list');
  const counter = input.u64();
  const count = input.u8();
  if (count === 0 || count > ENTRIES) throw malformed('contact list');
  const entries = Array.from({ length: count }, () => entryFrom(input));
  input.zeros(input.remaining);
  return { counter, entries };
}

function entryFrom(input: ByteReader): ListEntry {
  const flags = input.u8();
  if (flags > 1) throw malformed('contact list');
  const [own, keySetHash, identityKey] = [input.copy(32), input.copy(32), input.copy(33)];
  const [ed25519, root, since] = [input.copy(32), input.copy(32), input.u64()];
  const length = input.u8();
  if (length === 0 || length > MAX_NAME_BYTES) throw malformed('contact list');
  const name = fromUtf8(input.copy(length));
  input.zeros(MAX_NAME_BYTES - length);
  return { blocked: flags === 1, own, keySetHash, identityKey, ed25519, root, since, name };
}
