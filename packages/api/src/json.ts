/**
 * JSON from a caller, with caps: size, nesting, number of values; keys that could reach a
 * prototype are refused. Gives a plain value or throws `request-malformed`.
 */
import { AppError } from '@tacet/base';
import { MAX_DEPTH, MAX_MESSAGE_BYTES, MAX_VALUES } from './limits.ts';

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

export function parseJson(text: string): unknown {
  // A UTF-16 unit is at least one byte of UTF-8, so this never refuses what the byte cap allows.
  if (text.length > MAX_MESSAGE_BYTES) throw bad('is too large');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad('is not JSON');
  }
  inspect(value, 0, { left: MAX_VALUES });
  return value;
}

function inspect(value: unknown, depth: number, budget: { left: number }): void {
  budget.left -= 1;
  if (budget.left < 0) throw bad('holds too many values');
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_DEPTH) throw bad('is nested too deeply');
  for (const [key, item] of Object.entries(value)) {
    if (FORBIDDEN.has(key)) throw bad('holds a forbidden key');
    inspect(item, depth + 1, budget);
  }
}

function bad(what: string): AppError {
  return new AppError('request-malformed', 'input', `the message ${what}`);
}
