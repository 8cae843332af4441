/**
 * What stands in the memory of another process: every page that is there and that the process may
 * write, read through /proc (Linux) while it stands still, so that a look is of one moment: what an
 * engine moves meanwhile could be seen twice or not at all.
 */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

const PAGE = 4_096;
/** Bytes read at a time; patterns across two reads are found by an overlap. */
const STEP = 4_194_304;
const OVERLAP = 256;
const PRESENT = 0x80;

export interface Pattern {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Forms in which a secret of 32 bytes could lie about: raw, hex, base64, and both of those in
 * UTF-16. Halves, so that a copy whose beginning was written over counts as well.
 */
export function formsOf(name: string, secret: Uint8Array): Pattern[] {
  const text = (form: string, value: string): Pattern[] => [
    { name: `${name} ${form}`, bytes: Buffer.from(value, 'latin1') },
    { name: `${name} ${form} utf16`, bytes: Buffer.from(value, 'utf16le') },
  ];
  return [0, 15].flatMap((at) => {
    // 15 bytes are 20 characters of base64 without a rest.
    const half = Buffer.from(secret.subarray(at, at + 15));
    return [
      { name: `${name} raw`, bytes: half },
      ...text('hex', half.toString('hex')),
      ...text('base64', half.toString('base64')),
    ];
  });
}

/** Names of patterns found, each once. The process stands still meanwhile, and then goes on. */
export function findInMemory(pid: number, patterns: readonly Pattern[]): Set<string> {
  return new Set(locateInMemory(pid, patterns).keys());
}

/** As `findInMemory`, with the addresses where each stands, ascending. */
export function locateInMemory(pid: number, patterns: readonly Pattern[]): Map<string, number[]> {
  process.kill(pid, 'SIGSTOP');
  try {
    // The signal returns before the threads have heard of it.
    while (!standsStill(pid)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return locate(pid, patterns);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** Whether every thread of a process is stopped: state T (proc_pid_stat(5)). */
function standsStill(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) => {
    const file = `/proc/${pid}/task/${thread}/stat`;
    // One that has ended since it was listed: the list is made again.
    if (!existsSync(file)) return false;
    const said = readFileSync(file, 'latin1');
    // Behind the name, which may hold anything, brackets too.
    return said.charAt(said.lastIndexOf(')') + 2) === 'T';
  });
}

function locate(pid: number, patterns: readonly Pattern[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  const starts = startsOf(patterns);
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const pages = openSync(`/proc/${pid}/pagemap`, 'r');
  const buffer = Buffer.allocUnsafeSlow(STEP + OVERLAP);
  try {
    for (const { from, to } of writable(pid)) {
      for (const run of present(pages, from, to)) {
        for (let at = run.from; at < run.to; at += STEP) {
          const want = Math.min(STEP + OVERLAP, run.to - at);
          const got = read(memory, buffer, want, at);
          search(buffer.subarray(0, got), starts, (name, offset) => {
            // What begins in the overlap is found by the next read.
            if (offset >= STEP && at + STEP < run.to) return;
            const places = found.get(name);
            if (places === undefined) found.set(name, [at + offset]);
            else places.push(at + offset);
          });
        }
      }
    }
  } finally {
    closeSync(memory);
    closeSync(pages);
  }
  return found;
}

/** Patterns by their first two bytes: one pass over memory, however many there are. */
interface Starts {
  /** 1 where there are any: small enough to stay beside the processor. */
  readonly known: Uint8Array;
  readonly patterns: readonly (Pattern[] | undefined)[];
}

function startsOf(all: readonly Pattern[]): Starts {
  const patterns = new Array<Pattern[] | undefined>(65_536);
  const known = new Uint8Array(65_536);
  for (const pattern of all) {
    const start = wordAt(pattern.bytes, 0);
    patterns[start] = [...(patterns[start] ?? []), pattern];
    known[start] = 1;
  }
  return { known, patterns };
}

function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function search(
  bytes: Buffer,
  { known, patterns }: Starts,
  onHit: (name: string, offset: number) => void,
): void {
  const last = bytes.length - 1;
  let word = bytes[0] as number;
  for (let at = 0; at < last; at++) {
    word = ((word << 8) | (bytes[at + 1] as number)) & 0xffff;
    if (known[word] === 0) continue;
    for (const { name, bytes: pattern } of patterns[word] ?? []) {
      if (bytes[at + 2] !== pattern[2]) continue;
      if (bytes.subarray(at, at + pattern.length).equals(pattern)) onHit(name, at);
    }
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function writable(pid: number): Range[] {
  const lines = readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n');
  return lines.flatMap((line) => {
    const match = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
    if (match === null) return [];
    return [{ from: Number.parseInt(match[1] ?? '', 16), to: Number.parseInt(match[2] ?? '', 16) }];
  });
}

/** The parts of a mapping of which pages exist. */
function present(pages: number, from: number, to: number): Range[] {
  const count = (to - from) / PAGE;
  const entries = Buffer.allocUnsafe(count * 8);
  const got = read(pages, entries, entries.length, (from / PAGE) * 8);
  const runs: { from: number; to: number }[] = [];
  for (let i = 0; i < got / 8; i++) {
    if (((entries[i * 8 + 7] as number) & PRESENT) === 0) continue;
    const at = from + i * PAGE;
    const last = runs.at(-1);
    if (last?.to === at) last.to = at + PAGE;
    else runs.push({ from: at, to: at + PAGE });
  }
  return runs;
}

/** Bytes read; fewer than wanted where a mapping went away meanwhile. */
function read(file: number, out: Buffer, length: number, at: number): number {
  let got = 0;
  try {
    while (got < length) {
      const n = readSync(file, out, got, length - got, at + got);
      if (n === 0) break;
      got += n;
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EIO') throw error;
  }
  return got;
}
