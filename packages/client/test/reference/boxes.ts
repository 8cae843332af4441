/**
 * Plaintexts of the boxes of invitations and addresses, and the card of an address, written from spec
 * 09, 2 and 3, and 16, 1 and 2, alone. JSON as in `envelope.ts`: bytes as `{hex}`.
 */
import {
  edPublicKey,
  fromHex,
  fromUtf8,
  hash,
  join,
  kemSecret,
  open,
  seal,
  toHex,
  uint,
  utf8,
} from './primitives.ts';

export interface Hex {
  readonly hex: string;
}
type Value = Hex | string | number;
export type Said = Readonly<Record<string, Value>>;

/** One field after another. `text`: length byte and a field; `sized`: length of 2 and that many. */
type Field =
  | { readonly kind: 'const'; readonly value: number }
  | { readonly kind: 'bytes' | 'uint' | 'text'; readonly name: string; readonly size: number }
  /** u16 of at least `least` and at most `most`. */
  | {
      readonly kind: 'sized';
      readonly name: string;
      readonly least: number;
      readonly most: number;
      readonly utf8?: true;
    }
  /** u8 of at least 1, and no padding. */
  | { readonly kind: 'name'; readonly name: string; readonly most: number };

interface Layout {
  readonly fields: readonly Field[];
  /** Zero-padded to this; null: ends with its last field. */
  readonly length: number | null;
}

const BOX = 2_264;
const bytes = (name: string, size: number): Field => ({ kind: 'bytes', name, size });
const text = (name: string, size: number): Field => ({ kind: 'text', name, size });
const tag = (value: number): Field => ({ kind: 'const', value });

export const LAYOUTS = {
  offer: {
    fields: [
      ...[tag(16), bytes('r', 32), bytes('keySetHash', 32)],
      { kind: 'uint', name: 'endsDay', size: 4 },
      ...[text('name', 64), bytes('thumbnail', 25)],
      { kind: 'sized', name: 'bundle', least: 1, most: BOX },
    ],
    length: BOX,
  },
  keys: { fields: [tag(17), bytes('ed25519', 32), bytes('mldsa65', 1_952)], length: BOX },
  reply: {
    fields: [
      tag(18),
      bytes('ephemeral', 32),
      { kind: 'sized', name: 'sealed', least: 1, most: BOX },
    ],
    length: BOX,
  },
  outcome: {
    fields: [
      ...[tag(19), bytes('lock', 32), bytes('keySetHash', 32)],
      { kind: 'uint', name: 'what', size: 1 },
      bytes('replyHash', 32),
    ],
    length: BOX,
  },
  firstWords: {
    fields: [
      ...[tag(1), bytes('guestRoot', 32), bytes('inviterRoot', 32), bytes('keySetHash', 32)],
      ...[text('name', 64), text('text', 160)],
    ],
    length: null,
  },
  card: {
    fields: [
      ...[tag(1), bytes('network', 8), bytes('r', 32), bytes('keySetHash', 32)],
      ...[bytes('identityKey', 33), bytes('kem', 1_216)],
      { kind: 'name', name: 'name', most: 64 },
    ],
    length: null,
  },
  request: {
    fields: [
      ...[tag(1), bytes('invitation', 32), bytes('keySetHash', 32), bytes('contentId', 16)],
      { kind: 'uint', name: 'endsDay', size: 4 },
      text('name', 64),
      { kind: 'sized', name: 'text', least: 0, most: 900, utf8: true },
    ],
    length: 1_127,
  },
  end: { fields: [tag(21), bytes('lock', 32)], length: BOX },
} as const satisfies Readonly<Record<string, Layout>>;

export type LayoutName = keyof typeof LAYOUTS;

const OUTCOMES = ['accepted', 'revoked', 'expired', 'unreadable'];

