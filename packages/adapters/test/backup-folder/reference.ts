/**
 * Backups read by a second implementation, written from docs/spec/20-recovery.md over noble's primitives,
 * slowly and without any code of `src`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { blake2b } from '@noble/hashes/blake2.js';

const PIECE = 147_456;

function keyed(key: Uint8Array, label: string, ...parts: Uint8Array[]): Buffer {
  const text = Buffer.from(`tacet/1/${label}`, 'latin1');
  const input = Buffer.concat([Buffer.from([text.length]), text, ...parts]);
  return Buffer.from(blake2b(input, { key, dkLen: 32 }));
}

function open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, ad: Uint8Array): Buffer {
  return Buffer.from(xchacha20poly1305(key, nonce, ad).decrypt(sealed));
}

/** Number, moment, database key and the database's bytes; throws for whatever does not hold. */
export function readBackup(dir: string, root: Uint8Array) {
  const file = readFileSync(join(dir, '0.head'));
  const head = open(
    keyed(root, 'backup-head'),
    file.subarray(32, 56),
    file.subarray(56),
    file.subarray(0, 32),
  );
  if (head.readUInt16BE(0) !== 1 || head.length !== 4_024) throw new Error('another form');
  const dataBytes = Number(head.readBigUInt64BE(18));
  const cellsBytes = Number(head.readBigUInt64BE(26));
  const filling = head.readUInt32BE(67);
  const piece = (id: Buffer, key: Buffer): Buffer => {
    const bytes = readFileSync(join(dir, id.toString('hex')));
    return open(key, bytes.subarray(0, 24), bytes.subarray(24), id);
  };
  const list: Buffer[] = [];
  const count = head.readUInt16BE(71);
  for (let n = 0; n < count; n++) {
    const at = 73 + n * 48;
    list.push(piece(head.subarray(at, at + 16), head.subarray(at + 16, at + 48)));
  }
  if (head.subarray(73 + count * 48).some((byte) => byte !== 0)) throw new Error('not zeros');
  const entries = Buffer.concat(list);
  const data: Buffer[] = [];
  for (let n = 0; n * PIECE < dataBytes; n++) {
    const entry = entries.subarray(n * 80, n * 80 + 80);
    const bytes = piece(entry.subarray(0, 16), entry.subarray(16, 48));
    const sum = keyed(entry.subarray(16, 48), 'backup-sum', bytes);
    if (!sum.equals(entry.subarray(48))) throw new Error('sum');
    data.push(bytes);
  }
  return {
    number: Number(head.readBigUInt64BE(2)),
    at: Number(head.readBigUInt64BE(10)),
    databaseKey: head.subarray(35, 67),
    data: Buffer.concat(data).subarray(0, dataBytes),
    pieces: data.length + Math.ceil(cellsBytes / PIECE) + list.length + filling,
  };
}
