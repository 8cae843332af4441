/**
 * Writes vectors/recovery/boxes.json. Made once and frozen: run it by hand for a new version only.
 *   node packages/client/test/recovery/make-vectors.ts
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { hex } from '@tacet/base';
import { edKeyPair } from '@tacet/crypto';
import { seededRng } from '@tacet/testkit';
import {
  answerBox,
  encodeAnswer,
  encodeStatement,
  encodeWords,
  hashOfStatement,
  statementBox,
} from '../../src/recovery/boxes.ts';
import { encodeList, type ListEntry, listBox, listRoot } from '../../src/recovery/list-boxes.ts';
import { firstRoot } from '../../src/recovery/own-roots.ts';

const rng = seededRng('recovery vectors');
const random = (n: number): Uint8Array => rng.fill(new Uint8Array(n));
const stream = random(32);
const root = firstRoot(stream);
const seed = random(32);
const bundle = random(1_797);
const statements = [
  { counter: 1_795_000_000, wantsKeys: false },
  { counter: 0, wantsKeys: true },
].map((one) => {
  const plaintext = encodeStatement(root, seed, { ...one, bundle });
  const stated = hashOfStatement(plaintext);
  return {
    ...one,
    plaintext: hex(plaintext),
    name: hex(stated),
    answerId: hex(answerBox(root, stated).id),
    answerKey: hex(answerBox(root, stated).key),
  };
});
const [stated, answererRoot, restoredRoot] = [random(32), random(32), random(32)];
const ciphertext = random(40);
const phraseRoot = random(32);
const entries: ListEntry[] = ['Bob', 'Ännchen von Tharau'].map((name, n) => ({
  blocked: n === 1,
  own: random(32),
  keySetHash: random(32),
  identityKey: random(33),
  ed25519: random(32),
  root: random(32),
  since: 1_795_000_000_123 + n,
  name,
}));
const folder = new URL('../../../../vectors/recovery/', import.meta.url);
mkdirSync(folder, { recursive: true });
const content = {
  spec: 'docs/spec/20-recovery.md, 8 to 11',
  provenance:
    'made once by packages/client/test/recovery/make-vectors.ts; confirmed by the reader and writer in packages/client/test/reference/recovery.ts, which share no code with src',
  stream: hex(stream),
  root: hex(root),
  seed: hex(seed),
  ed25519: hex(edKeyPair(seed).publicKey),
  bundle: hex(bundle),
  statements,
  boxes: [
    [0, 0],
    [10_220, 7],
  ].map(([period = 0, turn = 0]) => {
    const { id, key } = statementBox(root, period, turn);
    return { period, turn, id: hex(id), key: hex(key) };
  }),
  answer: { ciphertext: hex(ciphertext), plaintext: hex(encodeAnswer(ciphertext)) },
  list: {
    phraseRoot: hex(phraseRoot),
    root: hex(listRoot(phraseRoot)),
    boxes: [
      [0, 0],
      [2_931, 399],
    ].map(([period = 0, index = 0]) => {
      const { id, key } = listBox(listRoot(phraseRoot), period, index);
      return { period, index, id: hex(id), key: hex(key) };
    }),
    counter: 1_795_000_000,
    entries: entries.map((entry) =>
      Object.fromEntries(
        Object.entries(entry).map(([name, value]) => [
          name,
          value instanceof Uint8Array ? hex(value) : value,
        ]),
      ),
    ),
    plaintext: hex(encodeList({ counter: 1_795_000_000, entries })),
  },
  words: {
    stated: hex(stated),
    answererRoot: hex(answererRoot),
    restoredRoot: hex(restoredRoot),
    highest: 70_000,
    plaintext: hex(encodeWords({ stated, answererRoot, restoredRoot, highest: 70_000 })),
  },
};
writeFileSync(new URL('boxes.json', folder), `${JSON.stringify(content, null, 1)}\n`);
