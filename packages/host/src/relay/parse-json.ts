/** JSON of files that people edit: a key that stands twice would quietly lose one of its values. */
import { AppError } from '@tacet/base';

const STRINGS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/gu;

/** @throws `key-twice`, and `SyntaxError` for what is no JSON */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const counts = keysOf(value);
  for (const [string, colon] of text.matchAll(STRINGS)) {
    if (colon === undefined) continue;
    const key = String(JSON.parse(string.slice(0, string.length - colon.length)));
    const left = counts.get(key) ?? 0;
    if (left === 0) throw new AppError('key-twice', 'usage', `${named(key)} stands twice`);
    counts.set(key, left - 1);
  }
  return value;
}

/** A key for a message, so far as it can be one: the rest of a file may hold anything. */
export function named(key: string): string {
  return isWord(key) ? `\`${key}\`` : 'a key that is no word';
}

export function isWord(key: string): boolean {
  return /^\w{1,64}$/.test(key);
}

/** How often each key stands in a value. */
function keysOf(value: unknown): Map<string, number> {
  const counts = new Map<string, number>();
  const open: unknown[] = [value];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    if (!Array.isArray(one)) {
      for (const key of Object.keys(one)) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const inner of Object.values(one)) open.push(inner);
  }
  return counts;
}
