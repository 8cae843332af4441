/** Backups in words. */
import type { ResultOf } from '@tacet/api';
import { sentenceOfCode } from './errors.ts';
import { safeName } from './safe.ts';
import { bytes } from './size.ts';
import { clockTime, dayName, listTime } from './time.ts';

type Status = ResultOf<'backup.status'>;
type Contents = ResultOf<'backup.test'>;

/** One line for who only wants to know whether there is one. */
export function backupLine({ phrase, last, failed }: Status, now: number): string {
  if (!phrase) return 'There is no backup. If this disk breaks, everything is gone.';
  if (failed !== null) return `The next one could not be made: ${failedWord(failed.code)}`;
  if (last === null) return 'A recovery phrase is made, and no backup yet.';
  return `The last one was made ${at(last.at, now)}.`;
}

export function failedWord(code: string): string {
  return sentenceOfCode(code) ?? `Something went wrong (${safeName(code)}).`;
}

export function lastWord({ last }: Status, now: number): string {
  return last === null ? 'none yet' : `${at(last.at, now)}, ${bytes(last.bytes)}`;
}

export function nextWord({ due }: Status, now: number): string {
  if (due === null) return 'never';
  return due <= now ? 'now' : at(due, now);
}

export function rollingWord({ rolling }: Status, now: number): string {
  if (rolling.failed !== null) return failedWord(rolling.failed.code);
  return rolling.kept.length === 0
    ? 'none yet'
    : rolling.kept.map((when) => listTime(when, now)).join(', ');
}

export function contentsSentence(contents: Contents, now: number): string {
  const { contacts, messages, files, withFiles, bytes: size } = contents;
  const held = withFiles ? many(files, 'file') : 'no bytes of files';
  return `As it was ${at(contents.at, now)}: ${many(contacts, 'contact')}, ${many(messages, 'message')}, ${held}, ${bytes(size)}.`;
}

function many(count: number, what: string): string {
  return `${count.toLocaleString()} ${what}${count === 1 ? '' : 's'}`;
}

function at(when: number, now: number): string {
  const day = dayName(when, now);
  return `${day === 'Today' ? 'today' : day === 'Yesterday' ? 'yesterday' : day} at ${clockTime(when)}`;
}

export const HOURS: readonly (readonly [hours: number, words: string])[] = [
  [6, 'Every six hours'],
  [24, 'Every day'],
  [72, 'Every three days'],
  [168, 'Every week'],
];
