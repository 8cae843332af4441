/**
 * What a process's memory holds stands in no core file of it. The engine has no call for the limit of core
 * files, and a limit would not hold where the system hands them to a program; what Linux puts into them is a
 * mask of the process itself (core(5)), which programs it starts inherit.
 */
import { writeFileSync } from 'node:fs';

const MASK = '/proc/self/coredump_filter';

/**
 * From now on a core file of this process has registers and no memory.
 * @returns false where that could not be said to the system; elsewhere than on Linux, where it is its settings that count, true
 */
export function withholdMemory(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    writeFileSync(MASK, '0');
    return true;
  } catch {
    // Told by the answer: a system without /proc.
    return false;
  }
}
