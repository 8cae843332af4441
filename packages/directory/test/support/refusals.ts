/** `assert.throws` for an AppError with that code. */
import assert from 'node:assert/strict';
import { isAppError } from '@tacet/base';

export const RUNS = Number(process.env['FC_RUNS'] ?? 100);

export function throwsCode(act: () => unknown, code: string, what?: string): void {
  assert.throws(act, (error) => isAppError(error, code), what ?? `expected ${code}`);
}
