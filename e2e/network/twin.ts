/**
 * A second process with an authority's keys and another opinion: what a copy started by mistake
 * does, or a thief of its keys. It votes for the epochs for which the first one votes.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { leasePort } from '@tacet/testkit/ports';
import type { Stage } from './stage.ts';

/** Starts it beside the authority; resolves, with its name, when it runs. */
export async function startTwin({ town }: Stage, of: string): Promise<string> {
  const { network } = town;
  const [from, name] = [network.folder(of), `twin-of-${of.replace('/', '-')}`];
  const folder = join(town.dir, name);
  mkdirSync(join(folder, 'data'), { recursive: true, mode: 0o700 });
  const files = ['allowed.json', 'data/identity.key', 'data/link.key', 'data/authority.state'];
  for (const file of [...files, 'data/format']) copyFileSync(join(from, file), join(folder, file));
  writeFileSync(join(folder, 'release'), 'of another opinion');
  const config = JSON.parse(readFileSync(join(from, 'config.json'), 'utf8')) as object;
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ ...config, port: await leasePort(), release: 'release' }),
    { mode: 0o600 },
  );
  await network.adopt({
    name,
    role: 'authority',
    config: join(folder, 'config.json'),
    admin: join(folder, 'admin.sock'),
  });
  return name;
}
