/**
 * A box store's engine in a thread of its own, as an edge has it: writes boxes in batches and says
 * `written`; on a word it empties its logs and says `emptied`. Marks are told with each bit turned,
 * so that none is found because it was told. Arguments: folder, boxes, boxes in a batch.
 */
import { randomBytes, randomFillSync, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

/** Sources that their packages do not name: one looks at what an edge has inside. */
const source = (path) => import(new URL(`../../../packages/${path}`, import.meta.url).href);

/** Far ahead: no day of it comes. */
const DAY = 30_000;

/** The batch is wiped by the engine. */
function batchOf(count, { OPERATION }, { RECORD_LENGTH }) {
  const words = new Int32Array(4 * count);
  for (let i = 0; i < count; i++) {
    const mark = randomFillSync(new Int32Array(2));
    words.set([OPERATION.put, mark[0], mark[1], DAY], 4 * i);
    parentPort.postMessage(Buffer.from(mark.map((word) => ~word).buffer).toString('hex'));
    mark.fill(0);
  }
  const records = randomFillSync(new Uint8Array(count * RECORD_LENGTH));
  return { kind: 'batch', words, operations: count, records };
}

if (isMainThread) {
  const { overwriteFreed } = await source('host/src/freed-memory.ts');
  const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
  await once(worker, 'online');
  overwriteFreed();
  worker.postMessage('write');
  worker.on('message', (line) => process.stdout.write(`${line}\n`));
  process.stdin.on('data', () => worker.postMessage('empty'));
} else {
  const [dir, boxes, size] = process.argv.slice(2);
  const { Engine } = await source('adapters/src/boxes-sqlite/engine.ts');
  const protocol = await source('adapters/src/boxes-sqlite/protocol.ts');
  const limits = await source('adapters/src/boxes-sqlite/limits.ts');
  const salt = randomBytes(4).readInt32LE();
  await once(parentPort, 'message');
  const engine = new Engine({ dir, salt, draw: (n) => randomInt(n) });
  for (let left = Number(boxes); left > 0; left -= Number(size)) {
    engine.run(batchOf(Math.min(left, Number(size)), protocol, limits));
  }
  parentPort.postMessage('written');
  await once(parentPort, 'message');
  for (const _ of engine.checkpoint());
  parentPort.postMessage('emptied');
  parentPort.on('message', () => engine.close());
}
