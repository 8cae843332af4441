/**
 * What a passphrase takes to be answered at a vault with two profiles and one for coercion, at its real
 * strength (docs/spec/10-store.md, 2 and 9), from the call to an open store or a refusal. The one for
 * coercion is typed at a new copy of the vault each time, and `destroyed` counts the copies at which the
 * other profile opened before it and no more after it. `*_ms` are medians, `*_max_ms` the longest.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createProfile,
  openProfile,
  type ProfileOptions,
} from '@tacet/adapters/profiles-sqlcipher';
import { isAppError, Sensitive, utf8 } from '@tacet/base';
import type { Figures } from './list.ts';

const ROUNDS = 9;
const WORDS = ['right', 'wrong', 'decoy', 'coerced'] as const;
type Word = (typeof WORDS)[number];

export async function run(say: (line: string) => void): Promise<Figures> {
  const root = mkdtempSync(join(tmpdir(), 'tacet-bench-vault-'));
  const at = (dir: string, word: Word): ProfileOptions => ({
    dir: join(root, dir),
    secret: new Sensitive(utf8(word)),
    kind: 'passphrase',
  });
  try {
    await fill(at, 'whole');
    const times: Record<Word, number[]> = { right: [], wrong: [], decoy: [], coerced: [] };
    let destroyed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      cpSync(join(root, 'whole'), join(root, 'copy'), { recursive: true });
      const opened = new Map<Word, boolean>();
      // What else the machine does falls on all of them; the one for coercion last.
      for (const word of WORDS) {
        const begin = performance.now();
        opened.set(word, await opens(at('copy', word)));
        times[word].push(performance.now() - begin);
      }
      const after = await opens(at('copy', 'right'));
      if (opened.get('right') && opened.get('coerced') && !after) destroyed += 1;
      rmSync(join(root, 'copy'), { recursive: true });
      say(`${round + 1} of ${ROUNDS}`);
    }
    const figures = WORDS.flatMap((word) => [
      [`${word}_ms`, Math.round(times[word].toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0)],
      [`${word}_max_ms`, Math.round(Math.max(...times[word]))],
    ]);
    return { rounds: ROUNDS, destroyed, ...Object.fromEntries(figures) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function fill(at: (dir: string, word: Word) => ProfileOptions, dir: string): Promise<void> {
  const first = await createProfile(at(dir, 'right'));
  await first.addProfile(at(dir, 'decoy'), [], async (store) => {
    store.exec('CREATE TABLE t (v TEXT) STRICT');
  });
  first.close();
  const decoy = await openProfile(at(dir, 'decoy'));
  await decoy.addDuress(at(dir, 'coerced'), [at(dir, 'right')]);
  decoy.close();
}

async function opens(options: ProfileOptions): Promise<boolean> {
  try {
    (await openProfile(options)).close();
    return true;
  } catch (error) {
    if (isAppError(error, 'passphrase-wrong')) return false;
    throw error;
  }
}
