/** The recovery phrase as people write it down and type it in again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError, Sensitive } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { makePhrase, readPhrase } from '../../src/recovery-phrase/index.ts';

const malformed = (error: unknown) => isAppError(error, 'recovery-phrase-malformed');

test('twelve words of the standard’s own vectors, by their entropy', () => {
  // BIP 39, test vectors of its reference implementation, 128 bits.
  const vectors = [
    ['00', `${'abandon '.repeat(11)}about`],
    ['7f', 'legal winner thank year wave sausage worth useful legal winner thank yellow'],
    ['80', 'letter advice cage absurd amount doctor acoustic avoid letter advice cage above'],
    ['ff', `${'zoo '.repeat(11)}wrong`],
  ] as const;
  for (const [byte, words] of vectors) {
    const rng = { fill: <T extends Uint8Array>(out: T) => out.fill(Number.parseInt(byte, 16)) };
    assert.equal(makePhrase(rng).expose(), words);
    assert.equal(readPhrase(new Sensitive(words)).expose(), words);
  }
});

test('case and spaces do not matter; every other slip is found, and said without a word of it', () => {
  // Of a seed: one phrase in 26 has a word that the sentence about a slip says, too, as "word" and "very".
  const rng = seededRng('recovery phrase');
  const phrase = makePhrase(rng).expose();
  const words = phrase.split(' ');
  assert.equal(new Set(Array.from({ length: 50 }, () => makePhrase(rng).expose())).size, 50);
  assert.equal(
    readPhrase(new Sensitive(` ${words.join('\t\n ').toUpperCase()} `)).expose(),
    phrase,
  );
  let undetected = 0;
  for (const [i, word] of words.entries()) {
    const without = words.toSpliced(i, 1).join(' ');
    assert.throws(() => readPhrase(new Sensitive(without)), malformed);
    const misspelt = words.with(i, `${word}x`).join(' ');
    assert.throws(
      () => readPhrase(new Sensitive(misspelt)),
      (error) => malformed(error) && !String(error).includes(word),
    );
    const another = words.with(i, word === 'zoo' ? 'zone' : 'zoo').join(' ');
    try {
      readPhrase(new Sensitive(another));
      undetected += 1;
    } catch (error) {
      assert.ok(malformed(error));
    }
  }
  // Four bits of checksum: one other word in sixteen passes.
  assert.ok(undetected <= 6, `${undetected} of 12 other words passed`);
  for (const text of ['', ' ', 'zoo', `${phrase} zoo`]) {
    assert.throws(() => readPhrase(new Sensitive(text)), malformed);
  }
});
