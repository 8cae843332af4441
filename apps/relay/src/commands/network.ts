/** `network create`: a folder with a whole small network. */
import { createNetwork } from '@tacet/host/relay';
import { numberOption, readOptions, textOption, usage } from '../options.ts';
import type { Output } from '../output.ts';

export async function networkCreate(args: readonly string[], output: Output): Promise<void> {
  const values = readOptions(args, {
    dir: { type: 'string' },
    name: { type: 'string' },
    demo: { type: 'boolean' },
    host: { type: 'string', default: '127.0.0.1' },
    'base-port': { type: 'string' },
    'mixes-per-layer': { type: 'string' },
    edges: { type: 'string' },
    family: { type: 'string' },
    capacity: { type: 'string' },
    set: { type: 'string', multiple: true },
  });
  const dir = textOption(values, 'dir');
  const name = textOption(values, 'name');
  const demonstration = values.demo === true;
  const host = textOption(values, 'host');
  const description = await createNetwork({
    dir,
    name,
    demonstration,
    host,
    basePort: numberOption(values, 'base-port', { min: 0, max: 65_000, fallback: 0 }),
    mixesPerLayer: numberOption(values, 'mixes-per-layer', { min: 1, max: 9, fallback: 1 }),
    edges: numberOption(values, 'edges', { min: 1, max: 9, fallback: 2 }),
    family: typeof values.family === 'string' ? values.family : name,
    capacity: numberOption(values, 'capacity', {
      min: 1,
      max: 100_000,
      fallback: demonstration ? 200 : 1_000,
    }),
    set: settings(values.set),
  });
  output.out(`made a network of ${description.processes.length} processes`);
  for (const process of description.processes) {
    output.out(`  ${process.name}: ${process.ports.map((port) => `${host}:${port}`).join(', ')}`);
  }
  output.out('next: tacet-relay run-all --dir DIR, and give the card to those who may join');
  if (demonstration) output.out('demonstration: no crowd, so it hides nobody');
}

/** `slotMs=100`, as often as wanted; values are JSON. */
function settings(given: unknown): Record<string, unknown> {
  const set: Record<string, unknown> = {};
  for (const text of Array.isArray(given) ? given : []) {
    const [, key, value] = /^(\w{1,64})=(.+)$/.exec(String(text)) ?? [];
    try {
      if (key === undefined || value === undefined) throw new SyntaxError('form');
      set[key] = JSON.parse(value);
    } catch {
      throw usage('--set wants KEY=VALUE with a number, true or false');
    }
  }
  return set;
}
