/**
 * An address as eight pronounceable words: proquints (Wilkerson, arXiv 0901.4016), 16 bits each
 * as consonant-vowel-consonant-vowel-consonant, over the first 16 bytes of the key-set hash.
 */
const CONSONANTS = 'bdfghjklmnprstvz';
const VOWELS = 'aiou';

function word(bits: number): string {
  const c = (shift: number): string => CONSONANTS[(bits >> shift) & 15] ?? '';
  const v = (shift: number): string => VOWELS[(bits >> shift) & 3] ?? '';
  return c(12) + v(10) + c(6) + v(4) + c(0);
}

export function addressWords(hash: Uint8Array): string {
  const words: string[] = [];
  for (let i = 0; i < 16; i += 2) words.push(word(((hash[i] ?? 0) << 8) | (hash[i + 1] ?? 0)));
  return words.join(' ');
}
