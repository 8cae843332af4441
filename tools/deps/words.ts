/** Ambient things that layers 0-3 take as parameters instead: time, randomness, timers, I/O. */
import { isMember } from '../lib/imports.ts';
import type { Token } from '../lib/scan.ts';

export interface BannedUse {
  readonly word: string;
  readonly line: number;
}

const GLOBALS = new Set(
  (
    'performance setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate ' +
    'queueMicrotask process console fetch WebSocket EventSource XMLHttpRequest globalThis require ' +
    'eval localStorage indexedDB Worker BroadcastChannel MessageChannel crypto Temporal navigator'
  ).split(' '),
);

export function bannedUses(tokens: readonly Token[]): BannedUse[] {
  const uses: BannedUse[] = [];
  tokens.forEach((token, i) => {
    if (token.kind !== 'word' || isMember(tokens, i)) return;
    const next = tokens[i + 1]?.text;
    const afterNext = tokens[i + 2]?.text;
    const use = (word: string): void => {
      uses.push({ word, line: token.line });
    };
    if (token.text === 'Date') {
      if (next === '.' && afterNext === 'now') use('Date.now');
      else if (next === '(' && afterNext === ')') use('Date()');
      // `new Date` without brackets, or Date handed on as a value.
      else if (next !== '(' && next !== '.' && tokens[i - 1]?.text !== ':') use('Date');
    } else if (token.text === 'Math') {
      if (next === '.' && afterNext === 'random') use('Math.random');
      else if (next !== '.') use('Math as a value');
    } else if (token.text === 'import') {
      if (next === '.' && afterNext === 'meta') use('import.meta');
    } else if (GLOBALS.has(token.text) && !isKey(tokens, i)) {
      use(token.text);
    }
  });
  return uses;
}

/** `{ process: 1 }`, `process?: string` in a type, `#process`: names of ours, not the global. */
function isKey(tokens: readonly Token[], i: number): boolean {
  const before = tokens[i - 1]?.text;
  const next = tokens[i + 1]?.text;
  const opens = before === '{' || before === ',' || before === ';' || before === 'readonly';
  return opens && (next === ':' || (next === '?' && tokens[i + 2]?.text === ':'));
}
