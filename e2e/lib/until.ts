/** Waiting for something that other programs do. */
import { sleep } from './program.ts';

/** Looks every 25 ms. Rejects, naming `what`, when it has not come about within `ms`. */
export async function until(what: string, ms: number, done: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + ms;
  while (!(await done())) {
    if (performance.now() >= end) throw new Error(`not within ${ms / 1_000} s: ${what}`);
    await sleep(25);
  }
}
