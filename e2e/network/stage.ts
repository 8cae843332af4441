/** What a chapter plays on, and what it may ask of a network that goes on meanwhile. */
import type { DaemonProcess } from '../lib/daemon.ts';
import { sleep } from '../lib/program.ts';
import type { Town } from '../lib/town.ts';
import type { Crowd } from './crowd.ts';

export interface Stage {
  readonly town: Town;
  readonly crowd: Crowd;
  readonly epochMs: number;
  readonly say: (line: string) => void;
}

export interface Chapter {
  readonly name: string;
  /** What the specification says will happen. */
  readonly expected: string;
  /** Faults found; none when all went as expected. Texts are counted by the caller. */
  readonly play: (stage: Stage) => Promise<string[]>;
}

/** The epoch of the newest document this person knows. */
export async function newestEpoch({ api }: DaemonProcess): Promise<number> {
  return (await api.call('network.status', {})).network?.epoch ?? 0;
}

/** Everybody's newest document is of this epoch or later; names of those who have not got it. */
export async function waitForEpoch(stage: Stage, epoch: number, ms: number): Promise<string[]> {
  const end = performance.now() + ms;
  for (;;) {
    const late: string[] = [];
    for (const person of stage.crowd.people) {
      const newest = await newestEpoch(person);
      if (newest < epoch) late.push(`${person.name} is at epoch ${newest}, not ${epoch}`);
    }
    if (late.length === 0 || performance.now() > end) return late;
    await sleep(500);
  }
}

/** Waits for the next epoch's first tenth: a moment of which the rest of the epoch is known. */
export async function nextEpoch({ epochMs }: Stage): Promise<number> {
  const next = Math.floor(Date.now() / epochMs) + 1;
  await sleep(next * epochMs + epochMs / 10 - Date.now());
  return next;
}

/** Stops a process for a while without ending it: late, not down. */
export async function freeze(stage: Stage, name: string, ms: number): Promise<void> {
  const { pid } = stage.town.network.program(name);
  process.kill(pid, 'SIGSTOP');
  try {
    await sleep(ms);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}
