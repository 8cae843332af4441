/** A relay joins a running network and another leaves it, by the operator's own commands. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Described } from '../lib/network.ts';
import type { Stage } from './stage.ts';

/** Makes a relay of `role`, has every authority admit it; resolves when it is in a document. */
export async function joinRelay({ town }: Stage, role: string): Promise<string> {
  const { network } = town;
  const folder = join(town.dir, 'newcomer');
  await network.command(
    ...['init', '--dir', folder, '--join', join(network.dir, 'relay.card'), '--roles', role],
    ...['--family', 'newcomer', '--host', '127.0.0.1', '--port', String(await freePort()), '--yes'],
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

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
