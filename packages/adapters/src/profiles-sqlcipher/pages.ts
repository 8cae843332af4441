/**
 * Authentication of SQLCipher's pages, read without SQLCipher (docs/spec/10-store.md, 4): a page is
 * `content | IV 16 | HMAC-SHA512 64`, and the first begins with the 16 bytes of the file's salt.
 */
import { equalSecret, hmacSha512, wipe } from '@tacet/crypto';
import { KEY_BYTES, PAGE_BYTES } from './limits.ts';

const SALT_BYTES = 16;
const MAC_AT = PAGE_BYTES - 64;
const HMAC_SALT_MASK = 0x3a;
/** The page at 1 GiB, which SQLite keeps for locks: never written. */
const LOCK_PAGE = 2 ** 30 / PAGE_BYTES + 1;

/** Whoever makes one wipes it. */
export class PageAuthority {
  private readonly key: Uint8Array;
  private readonly number = new Uint8Array(4);
  private readonly view = new DataView(this.number.buffer);

  /** @param firstPage its salt is taken: the start of the file */
  constructor(databaseKey: Uint8Array, firstPage: Uint8Array) {
    const salt = firstPage.subarray(0, SALT_BYTES).map((byte) => byte ^ HMAC_SALT_MASK);
    // PBKDF2-HMAC-SHA512 of two rounds, one block.
    const first = hmacSha512(databaseKey, salt, Uint8Array.of(0, 0, 0, 1));
    const second = hmacSha512(databaseKey, first);
    this.key = first.slice(0, KEY_BYTES).map((byte, i) => byte ^ (second[i] ?? 0));
    wipe(first, second);
  }

  /** @param page PAGE_BYTES; @param number counts from 1 */
  holds(page: Uint8Array, number: number): boolean {
    if (number === LOCK_PAGE) return true;
    this.view.setUint32(0, number, true);
    const signed = page.subarray(number === 1 ? SALT_BYTES : 0, MAC_AT);
    return equalSecret(hmacSha512(this.key, signed, this.number), page.subarray(MAC_AT));
  }

  wipe(): void {
    wipe(this.key);
  }
}
