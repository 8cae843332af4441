/**
 * What stands in a SQLCipher file and in its write-ahead log for somebody who has the key: each page
 * decrypted by an independent reading of the format, also pages that SQLite counts as free. For tests
 * that look for what should be gone.
 */
import { createDecipheriv } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

const PAGE = 4_096;
/** Behind each page: IV 16, HMAC-SHA512 64. Before the first: 16 bytes of salt. */
const RESERVED = 80;
const LOG_HEADER = 32;
const FRAME_HEADER = 24;

export interface ReadablePages {
  readonly data: Buffer;
  readonly log: Buffer;
}

/** @param path of the data file; @param key 32 bytes, raw */
export function readablePages(path: string, key: Uint8Array): ReadablePages {
  const data = readFileSync(path);
  const log = existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : Buffer.alloc(0);
  const inData: Buffer[] = [];
  for (let at = 0; at + PAGE <= data.length; at += PAGE) {
    inData.push(openPage(key, data.subarray(at, at + PAGE), at === 0));
  }
  const inLog: Buffer[] = [];
  for (let at = LOG_HEADER; at + FRAME_HEADER + PAGE <= log.length; at += FRAME_HEADER + PAGE) {
    const page = log.subarray(at + FRAME_HEADER, at + FRAME_HEADER + PAGE);
    // Only the first page of the file carries the salt.
    inLog.push(openPage(key, page, log.readUInt32BE(at) === 1));
  }
  return { data: Buffer.concat(inData), log: Buffer.concat(inLog) };
}

function openPage(key: Uint8Array, page: Buffer, first: boolean): Buffer {
  const end = PAGE - RESERVED;
  const cipher = createDecipheriv('aes-256-cbc', key, page.subarray(end, end + 16));
  cipher.setAutoPadding(false);
  return cipher.update(page.subarray(first ? 16 : 0, end));
}
