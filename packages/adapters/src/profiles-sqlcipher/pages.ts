/**
 * Authentication of SQLCipher's pages, read without SQLCipher (docs/spec/10-store.md, 4): a page is
 * `content | IV 16 | HMAC-SHA512 64`, and the first begins with the 16 bytes of the file's salt.
 */
import { createDecipheriv } from 'node:crypto';
import { equalBytes } from '@tacet/base';
import { equalSecret, hmacSha512, wipe } from '@tacet/crypto';
import { profileUnreadable } from './errors.ts';
import { KEY_BYTES, PAGE_BYTES } from './limits.ts';

const SALT_BYTES = 16;
const MAC_AT = PAGE_BYTES - 64;
const HMAC_SALT_MASK = 0x3a;
/** The page at 1 GiB, which SQLite keeps for locks: never written. */
const LOCK_PAGE = 2 ** 30 / PAGE_BYTES + 1;

/** A number of pages counts when both of these changes are the same (SQLite's file format, 1.3). */
const CHANGE_AT = 24;
const PAGES_AT = 28;
const VALID_FOR_AT = 92;
const IV_AT = PAGE_BYTES - 80;

/** Whether two pages of one number, one of them damaged, were the same: each writing draws another IV. */
export function sameWriting(damaged: Uint8Array, whole: Uint8Array): boolean {
  const same = (from: number, to: number): boolean =>
    damaged.length === PAGE_BYTES &&
    equalBytes(damaged.subarray(from, to), whole.subarray(from, to));
  return same(IV_AT, MAC_AT) || same(MAC_AT, PAGE_BYTES);
}

/** Whoever makes one wipes it. */
export class PageAuthority {
  private readonly key: Uint8Array;
  private readonly databaseKey: Uint8Array;
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
    this.databaseKey = databaseKey.slice();
  }

  /** @param page PAGE_BYTES; @param number counts from 1 */
  holds(page: Uint8Array, number: number): boolean {
    if (number === LOCK_PAGE) return true;
    this.view.setUint32(0, number, true);
    const signed = page.subarray(number === 1 ? SALT_BYTES : 0, MAC_AT);
    return equalSecret(hmacSha512(this.key, signed, this.number), page.subarray(MAC_AT));
  }

  /** Pages of the database, as the first of them says. Throws `profile-unreadable`. */
  pagesOf(firstPage: Uint8Array): number {
    if (!this.holds(firstPage, 1)) throw profileUnreadable();
    const iv = firstPage.subarray(IV_AT, IV_AT + SALT_BYTES);
    const cipher = createDecipheriv('aes-256-cbc', this.databaseKey, iv).setAutoPadding(false);
    const start = cipher.update(firstPage.subarray(SALT_BYTES, SALT_BYTES + 96));
    const field = (at: number): number => start.readUInt32BE(at - SALT_BYTES);
    const [change, validFor, pages] = [field(CHANGE_AT), field(VALID_FOR_AT), field(PAGES_AT)];
    wipe(start);
    if (change !== validFor || pages === 0) throw profileUnreadable();
    return pages;
  }

  /** A page as SQLite has it, zeros where SQLCipher keeps its own; null for one that does not hold. */
  open(page: Uint8Array, number: number): Uint8Array | null {
    if (page.length !== PAGE_BYTES || number === LOCK_PAGE || !this.holds(page, number))
      return null;
    const iv = page.subarray(IV_AT, IV_AT + SALT_BYTES);
    const from = number === 1 ? SALT_BYTES : 0;
    const cipher = createDecipheriv('aes-256-cbc', this.databaseKey, iv).setAutoPadding(false);
    const plain = new Uint8Array(PAGE_BYTES);
    plain.set(cipher.update(page.subarray(from, IV_AT)), from);
    return plain;
  }

  wipe(): void {
    wipe(this.key, this.databaseKey);
  }
}
