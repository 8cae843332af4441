/** Words that must not be found, in every form in which a program might keep them. */
import { randomBytes } from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Letters that nothing else holds; the first ones too, as indexes leave out what words share. */
export function canary(): string {
  return Array.from(randomBytes(16), (byte) => LETTERS[byte % LETTERS.length]).join('');
}

/** Raw, UTF-16, hex in both cases, base64 wherever in a text of it the word begins. */
export function formsOf(word: string | Uint8Array): Buffer[] {
  const raw = Buffer.from(word);
  const hex = raw.toString('hex');
  const texts = [hex, hex.toUpperCase(), ...[0, 1, 2].map((shift) => inBase64(raw, shift))];
  const wide = typeof word === 'string' ? [Buffer.from(word, 'utf16le')] : [];
  return [raw, ...wide, ...texts.flatMap((text) => [Buffer.from(text), urlSafe(text)])];
}

/** The characters that the word alone decides. */
function inBase64(raw: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), raw]).toString('base64');
  const from = Math.ceil((shift * 8) / 6);
  return text.slice(from, Math.floor(((shift + raw.length) * 8) / 6));
}

function urlSafe(text: string): Buffer {
  return Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_'));
}

/** The names of those that stand in the bytes in any form. */
export function found(
  words: ReadonlyMap<string, string | Uint8Array>,
  bytes: Buffer,
): readonly string[] {
  return [...words]
    .filter(([, word]) => formsOf(word).some((form) => bytes.includes(form)))
    .map(([name]) => name);
}
