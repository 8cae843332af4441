/**
 * The recovery phrase (docs/spec/20-recovery.md, 1): twelve words of BIP 39's English list, 128 random
 * bits with a checksum, so that a slip of the pen is told from a phrase that opens something else.
 */

import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { AppError, type Rng, randomBytes, Sensitive, utf8 } from '@tacet/base';
import { argon2id, wipe } from '@tacet/crypto';
import { ENTROPY_BYTES, PHRASE_COST, PHRASE_WORDS } from './limits.ts';

/** A new one. */
export function makePhrase(rng: Rng): Sensitive<string> {
  const entropy = randomBytes(rng, ENTROPY_BYTES);
  try {
    return new Sensitive(entropyToMnemonic(entropy, wordlist));
  } finally {
    wipe(entropy);
  }
}

/** As it was made, whatever its case and spaces. Throws `recovery-phrase-malformed`. */
export function readPhrase(text: Sensitive<string>): Sensitive<string> {
  const words = text.expose().normalize('NFKC').toLowerCase().trim().split(/\s+/);
  if (words.length !== PHRASE_WORDS) {
    throw malformed(`a recovery phrase has ${PHRASE_WORDS} words, this has ${words.length}`);
  }
  // Which one it is: its place says nothing of the others.
  const wrong = words.findIndex((word) => !wordlist.includes(word));
  if (wrong >= 0) throw malformed(`word ${wrong + 1} of the recovery phrase is not in the list`);
  const phrase = words.join(' ');
  try {
    wipe(mnemonicToEntropy(phrase, wordlist));
  } catch {
    throw malformed('a word of the recovery phrase is another one, or in another place');
  }
  return new Sensitive(phrase);
}

/**
 * What the phrase opens things with, 32 bytes, which the caller wipes: Argon2id, a second and 256 MiB.
 * @param phrase from `makePhrase` or `readPhrase`; @param salt 32 bytes
 */
export async function phraseRoot(phrase: Sensitive<string>, salt: Uint8Array): Promise<Uint8Array> {
  const bytes = utf8(phrase.expose());
  try {
    return await argon2id(new Sensitive(bytes), salt, PHRASE_COST);
  } finally {
    wipe(bytes);
  }
}

function malformed(message: string): AppError {
  return new AppError('recovery-phrase-malformed', 'usage', message);
}
