/**
 * Kills one process after another, starts it again a while later, and goes on until it is told
 * to stop. Victims come in shuffled rounds, so that each has its turn before any has its second.
 */
import { type Rng, randomBetween, shuffle } from '@tacet/base';
import { sleep } from '../lib/program.ts';

export interface Victim {
  readonly name: string;
  kill(): Promise<void>;
  /** Resolves when it takes work again. */
  start(): Promise<void>;
}

export interface Kill {
  readonly name: string;
  /** Since the beginning, s. */
  readonly at: number;
  readonly downMs: number;
  readonly startMs: number;
}

export interface KillerOptions {
  readonly rng: Rng;
  readonly victims: readonly Victim[];
  /** So many kills happen even when it is told to stop before. */
  readonly least: number;
  /** Between a victim's return and the next kill, ms. */
  readonly between: readonly [number, number];
  /** From the kill to the start, ms. */
  readonly down: readonly [number, number];
  readonly say: (line: string) => void;
}

export async function killOneByOne(options: KillerOptions, signal: AbortSignal): Promise<Kill[]> {
  const { rng, victims, least, between, down, say } = options;
  const began = performance.now();
  const kills: Kill[] = [];
  for (;;) {
    for (const victim of shuffle(rng, [...victims])) {
      const [pause, downMs] = [randomBetween(rng, ...between), randomBetween(rng, ...down)];
      await sleep(pause);
      if (signal.aborted && kills.length >= least) return kills;
      const at = (performance.now() - began) / 1_000;
      await victim.kill();
      await sleep(downMs);
      const starting = performance.now();
      await victim.start();
      const startMs = performance.now() - starting;
      kills.push({ name: victim.name, at, downMs, startMs });
      say(
        `${at.toFixed(1)} s: killed ${victim.name}, down ${ms(downMs)}, up again after ${ms(startMs)}`,
      );
    }
  }
}

function ms(time: number): string {
  return `${Math.round(time)} ms`;
}
