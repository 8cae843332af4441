/** What goes to the files of a folder through `node:fs` while something runs, call by call. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

export type Step =
  | { readonly kind: 'write'; readonly name: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'sync'; readonly name: string }
  /** `before` is what the file held. */
  | { readonly kind: 'cut'; readonly name: string; readonly before: Buffer; readonly size: number };

export function traced(dir: string, run: () => void): Step[] {
  const steps: Step[] = [];
  const { writeSync, fdatasyncSync, ftruncateSync } = fs;
  const names = new Map(
    fs.readdirSync(dir).map((name) => [fs.statSync(join(dir, name)).ino, name]),
  );
  const nameOf = (file: number): string => names.get(fs.fstatSync(file).ino) ?? '';
  const write = (file: number, from: Uint8Array, offset: number, length: number, at: number) => {
    const bytes = Buffer.from(from.slice(offset, offset + length));
    steps.push({ kind: 'write', name: nameOf(file), at, bytes });
    return writeSync(file, from, offset, length, at);
  };
  Object.assign(fs, {
    writeSync: write,
    fdatasyncSync: (file: number) => {
      steps.push({ kind: 'sync', name: nameOf(file) });
      fdatasyncSync(file);
    },
    ftruncateSync: (file: number, size: number) => {
      const before = fs.readFileSync(join(dir, nameOf(file)));
      steps.push({ kind: 'cut', name: nameOf(file), before, size });
      ftruncateSync(file, size);
    },
  });
  syncBuiltinESMExports();
  try {
    run();
  } finally {
    Object.assign(fs, { writeSync, fdatasyncSync, ftruncateSync });
    syncBuiltinESMExports();
  }
  return steps;
}
