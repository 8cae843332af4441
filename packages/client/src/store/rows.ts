/** Typed reading of rows: a column of another type is our bug, never quietly undefined. */
import { AppError } from '@tacet/base';
import type { SqlRow } from '../ports.ts';

function wrong(column: string): AppError {
  return new AppError('store-column', 'bug', `column ${column} has an unexpected type`);
}

export function num(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw wrong(column);
  return value;
}

export function text(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw wrong(column);
  return value;
}

export function blob(row: SqlRow, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw wrong(column);
  return value;
}

export function numOrNull(row: SqlRow, column: string): number | null {
  return row[column] === null ? null : num(row, column);
}

export function textOrNull(row: SqlRow, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function blobOrNull(row: SqlRow, column: string): Uint8Array | null {
  return row[column] === null ? null : blob(row, column);
}

/** The number behind an id from outside; 0, which no row has, for what cannot be one. */
export function rowIdOf(id: string): number {
  return /^[1-9][0-9]{0,14}$/.test(id) ? Number(id) : 0;
}
