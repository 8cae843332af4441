/** What stands in the code that two people show each other (docs/spec/15-trust.md, 4). */
import {
  AppError,
  ByteReader,
  ByteWriter,
  base64url,
  fromBase64url,
  fromUtf8,
  MINUTE,
  type Millis,
  utf8,
} from '@tacet/base';
import { hash } from '@tacet/crypto';
import { MAX_NAME_BYTES } from '../limits.ts';

const PREFIX = 'tacet://meet/1#';
const ANY_VERSION = /^tacet:\/\/meet\/\d+#/;
const FIXED = 32 + 16 + 32 + 8 + 4 + 1;

export interface MeetCode {
  readonly keySetHash: Uint8Array;
  /** Shown once: who proves to know it has seen this screen. 16 bytes. */
  readonly nonce: Uint8Array;
  /** Of a one-time invitation, for who is no contact yet. */
  readonly secret: Uint8Array;
  /** First 8 bytes of the network id. */
  readonly network: Uint8Array;
  /** In whole minutes. */
  readonly endsAt: Millis;
  readonly name: string;
}

/** At most 225 characters. */
export function encodeMeetCode(code: MeetCode): string {
  const name = utf8(code.name);
  const out = new ByteWriter(FIXED + name.length)
    .put(code.keySetHash)
    .put(code.nonce)
    .put(code.secret)
    .put(code.network)
    .u32(Math.floor(code.endsAt / MINUTE))
    .u8(name.length)
    .put(name);
  return PREFIX + base64url(out.done());
}

/** White space around it is taken off. @throws `meet-malformed`, `meet-newer` */
export function decodeMeetCode(given: string): MeetCode {
  const text = given.trim();
  if (!text.startsWith(PREFIX)) {
    if (ANY_VERSION.test(text)) {
      throw new AppError('meet-newer', 'input', 'a newer version of Tacet made this code: update');
    }
    throw malformed();
  }
  try {
    const input = new ByteReader(fromBase64url(text.slice(PREFIX.length)), 'meet code');
    const code = {
      keySetHash: input.copy(32),
      nonce: input.copy(16),
      secret: input.copy(32),
      network: input.copy(8),
      endsAt: input.u32() * MINUTE,
    };
    const length = input.u8();
    if (length < 1 || length > MAX_NAME_BYTES) throw malformed();
    const name = fromUtf8(input.copy(length));
    input.end();
    return { ...code, name };
  } catch {
    throw malformed();
  }
}

/** What somebody says over the session who has scanned a code: only its screen showed the nonce. */
export function scanProof(nonce: Uint8Array, prover: Uint8Array, maker: Uint8Array): Uint8Array {
  return hash('scan-proof', nonce, prover, maker);
}

function malformed(): AppError {
  return new AppError('meet-malformed', 'input', 'this is not a code of Tacet to scan');
}
