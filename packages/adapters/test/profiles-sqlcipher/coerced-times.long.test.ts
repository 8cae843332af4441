/** How long a passphrase takes to be answered says nothing of what it does. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isAppError } from '@tacet/base';
import { twoSampleKs } from '@tacet/testkit/ks';
import { median } from '@tacet/testkit/quantile';
import { foundTwice } from '@tacet/testkit/twice';
import {
  createProfile,
  openProfile,
  type ProfileOptions,
} from '../../src/profiles-sqlcipher/index.ts';
import { makeCoerced, withKeys, withPassphrases } from './coerced-scene.ts';

const ROUNDS = 25;
/** Of three comparisons the same one is below it twice, by chance, in a million runs. */
const LEAST_P = 0.0005;
const root = mkdtempSync(join(tmpdir(), 'tacet-times-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** Milliseconds until it is open or refused. */
async function timeOf(options: ProfileOptions): Promise<number> {
  const begin = performance.now();
  try {
    const profile = await openProfile(options);
    const took = performance.now() - begin;
    profile.close();
    return took;
  } catch (error) {
    if (!isAppError(error, 'passphrase-wrong')) throw error;
    return performance.now() - begin;
  }
}

/** Kinds that are told from wrong in a vault made for it, and said so with `say`. */
async function toldFromWrong(dir: string, say: (line: string) => void): Promise<string[]> {
  const options = withPassphrases(dir);
  await makeCoerced(options);
  const kinds = ['wrong', 'decoy', 'coerced'];
  const times = new Map([...kinds, 'right'].map((kind) => [kind, [] as number[]]));
  const measure = async (kind: string): Promise<void> => {
    times.get(kind)?.push(await timeOf(options(kind)));
  };
  // In turns, so that what else the machine does falls on all of them. The right one first: it is destroyed.
  for (let i = 0; i < ROUNDS; i++)
    for (const kind of ['right', 'wrong', 'decoy']) await measure(kind);
  for (let i = 0; i < ROUNDS; i++) for (const kind of kinds) await measure(kind);
  const wrong = times.get('wrong') ?? [];
  const pairs = [
    ['right', wrong.slice(0, ROUNDS), times.get('right') ?? []],
    ['decoy', wrong, times.get('decoy') ?? []],
    ['coerced', wrong.slice(ROUNDS), times.get('coerced') ?? []],
  ] as const;
  return pairs.flatMap(([kind, ofWrong, own]) => {
    const chance = twoSampleKs(ofWrong, own).p;
    say(
      `${kind}: ${median(own).toFixed(1)} ms, wrong ${median(ofWrong).toFixed(1)}, chance ${chance.toFixed(4)}`,
    );
    return chance > LEAST_P ? [] : [kind];
  });
}

test('right, wrong, decoy and coerced passphrases are answered in the same time', async (t) => {
  let vaults = 0;
  const look = () => toldFromWrong(join(root, `vault${vaults++}`), (line) => t.diagnostic(line));
  assert.deepEqual(await foundTwice(look), [], 'told from wrong');
});

test('the control: a secret of the keychain is answered at once, and the right one is told from a wrong one', async (t) => {
  const kept = withKeys(join(root, 'kept'));
  (await createProfile(kept('right'))).close();
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i < ROUNDS; i++) {
    times[0].push(await timeOf(kept('right')));
    times[1].push(await timeOf(kept('wrong')));
  }
  t.diagnostic(`right ${median(times[0]).toFixed(1)} ms, wrong ${median(times[1]).toFixed(1)}`);
  assert.ok(twoSampleKs(...times).p < 0.001);
});
