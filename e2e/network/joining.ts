/** A relay joins a running network and another leaves it, by the operator's own commands. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { leasePort } from '@tacet/testkit/ports';
import type { Described } from '../lib/network.ts';
import type { Stage } from './stage.ts';

/** Makes a relay of `role`, has every authority admit it; resolves when it is in a document. */
export async function joinRelay({ town }: Stage, role: string): Promise<string> {
  const { network } = town;
  const folder = join(town.dir, 'newcomer');
  const port = String(await leasePort());
  await network.command(
    ...['init', '--dir', folder, '--join', join(network.dir, 'relay.card'), '--roles', role],
    ...['--family', 'newcomer', '--host', '127.0.0.1', '--port', port, '--yes'],
  );
  for (const authority of network.names('authority')) {
    const config = join(network.folder(authority), 'config.json');
    await network.command(
      ...['authority', 'allow', join(folder, 'request.json'), '--config', config],
    );
  }
  const description = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8')) as {
    processes: Described[];
  };
  const [made] = description.processes;
  if (made === undefined) throw new Error('init made no process');
  const name = `newcomer-${made.name}`;
  const config = join(folder, made.config);
  await network.adopt({ ...made, name, config, admin: join(folder, made.admin) });
  return name;
}

/** Resolves when nothing depends on it any more and its process has ended. */
export async function drainRelay({ town }: Stage, name: string): Promise<void> {
  const { network } = town;
  const gone = network.gone(name);
  const config = join(network.folder(name), 'config.json');
  await network.command('drain', '--config', config, '--stop');
  await gone;
}
