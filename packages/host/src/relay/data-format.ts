/**
 * Which form a data folder has (docs/ops/upgrade.md). There is one so far; a program does
 * not touch a folder of a newer one.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@tacet/base';
import { writeDurably } from './files.ts';

/** 1: first. */
export const DATA_FORMAT = 1;
const FILE = 'format';

/** @throws `data-newer`; the folder is locked by this process */
export function settleDataFormat(data: string): void {
  const path = join(data, FILE);
  let text = '';
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const found = text === '' ? DATA_FORMAT : Number(text);
  if (!(found >= 1 && found <= DATA_FORMAT)) throw newer();
  if (text === '') writeDurably(path, Buffer.from(`${DATA_FORMAT}\n`));
}

/** Said of a data folder, and of a folder whose `network.json` is newer. */
export function newer(): AppError {
  return new AppError(
    'data-newer',
    'state',
    'this folder was written by a newer `tacet-relay`: run that version or a later one',
  );
}
