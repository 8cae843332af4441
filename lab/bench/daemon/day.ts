/**
 * What an idle client gains in a day: the production machine through days of virtual time, on the
 * model's layer, in a process of its own. Run as a program it prints what `growth` reads.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DAY, HOUR } from '@tacet/base';
import { Layer, ModelPerson, pass } from '@tacet/testkit/model';

/**
 * What the client holds: no compiled code, which the engine makes more of for months, ever slower. All that fills
 * up has been full once by then: digests of an hour, cover and keys of days.
 */
const HELD = { flags: ['--no-opt', '--no-maglev', '--no-sparkplug'], warm: 30, watched: 60 };
/** The same with the engine as it is. */
const COMPILED = { flags: [] as string[], warm: 40, watched: 30 };
/** The model's network has a packet each ten seconds: so many days have as many as one at one a second. */
const DAYS_FOR_A_DAY = 10;

interface Size {
  readonly heapMb: number;
  readonly storeMb: number;
}

export async function growth(say: (line: string) => void) {
  const [held, compiled] = await Promise.all([sizesOf(HELD, say), sizesOf(COMPILED, say)]);
  const heap = slopes(held.map(({ heapMb }) => heapMb));
  const all = slopes(compiled.map(({ heapMb }) => heapMb));
  return {
    growth_mb_per_day: heap.slope * DAYS_FOR_A_DAY,
    growth_noise_mb: heap.noise * DAYS_FOR_A_DAY,
    growth_compiled_mb_per_day: all.slope * DAYS_FOR_A_DAY,
    growth_compiled_noise_mb: all.noise * DAYS_FOR_A_DAY,
    store_growth_mb_per_day: slopes(held.map(({ storeMb }) => storeMb)).slope * DAYS_FOR_A_DAY,
  };
}

async function sizesOf(
  { flags, warm, watched }: typeof HELD,
  say: (line: string) => void,
): Promise<Size[]> {
  const file = fileURLToPath(import.meta.url);
  const args = ['--expose-gc', ...flags, file, String(warm), String(watched)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  say(`virtual days from the ${warm}th, ${flags.join(' ')}: ${stdout.trim()}`);
  return JSON.parse(stdout) as Size[];
}

/** Least squares over days, and its standard error. */
export function slopes(values: readonly number[]): { slope: number; noise: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const middle = (n - 1) / 2;
  let across = 0;
  let along = 0;
  for (const [day, value] of values.entries()) {
    across += (day - middle) * (value - mean);
    along += (day - middle) ** 2;
  }
  const slope = across / along;
  const rest = values.reduce((sum, value, day) => {
    return sum + (value - mean - slope * (day - middle)) ** 2;
  }, 0);
  return { slope, noise: Math.sqrt(rest / (n - 2) / along) };
}

async function idleDays(warm: number, watched: number): Promise<Size[]> {
  const layer = new Layer('daemon bench');
  const person = new ModelPerson('alice', layer, 'daemon bench');
  await person.begin();
  // There from the beginning: an object a day was a growth of 150 B.
  const heap = new Float64Array(watched + 1);
  const store = new Float64Array(watched + 1);
  const start = layer.now;
  for (let day = 0; day <= warm + watched; day++) {
    while (layer.now < start + day * DAY) await hour(layer, person);
    if (day < warm) continue;
    store[day - warm] = person.store.copy().length;
    heap[day - warm] = heapNow();
  }
  return Array.from(heap, (bytes, n) => ({ heapMb: bytes / 1e6, storeMb: (store[n] ?? 0) / 1e6 }));
}

async function hour(layer: Layer, person: ModelPerson): Promise<void> {
  await pass(layer, [person], HOUR);
  // What the layer itself remembers is not the client's.
  layer.loseEdge(0);
  layer.loseEdge(1);
}

/** Bytes, buffers included. */
function heapNow(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(
    `${JSON.stringify(await idleDays(Number(process.argv[2]), Number(process.argv[3])))}\n`,
  );
}
