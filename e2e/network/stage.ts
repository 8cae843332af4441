/** What a chapter plays on, and what it may ask of a network that goes on meanwhile. */
import { epochAt, publicationLead } from '@tacet/directory';
import type { Chapter as PlainChapter } from '../lib/chapters.ts';
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

export interface Chapter extends PlainChapter<Stage> {
  /** Takes nothing from anybody else: it goes on beside those that follow it. Texts are counted by the caller. */
  readonly beside?: boolean;
}

/**
 * The epoch of the newest document this person has, by when it was published: one lead before its
 * epoch, or within it. (The epoch that is shown is the one packets are built for.)
 */
async function newestEpoch({ api }: DaemonProcess, epochMs: number): Promise<number> {
  const { network } = await api.call('network.status', {});
  if (network === null) return -1;
  const publishedAt = Date.now() - network.documentAge;
  return epochAt({ epochMs }, publishedAt + publicationLead({ epochMs }));
}

/** The newest document that anybody of the crowd knows. */
export async function newestAnywhere({ crowd, epochMs }: Stage): Promise<number> {
  return Math.max(...(await Promise.all(crowd.people.map((one) => newestEpoch(one, epochMs)))));
}

/** Everybody's newest document is of this epoch or later; names of those who have not got it. */
export async function waitForEpoch(stage: Stage, epoch: number, ms: number): Promise<string[]> {
  const end = performance.now() + ms;
  for (;;) {
    const late: string[] = [];
    for (const person of stage.crowd.people) {
      const newest = await newestEpoch(person, stage.epochMs);
      if (newest < epoch) late.push(`${person.name} is at epoch ${newest}, not ${epoch}`);
    }
    if (late.length === 0 || performance.now() > end) return late;
    await sleep(500);
  }
}

/** Waits for the next epoch's first tenth: a moment of which the rest of the epoch is known. */
export async function nextEpoch(stage: Stage): Promise<number> {
  const next = epochNow(stage) + 1;
  await sleep(next * stage.epochMs + stage.epochMs / 10 - Date.now());
  return next;
}

/** An epoch with a tenth gone and a sixth to come before votes are due: this one, or the next. */
export async function wholeEpoch(stage: Stage): Promise<number> {
  const into = Date.now() % stage.epochMs;
  const early = into >= stage.epochMs / 10 && into < stage.epochMs / 2;
  return early ? epochNow(stage) : nextEpoch(stage);
}

export function epochNow({ epochMs }: Pick<Stage, 'epochMs'>): number {
  return epochAt({ epochMs }, Date.now());
}

/** Looks twice a second; false when it does not hold in time. */
export async function within(ms: number, holds: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) return false;
    await sleep(500);
  }
  return true;
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
