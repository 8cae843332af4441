/**
 * How busy the processors of this machine are: by the system's own count of all its programs, and
 * by that of the programs of a run.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Per cent of all processors. */
export interface Load {
  readonly machine: number;
  /** Of the run's own programs. */
  readonly own: number;
}

interface Count {
  readonly all: number;
  readonly busy: number;
  readonly own: number;
}

/** What a tick of /proc is, ms: USER_HZ is 100 on every Linux. */
const TICK_MS = 10;

/** Time a process has worked so far, ms; null when it has ended. */
function worked(pid: number): number | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
    throw error;
  }
  // The name, in brackets, may hold spaces: fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

export class LoadMeter {
  private readonly pids: () => readonly number[];
  /** Of every process ever seen; of those that ended what they were last seen with. */
  private readonly own = new Map<number, number>();

  constructor(pids: () => readonly number[]) {
    this.pids = pids;
  }

  /** @returns a function that tells the load since this call */
  begin(): () => Load {
    const before = this.count();
    return () => {
      const now = this.count();
      const all = Math.max(1, now.all - before.all);
      const share = (part: 'busy' | 'own') => Math.round(((now[part] - before[part]) / all) * 100);
      return { machine: share('busy'), own: share('own') };
    };
  }

  private count(): Count {
    let all = 0;
    let busy = 0;
    for (const { times } of cpus()) {
      const working = times.user + times.nice + times.sys + times.irq;
      busy += working;
      all += working + times.idle;
    }
    for (const pid of this.pids()) {
      const ms = worked(pid);
      if (ms !== null) this.own.set(pid, ms);
    }
    return { all, busy, own: [...this.own.values()].reduce((sum, ms) => sum + ms, 0) };
  }
}
