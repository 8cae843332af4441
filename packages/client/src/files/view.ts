/** A file as windows see it (docs/spec/19-files.md, 2 and 3). Names are made safe to show and save. */
import { base64url } from '@tacet/base';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { blobOrNull, num, text, textOrNull } from '../store/rows.ts';
import { decodeFacts, type FileFacts, type FileKind } from './facts.ts';
import { geometryOf } from './geometry.ts';
import { fileName } from './names.ts';
import type { FileState } from './table.ts';

export interface FileView {
  readonly kind: FileKind;
  /** Safe to show and to save under; `claimedName` where it was another. */
  readonly name: string;
  readonly claimedName: string | null;
  /** A claim of its sender. */
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  /** `gone`: nothing of it is kept. */
  readonly state: Exclude<FileState, 'loading'> | 'gone';
  /** An error code of docs/errors.md, with `lost` and `damaged`. */
  readonly reason: string | null;
  /** Parts that are here, or of an own file in boxes; of how many. */
  readonly done: number;
  readonly parts: number;
  /** base64url of a ThumbHash; pixels. */
  readonly preview: string | null;
  readonly width: number | null;
  readonly height: number | null;
  /** ms; loudness, base64url. */
  readonly duration: number | null;
  readonly peaks: string | null;
}

/** Null: the line is of another kind, or emptied. */
export function fileView(store: ProfileStore, row: SqlRow): FileView | null {
  const detail = blobOrNull(row, 'detail');
  if (num(row, 'type') !== 16 || detail === null) return null;
  const facts = decodeFacts(detail);
  const file = store.get(
    'SELECT state, reason, round, done FROM files WHERE message_id = ?',
    num(row, 'id'),
  );
  const { parts, boxes } = geometryOf(facts.size);
  const out = text(row, 'direction') === 'out';
  const name = fileName(facts.name);
  return {
    kind: facts.kind,
    name,
    claimedName: name === facts.name ? null : facts.name,
    mediaType: facts.mediaType,
    size: facts.size,
    state: file === undefined ? 'gone' : (text(file, 'state') as FileView['state']),
    reason: file === undefined ? null : textOrNull(file, 'reason'),
    done: file === undefined ? 0 : Math.min(num(file, 'done'), out ? boxes : parts),
    parts: out ? boxes : parts,
    ...claims(facts),
  };
}

function claims(
  facts: FileFacts,
): Pick<FileView, 'preview' | 'width' | 'height' | 'duration' | 'peaks'> {
  const { preview, dimensions, duration = null, peaks } = facts;
  return {
    preview: preview === undefined ? null : base64url(preview),
    width: dimensions?.[0] ?? null,
    height: dimensions?.[1] ?? null,
    duration,
    peaks: peaks === undefined ? null : base64url(peaks),
  };
}

const KIND_WORDS: Readonly<Record<FileKind, string>> = {
  file: 'File',
  picture: 'Picture',
  voice: 'Voice note',
};

/** The one line that stands for it. */
export function fileLine(facts: FileFacts): string {
  const words = facts.kind === 'voice' ? '' : ` ${fileName(facts.name)}`;
  return `${KIND_WORDS[facts.kind]}:${words} (${sizeWords(facts.size)})`.replace(': (', ' (');
}

const UNITS = ['kB', 'MB', 'GB'] as const;

/** 999 B, 1.2 kB, 14 MB: powers of ten. */
export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  let value = bytes;
  let unit = -1;
  do {
    value /= 1_000;
    unit++;
  } while (value >= 999.5 && unit < UNITS.length - 1);
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[unit] ?? 'GB'}`;
}