export function readBox(name: LayoutName, input: Uint8Array): Said {
  const { fields, length }: Layout = LAYOUTS[name];
  if (length !== null && input.length !== length) throw new Error('length');
  const said: Record<string, Value> = {};
  let at = 0;
  const take = (size: number): Uint8Array => {
    if (at + size > input.length) throw new Error('ended');
    at += size;
    return input.slice(at - size, at);
  };
  const number = (size: number): number => take(size).reduce((sum, byte) => sum * 256 + byte, 0);
  const zeros = (size: number): void => {
    if (take(size).some((byte) => byte !== 0)) throw new Error('not zeros');
  };
  for (const field of fields) {
    if (field.kind === 'const') {
      if (number(1) !== field.value) throw new Error('kind');
    } else if (field.kind === 'bytes') said[field.name] = { hex: toHex(take(field.size)) };
    else if (field.kind === 'uint') said[field.name] = number(field.size);
    else if (field.kind === 'sized') {
      const size = number(2);
      if (size < field.least || size > field.most) throw new Error('size');
      const found = take(size);
      said[field.name] = field.utf8 === true ? fromUtf8(found) : { hex: toHex(found) };
    } else if (field.kind === 'name') {
      const size = number(1);
      if (size < 1 || size > field.most) throw new Error('name');
      said[field.name] = fromUtf8(take(size));
    } else {
      const size = number(1);
      if (size > field.size) throw new Error('text');
      said[field.name] = fromUtf8(take(size));
      zeros(field.size - size);
    }
  }
  zeros(length === null ? 0 : length - at);
  if (at !== input.length) throw new Error('trailing bytes');
  if (name !== 'outcome') return said;
  const what = OUTCOMES[Number(said['what']) - 1];
  if (what === undefined) throw new Error('outcome');
  return { ...said, what };
}

export function writeBox(name: LayoutName, said: Said): Uint8Array {
  const { fields, length }: Layout = LAYOUTS[name];
  const parts = fields.map((field): Uint8Array => {
    if (field.kind === 'const') return uint(field.value, 1);
    const value = said[field.name] ?? '';
    const raw = typeof value === 'object' ? fromHex(value.hex) : utf8(String(value));
    if (field.kind === 'bytes') return raw;
    if (field.kind === 'sized') return join(uint(raw.length, 2), raw);
    if (field.kind === 'name') return join(uint(raw.length, 1), raw);
    if (field.kind === 'text') {
      return join(uint(raw.length, 1), raw, new Uint8Array(field.size - raw.length));
    }
    const number = typeof value === 'string' ? 1 + OUTCOMES.indexOf(value) : Number(value);
    return uint(number, field.size);
  });
  const whole = join(...parts);
  return length === null ? whole : join(whole, new Uint8Array(length - whole.length));
}

export interface Box {
  readonly seed: string;
  readonly key: string;
  readonly id: string;
}

function boxOf(seed: Uint8Array, key: Uint8Array): Box {
  return { seed: toHex(seed), key: toHex(key), id: toHex(edPublicKey(seed)) };
}

/** Spec 09, 3. */
export function invitationBox(secret: Uint8Array, index: number): Box {
  const i = uint(index, 1);
  return boxOf(hash('invite-seed', secret, i), hash('invite-key', secret, i));
}

/** Spec 16, 2. */
export function requestBox(secret: Uint8Array, day: number, number: number): Box {
  const at = join(uint(day, 4), uint(number, 1));
  return boxOf(hash('address-seed', secret, at), hash('address-key', secret, at));
}

export function endBox(secret: Uint8Array): Box {
  return boxOf(hash('address-end-seed', secret), hash('address-end-key', secret));
}

/** The content of a request that stands in box `id`; throws where it does not open. */
export function openRequest(kemSeed: Uint8Array, id: Uint8Array, plaintext: Uint8Array): Said {
  if (plaintext.length !== BOX || plaintext[0] !== 20) throw new Error('no request');
  const ciphertext = plaintext.slice(1, 1_121);
  const key = hash('address-request', kemSecret(kemSeed, ciphertext), ciphertext, id);
  return readBox('request', open(key, id, plaintext.slice(1_121)));
}

/** The same request under the encapsulation that stands in `plaintext`. */
export function sealRequest(
  kemSeed: Uint8Array,
  id: Uint8Array,
  plaintext: Uint8Array,
  said: Said,
): Uint8Array {
  const ciphertext = plaintext.slice(1, 1_121);
  const key = hash('address-request', kemSecret(kemSeed, ciphertext), ciphertext, id);
  return join(uint(20, 1), ciphertext, seal(key, id, writeBox('request', said)));
}

/** Spec 16, 1: eight words of 16 bits. */
export function wordsOf(hashed: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, i) => {
    const bits = (hashed[2 * i] ?? 0) * 256 + (hashed[2 * i + 1] ?? 0);
    const letter = (from: string, shift: number) =>
      from[Math.floor(bits / 2 ** shift) % from.length];
    const [c, v] = ['bdfghjklmnprstvz', 'aiou'];
    return [letter(c, 12), letter(v, 10), letter(c, 6), letter(v, 4), letter(c, 0)].join('');
  });
  return words.join(' ');
}
