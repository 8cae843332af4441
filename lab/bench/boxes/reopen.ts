/**
 * A process that opens a filled store: says when it has its first record, reads the boxes named
 * on standard input, writes some, and says how much memory it takes. `sqlite.ts` starts it.
 */
import { text } from 'node:stream/consumers';
import { openBoxes } from '@tacet/adapters/boxes-sqlite';
import { overwriteFreed } from '@tacet/host/freed-memory';
import type { Mark } from '@tacet/wire';
import { randomBox } from './load.ts';

const [dir = '', first = ''] = process.argv.slice(2);
const markOf = (hex: string): Mark => Uint8Array.from(Buffer.from(hex, 'hex')) as Mark;
const store = await openBoxes({ dir });
// As an edge does it.
overwriteFreed();
const [record] = await store.get([markOf(first)]);
if (!record) throw new Error('the first box is not there');
process.stdout.write('first\n');
for (const name of (await text(process.stdin)).split('\n')) {
  if ((await store.get([markOf(name)]))[0] === null) throw new Error('a box is not there');
}
for (let i = 0; i < 20; i++) {
  await Promise.all(Array.from({ length: 256 }, () => store.put(randomBox(20_020))));
}
process.stdout.write(`${process.memoryUsage().rss / 1e6}\n`);
await store.close();
