/** Processor time of a process, and what an idle daemon cannot do without. Linux only. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { type Millis, randomBytes, SECOND } from '@tacet/base';
import { kemKeyPair, systemRng } from '@tacet/crypto';
import { sleep } from '@tacet/e2e/lib';
import { createPacketBuilder, GEOMETRY, type Path, type ReplyId } from '@tacet/onion';
import { endWithUs } from '@tacet/testkit/children';

/** Of all its threads together, in the kernel's own count of nanoseconds. */
export function processorMs(pid: number): Millis {
  let total = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [ran = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
    total += Number(ran) / 1e6;
  }
  return total;
}

/** Of building one packet with its reply block, warm. */
export function packetMs(): Millis {
  const path = makePath();
  const builder = createPacketBuilder(systemRng);
  const data = randomBytes(systemRng, GEOMETRY.requestData);
  const replyId = randomBytes(systemRng, 16) as ReplyId;
  const build = (count: number): Millis => {
    const start = performance.now();
    for (let n = 0; n < count; n++) {
      builder.request(path, data, builder.replyBlock(path, replyId).block);
    }
    return (performance.now() - start) / count;
  };
  build(300);
  return build(300);
}

function makePath(): Path {
  const hops = [0, 1, 2, 3].map((index) => {
    return { index, key: kemKeyPair(randomBytes(systemRng, 32)).publicKey, delayMs: 0 };
  });
  return { epoch: 1, documentHash: randomBytes(systemRng, 32), hops } as unknown as Path;
}

/** Share of a core that a program takes which only has a timer as often. */
export async function timerPct(period: Millis): Promise<number> {
  const child = spawn(process.execPath, ['-e', `setInterval(() => {}, ${period})`]);
  endWithUs(child);
  const pid = child.pid ?? 0;
  await sleep(3 * SECOND);
  const before = processorMs(pid);
  await sleep(10 * SECOND);
  const took = processorMs(pid) - before;
  child.kill();
  return (100 * took) / (10 * SECOND);
}
