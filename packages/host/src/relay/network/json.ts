/**
 * The JSON files of an operator's folder, and those that operators hand on. Read strictly: exactly
 * the keys there are, each of its type. Who reads a file catches what is thrown here and names it.
 */
import { writeFileSync } from 'node:fs';

const HASH = /^[0-9a-f]{64}$/;

/** For its owner only: cards and configurations hold the join secret. */
export function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}

/** The fields of an object with exactly these keys. Throws `RangeError`. */
export function fieldsOf<K extends string>(
  value: unknown,
  keys: readonly K[],
): Readonly<Record<K, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject || Object.keys(value).length !== keys.length) throw new RangeError('keys');
  if (!keys.every((key) => Object.hasOwn(value, key))) throw new RangeError('keys');
  return value as Readonly<Record<K, unknown>>;
}

/** Throws `RangeError`, also for a list longer than `most`. */
export function listOf<T>(value: unknown, most: number, read: (item: unknown) => T): T[] {
  if (!Array.isArray(value) || value.length > most) throw new RangeError('list');
  return value.map((item) => read(item));
}

/** Throws `RangeError`. */
export function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new RangeError('text');
  return value;
}

/** 32 bytes in lower-case hex. Throws `RangeError`. */
export function hashTextOf(value: unknown): string {
  const text = textOf(value);
  if (!HASH.test(text)) throw new RangeError('hash');
  return text;
}
