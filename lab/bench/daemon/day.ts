/**
 * What an idle client gains in a day: the production machine through days of virtual time, on the
 * model's layer, in a process of its own. Run as a program it prints what `growth` reads.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DAY, HOUR, type Millis } from '@tacet/base';
import { Layer, ModelPerson, pass } from '@tacet/testkit/model';

/**
 * After this everything that fills up has been full once: digests of an hour, cover of a day, and what the
 * engine compiles as it goes, some 100 kB of it in the fourth and fifth week.
 */
const WARM = 40 * DAY;
const WATCHED = 30 * DAY;
/** The model's network has a packet each ten seconds: so many days have as many as one at one a second. */
const DAYS_FOR_A_DAY = 10;

interface Size {
  readonly heapMb: number;
  readonly storeMb: number;
}

export async function growth(say: (line: string) => void) {
  const file = fileURLToPath(import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', file]);
  const sizes = JSON.parse(stdout) as Size[];
  say(`days of virtual time: ${stdout.trim()}`);
  const heap = slopes(sizes.map(({ heapMb }) => heapMb));
  return {
    growth_mb_per_day: heap.slope * DAYS_FOR_A_DAY,
    growth_noise_mb: heap.noise * DAYS_FOR_A_DAY,
    store_growth_mb_per_day: slopes(sizes.map(({ storeMb }) => storeMb)).slope * DAYS_FOR_A_DAY,
  };
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

async function idleDays(): Promise<Size[]> {
  const layer = new Layer('daemon bench');
  const person = new ModelPerson('alice', layer, 'daemon bench');
  await person.begin();
  const sizes: Size[] = [];
  const start = layer.now;
  for (let day: Millis = 0; day <= WARM + WATCHED; day += DAY) {
    while (layer.now < start + day) await hour(layer, person);
    if (day >= WARM) sizes.push(sizeOf(person));
  }
  return sizes;
}

async function hour(layer: Layer, person: ModelPerson): Promise<void> {
  await pass(layer, [person], HOUR);
  // What the layer itself remembers is not the client's.
  layer.loseEdge(0);
  layer.loseEdge(1);
}

function sizeOf(person: ModelPerson): Size {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return { heapMb: (heapUsed + external) / 1e6, storeMb: person.store.copy().length / 1e6 };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await idleDays())}\n`);
}
