/**
 * One content: one act of one person (docs/spec/14-content.md). The table below is the schema: which
 * fields each type has. Unknown types and keys are no error: they are named, so that the caller
 * keeps the bytes as they came.
 */
import { AppError, type Millis } from '@tacet/base';
import { bytesOf, mapOf, whole } from './cbor.ts';
import { checkMentions, FIELDS, type FieldName, type FieldValue, type Mention } from './fields.ts';

interface Shape {
  readonly number: number;
  readonly must: readonly FieldName[];
  readonly may: readonly FieldName[];
}

export const TYPES = {
  text: { number: 1, must: ['text'], may: ['parent', 'lifetime', 'quote', 'mentions'] },
  reaction: { number: 2, must: ['shown', 'target', 'emoji'], may: ['parent'] },
  edit: { number: 3, must: ['text', 'shown', 'target'], may: ['parent', 'mentions'] },
  delete: { number: 4, must: ['shown', 'target'], may: ['parent'] },
  card: { number: 5, must: ['shown', 'card'], may: ['parent', 'lifetime'] },
  timer: { number: 7, must: ['shown', 'timer'], may: ['parent'] },
  profile: { number: 8, must: ['shown', 'name'], may: ['parent'] },
  file: { number: 16, must: ['shown', 'file'], may: ['text', 'parent', 'lifetime'] },
} as const satisfies Readonly<Record<string, Shape>>;

/** What is read of a type this version does not know. */
const UNKNOWN: Pick<Shape, 'must' | 'may'> = { must: [], may: ['parent', 'lifetime', 'shown'] };

export type TypeName = keyof typeof TYPES;

interface Every {
  /** 16 random bytes, the same in every retry. */
  readonly contentId: Uint8Array;
  readonly sentAt: Millis;
}

export type ContentOf<T extends TypeName> = { readonly type: T } & Every & {
    readonly [F in (typeof TYPES)[T]['must'][number]]: FieldValue<F>;
  } & { readonly [F in (typeof TYPES)[T]['may'][number]]?: FieldValue<F> };

/** Shown as one line: what it says of itself for that case. */
export type UnknownContent = { readonly type: 'unknown'; readonly number: number } & Every & {
    readonly parent?: Uint8Array;
    readonly lifetime?: number;
    readonly shown?: string;
  };

export type KnownContent = { readonly [T in TypeName]: ContentOf<T> }[TypeName];
export type Content = KnownContent | UnknownContent;

export function isTypeName(name: string): name is TypeName {
  return Object.hasOwn(TYPES, name);
}

/** The map to encode. Only known content is ever written. */
export function contentMap(content: Content): Map<number, unknown> {
  if (content.type === 'unknown') {
    throw new AppError('content-unknown', 'bug', 'only known content is sent');
  }
  const { number, must, may }: Shape = TYPES[content.type];
  const map = new Map<number, unknown>([
    [1, number],
    [2, content.contentId],
    [3, Math.floor(content.sentAt)],
  ]);
  const values: { readonly [F in FieldName]?: unknown } = content;
  for (const name of [...must, ...may]) {
    const value = values[name];
    if (value !== undefined) map.set(FIELDS[name].key, written(name, value));
  }
  // Nothing leaves that its reader would refuse.
  contentFrom(map);
  return map;
}

/** `value` is that field's: the types of contents are made from this table. */
function written(name: FieldName, value: unknown): unknown {
  return (FIELDS[name].write as (value: unknown) => unknown)(value);
}

/** Throws `malformed` when a field it reads breaks its rule, or one is missing. */
export function contentFrom(value: unknown): Content {
  const map = mapOf(value);
  const number = whole(map.get(1));
  const every: Every = { contentId: bytesOf(map.get(2), 16), sentAt: whole(map.get(3)) };
  const type = typeOf(number);
  const { must, may } = type === null ? UNKNOWN : TYPES[type];
  const fields: { [F in FieldName]?: unknown } = {};
  for (const name of must) fields[name] = FIELDS[name].read(map.get(FIELDS[name].key));
  for (const name of may) {
    const found = map.get(FIELDS[name].key);
    if (found !== undefined) fields[name] = FIELDS[name].read(found);
  }
  if (fields.mentions !== undefined) {
    checkMentions(String(fields.text), fields.mentions as readonly Mention[]);
  }
  if (type === null) return { type: 'unknown', number, ...every, ...fields } as UnknownContent;
  // What each type's fields are was read from its row of the table.
  return { type, ...every, ...fields } as KnownContent;
}

/** True when something stands in it that this version does not read. */
export function hasMore(value: unknown): boolean {
  const map = mapOf(value);
  const type = typeOf(whole(map.get(1)));
  if (type === null) return true;
  const { must, may }: Shape = TYPES[type];
  return map.size > 3 + [...must, ...may].filter((name) => map.has(FIELDS[name].key)).length;
}

function typeOf(number: number): TypeName | null {
  const found = Object.entries(TYPES).find(([, shape]) => shape.number === number)?.[0];
  return found !== undefined && isTypeName(found) ? found : null;
}
