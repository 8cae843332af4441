/**
 * The recovery phrase at the command line: where it may come from, and how a new one is given to a person
 * so that they have it. Never an argument, never the environment, never standard output.
 */
import { AppError } from '@tacet/base';
import type { Context } from './context.ts';
import { readDescriptor, readPrivate } from './private-file.ts';
import { saveFile } from './save.ts';

export const PHRASE_OPTIONS = {
  'phrase-fd': {
    type: 'string',
    value: 'N',
    help: 'read the recovery phrase from file descriptor N',
  },
  'phrase-file': {
    type: 'string',
    value: 'FILE',
    help: 'read the recovery phrase from a file only you can read',
  },
} as const;

/** Throws `recovery-phrase-needed`, `recovery-phrase-file`, `usage`. */
export async function needPhrase(context: Context): Promise<string> {
  const fd = context.text('phrase-fd');
  const file = context.text('phrase-file');
  if (fd !== undefined && file !== undefined) {
    throw new AppError('usage', 'usage', 'give the recovery phrase in one way only');
  }
  if (fd !== undefined) return said(readDescriptor(fd, 'phrase-fd'));
  if (file !== undefined) return said(readPrivate(file, 'recovery-phrase'));
  if (!context.terminal.inIsTty) {
    throw needed('a recovery phrase is needed: use a terminal, --phrase-fd or --phrase-file');
  }
  return said(await context.terminal.askSecret('Recovery phrase (twelve words): '));
}

/**
 * Writes a new one to a file nobody else can read, or shows it and asks for two of its words. Throws
 * `recovery-phrase-unconfirmed` when these are others: then it opens nothing.
 */
export async function handOver(context: Context, phrase: string): Promise<void> {
  const { terminal } = context;
  const file = context.text('save-phrase');
  if (file !== undefined) {
    await saveFile(file, [`${phrase}\n`], false);
    context.note('the recovery phrase is in that file: write it down, and destroy the file');
    return;
  }
  if (!terminal.inIsTty) {
    throw needed('a new recovery phrase has to be seen: use a terminal, or --save-phrase FILE');
  }
  const words = phrase.split(' ');
  const rows = words.map((word, i) => `  ${String(i + 1).padStart(2)}. ${word}`);
  terminal.err('This is your recovery phrase. It opens your backups, and nothing else does.\n');
  terminal.err(
    'Write it down on paper and keep it where you keep papers. It is not shown again.\n\n',
  );
  terminal.err(`${rows.join('\n')}\n\n`);
  for (const place of twoOf(words.length)) {
    const answer = await terminal.askSecret(`Word ${place + 1}, to be sure you have it: `);
    if (answer.trim().toLowerCase() === words[place]) continue;
    const message = 'that is another word; nothing was changed, and this phrase opens nothing';
    throw new AppError('recovery-phrase-unconfirmed', 'usage', message);
  }
}

/** One of each half. */
function twoOf(length: number): readonly [number, number] {
  const half = length / 2;
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint8Array(2));
  return [a % half, half + (b % half)];
}

function said(text: string): string {
  const phrase = text.trim().replace(/\s+/g, ' ');
  if (phrase === '') throw needed('the recovery phrase is empty');
  return phrase;
}

function needed(message: string): AppError {
  return new AppError('recovery-phrase-needed', 'state', message);
}
