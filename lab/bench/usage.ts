/** What a process has taken. Linux only. */
import { readFileSync } from 'node:fs';
import type { Millis } from '@tacet/base';

/** Kernel ticks of /proc/PID/stat; always 100 on Linux. */
const TICK_MS = 10;

export interface Usage {
  /** User and system time of all threads. */
  readonly cpuMs: Millis;
  /** Resident, in units of 1,024 bytes. */
  readonly rssKb: number;
}

export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return { cpuMs, rssKb: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN) };
}
