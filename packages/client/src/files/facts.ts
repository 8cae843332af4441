/**
 * What a content says of a file (docs/spec/19-files.md, 2): a map, read strictly where it is known.
 * Its bytes are kept as they came, less the secret once the file is done.
 */
import { malformed } from '@tacet/base';
import {
  bytesOf,
  decodeCanonical,
  encodeCanonical,
  listOf,
  mapOf,
  textOf,
  whole,
} from '../content/cbor.ts';
import { MAX_FILE_BYTES, MAX_FILE_NAME_BYTES, MAX_PREVIEW_BYTES } from '../limits.ts';

export type FileKind = 'file' | 'picture' | 'voice';
const KINDS: readonly FileKind[] = ['file', 'picture', 'voice'];

export interface FileFacts {
  /** 32 bytes; null once the file is done. */
  readonly secret: Uint8Array | null;
  /** Bytes. */
  readonly size: number;
  /** 32 bytes: `treeHash`. */
  readonly tree: Uint8Array;
  /** As its sender calls it: a claim, see `fileName`. */
  readonly name: string;
  /** `type/subtype`: a claim. */
  readonly mediaType: string;
  readonly kind: FileKind;
  /** ThumbHash of a picture. */
  readonly preview?: Uint8Array;
  /** Pixels: width and height of a picture. */
  readonly dimensions?: readonly [number, number];
  /** Of a voice note, ms. */
  readonly duration?: number;
  /** Of a voice note: 64 to 100 bytes, loudness. */
  readonly peaks?: Uint8Array;
}

const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,30}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,67}$/;
const LONGEST = 3_600_000;
const SECRET = 1;

/** Throws `malformed`. Without a secret only what is kept of a file that is done. */
export function factsFrom(value: unknown, done = false): FileFacts {
  const map = mapOf(value);
  const kind = KINDS[whole(map.get(6), 0, KINDS.length - 1)];
  const mediaType = textOf(map.get(5), 1, 100);
  if (kind === undefined || !MEDIA_TYPE.test(mediaType)) throw malformed('envelope');
  const secret = done && !map.has(SECRET) ? null : bytesOf(map.get(SECRET), 32);
  const every = {
    secret,
    size: whole(map.get(2), 1, MAX_FILE_BYTES),
    tree: bytesOf(map.get(3), 32),
    name: textOf(map.get(4), 1, MAX_FILE_NAME_BYTES),
    mediaType,
    kind,
  };
  // A key that the kind does not have is not read.
  if (kind === 'picture') return { ...every, ...optional(map, 7, previewOf), ...dimensions(map) };
  if (kind === 'voice') return { ...every, ...duration(map), ...optional(map, 10, peaksOf) };
  return every;
}

/** Canonical bytes of the map. */
export function encodeFacts(facts: FileFacts): Uint8Array {
  const { secret, preview, dimensions: pixels, duration: ms, peaks } = facts;
  const entries: readonly (readonly [number, unknown])[] = [
    [SECRET, secret ?? undefined],
    [2, facts.size],
    [3, facts.tree],
    [4, facts.name],
    [5, facts.mediaType],
    [6, KINDS.indexOf(facts.kind)],
    [7, preview],
    [8, pixels === undefined ? undefined : [...pixels]],
    [9, ms],
    [10, peaks],
  ];
  return encodeCanonical(new Map(entries.filter(([, value]) => value !== undefined)));
}

export function decodeFacts(bytes: Uint8Array): FileFacts {
  return factsFrom(decodeCanonical(bytes), true);
}

/** The same without its secret, what is not known included. */
export function withoutSecret(bytes: Uint8Array): Uint8Array {
  const map = mapOf(decodeCanonical(bytes));
  map.delete(SECRET);
  return encodeCanonical(map);
}

function optional(
  map: Map<unknown, unknown>,
  key: 7 | 10,
  read: (value: unknown) => Uint8Array,
): { readonly preview?: Uint8Array; readonly peaks?: Uint8Array } {
  const value = map.get(key);
  if (value === undefined) return {};
  return key === 7 ? { preview: read(value) } : { peaks: read(value) };
}

function previewOf(value: unknown): Uint8Array {
  return sized(value, 1, MAX_PREVIEW_BYTES);
}

function peaksOf(value: unknown): Uint8Array {
  return sized(value, 64, 100);
}

function sized(value: unknown, least: number, most: number): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length < least || value.length > most) {
    throw malformed('envelope');
  }
  return value;
}

function dimensions(map: Map<unknown, unknown>): { readonly dimensions?: [number, number] } {
  const value = map.get(8);
  if (value === undefined) return {};
  const [width, height] = listOf(value, 2, 2);
  return { dimensions: [whole(width, 1, 65_535), whole(height, 1, 65_535)] };
}

function duration(map: Map<unknown, unknown>): { readonly duration?: number } {
  const value = map.get(9);
  return value === undefined ? {} : { duration: whole(value, 1, LONGEST) };
}
