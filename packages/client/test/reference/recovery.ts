/** Statements, answers, words and contact lists of a recovery, written from spec 20, 9 to 11 alone. */
import {
  edHolds,
  edPublicKey,
  edSign,
  fromHex,
  hash,
  join,
  prf,
  uint,
  utf8,
} from './primitives.ts';

export interface StatementParts {
  readonly root: Uint8Array;
  readonly seed: Uint8Array;
  readonly counter: number;
  readonly wantsKeys: boolean;
  readonly bundle: Uint8Array;
}

const padded = (bytes: Uint8Array): Uint8Array => join(bytes, new Uint8Array(2_264 - bytes.length));

export function statement({ root, seed, counter, wantsKeys, bundle }: StatementParts): Uint8Array {
  const pair = hash('recovery-pair', root);
  const number = uint(counter, 8);
  const signature = edSign(
    seed,
    'recovery-statement',
    pair,
    number,
    hash('recovery-bundle', bundle),
  );
  const head = join(uint(20, 1), number, uint(wantsKeys ? 1 : 0, 1), pair, bundle, signature);
  return padded(join(head, prf(root, 'recovery-mac', 32, head)));
}

/** Null where it does not hold. */
export function readStatement(
  root: Uint8Array,
  ed25519: Uint8Array,
  plaintext: Uint8Array,
): Omit<StatementParts, 'root' | 'seed'> | null {
  if (plaintext.length !== 2_264 || plaintext[0] !== 20 || (plaintext[9] ?? 2) > 1) return null;
  const view = Buffer.from(plaintext);
  const counter = Number(view.readBigUInt64BE(1));
  const pair = plaintext.slice(10, 42);
  const bundle = plaintext.slice(42, 1_839);
  const signature = plaintext.slice(1_839, 1_903);
  const mac = prf(root, 'recovery-mac', 32, plaintext.slice(0, 1_903));
  const sound =
    Buffer.compare(pair, hash('recovery-pair', root)) === 0 &&
    Buffer.compare(mac, plaintext.slice(1_903, 1_935)) === 0 &&
    plaintext.slice(1_935).every((byte) => byte === 0) &&
    edHolds(
      ed25519,
      signature,
      'recovery-statement',
      pair,
      plaintext.slice(1, 9),
      hash('recovery-bundle', bundle),
    );
  return sound ? { counter, wantsKeys: plaintext[9] === 1, bundle } : null;
}

export const nameOf = (plaintext: Uint8Array): Uint8Array =>
  hash('recovery-stated', plaintext.slice(0, 1_935));

export function answer(ciphertext: Uint8Array): Uint8Array {
  return padded(join(uint(21, 1), uint(ciphertext.length, 2), ciphertext));
}

export function words(
  stated: Uint8Array,
  answerer: Uint8Array,
  restored: Uint8Array,
  highest: number,
): Uint8Array {
  return join(uint(2, 1), stated, answerer, restored, uint(highest, 4));
}

/** Id of a box and its record key. */
export function statementBox(root: Uint8Array, period: number, turn: number) {
  const at = join(uint(period, 4), uint(turn, 1));
  return {
    id: edPublicKey(hash('recovery-seed', root, at)),
    key: hash('recovery-key', root, at),
  };
}

export function answerBox(root: Uint8Array, stated: Uint8Array) {
  return {
    id: edPublicKey(hash('recovery-answer-seed', root, stated)),
    key: hash('recovery-answer-key', root, stated),
  };
}

export const listRoot = (phraseRoot: Uint8Array): Uint8Array => hash('contact-list', phraseRoot);

export function listBox(root: Uint8Array, period: number, index: number) {
  const at = join(uint(period, 4), uint(index, 2));
  return {
    id: edPublicKey(hash('contact-list-seed', root, at)),
    key: hash('contact-list-key', root, at),
  };
}

/** Bytes as hexadecimal text. */
export interface Listed {
  readonly blocked: boolean;
  readonly own: string;
  readonly keySetHash: string;
  readonly identityKey: string;
  readonly ed25519: string;
  readonly root: string;
  readonly since: number;
  readonly name: string;
}

export function list(counter: number, entries: readonly Listed[]): Uint8Array {
  const all = entries.map((one) => {
    const name = utf8(one.name);
    return join(
      uint(one.blocked ? 1 : 0, 1),
      ...[one.own, one.keySetHash, one.identityKey, one.ed25519, one.root].map(fromHex),
      uint(one.since, 8),
      uint(name.length, 1),
      name,
      new Uint8Array(64 - name.length),
    );
  });
  return padded(join(uint(22, 1), uint(counter, 8), uint(entries.length, 1), ...all));
}
