/** Writes boxes without end and names each acknowledged one; the test kills it. */
import { writeSync } from 'node:fs';
import { testBox } from '@tacet/relay/acceptance';
import { openBoxes } from '../../src/boxes-sqlite/index.ts';

const [dir = '', first = '0'] = process.argv.slice(2);
const store = await openBoxes({ dir });
let next = Number(first);
async function writer(): Promise<void> {
  for (;;) {
    const n = next++;
    await store.put(testBox(n, { day: 20_010 + (n % 3) }));
    writeSync(1, `${n}\n`);
  }
}
await Promise.all(Array.from({ length: 32 }, writer));
