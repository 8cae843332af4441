/**
 * Every step that code under test takes on the disk, counted, so that the program can die before, in the
 * middle of, or in place of any of them; or be told that the disk is full.
 */
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** `torn`: half of a write is done first. */
export type Fate = 'killed' | 'torn' | 'full';

export interface Steps {
  /** How many there were. */
  count(): number;
  undo(): void;
}

const SYNC = ['writeSync', 'fsyncSync', 'renameSync', 'rmSync', 'mkdirSync', 'chmodSync'] as const;
const ASYNC = ['rename', 'unlink', 'mkdir', 'chmod'] as const;
const OF_HANDLES = ['writeFile', 'write', 'sync', 'datasync', 'utimes'] as const;

type Any = Record<string, (...args: unknown[]) => unknown>;

/** @param at the step that meets its fate, from 0, of a full disk the write; none below */
export function watchDisk(at: number, fate: Fate): Steps {
  let step = 0;
  const undo: (() => void)[] = [];
  const meet = (): void => {
    if (fate !== 'full') process.kill(process.pid, 'SIGKILL');
    throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  };
  const patch = (target: Any, name: string, wrap: (real: Any[string]) => Any[string]): void => {
    const real = target[name];
    if (real === undefined) return;
    target[name] = wrap(real);
    undo.push(() => {
      target[name] = real;
    });
  };
  const counted = (writes: boolean) => (real: Any[string]) =>
    function (this: unknown, ...args: unknown[]): unknown {
      // A full disk takes away, renames and syncs as before.
      if (fate === 'full' && !writes) return real.apply(this, args);
      if (step++ !== at) return real.apply(this, args);
      const [first, second] = args;
      const bytes = first instanceof Uint8Array ? first : second;
      if (fate === 'torn' && bytes instanceof Uint8Array) {
        const half = args.map((one) => (one === bytes ? bytes.subarray(0, bytes.length / 2) : one));
        // Its length is said behind its offset.
        if (typeof args.at(-1) === 'number')
          half[args.indexOf(bytes) + 2] = Math.floor(bytes.length / 2);
        const done = real.apply(this, half);
        if (done instanceof Promise) return done.then(meet);
      }
      return meet();
    };
  for (const name of SYNC) patch(fs as unknown as Any, name, counted(name === 'writeSync'));
  for (const name of ASYNC) patch(promises as unknown as Any, name, counted(name === 'mkdir'));
  patch(promises as unknown as Any, 'open', (real) => async (...args) => {
    const handle = (await real.apply(promises, args)) as object;
    for (const name of OF_HANDLES) {
      const method = (handle as Any)[name];
      if (method === undefined) continue;
      Object.defineProperty(handle, name, {
        value: counted(name.startsWith('write'))(method.bind(handle)),
      });
    }
    return handle;
  });
  syncBuiltinESMExports();
  return {
    count: () => step,
    undo() {
      for (const one of undo) one();
      syncBuiltinESMExports();
    },
  };
}
