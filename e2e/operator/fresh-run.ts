/** A small network and its first person on one machine, and a machine that knows nothing beside it. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { meetFromNothing } from './fresh.ts';
import { Machines } from './machines.ts';
import { PersonMachine } from './person.ts';

const HUB = '192.0.2.1';
const PATIENCE = 240_000;

/** @returns seconds from the first command on the new machine to *secure session ready* */
export async function runFresh(say: (line: string) => void): Promise<number> {
  const machines = new Machines({ hub: HUB, fresh: '203.0.113.88' });
  const hub = new PersonMachine(machines, 'hub');
  let failed = true;
  try {
    const create = `tacet-relay network create --dir net --name small --demo --host ${HUB}`;
    await hub.says(`${create} --base-port 7700`);
    await hub.says('tacet-relay run-all --dir net > net.log 2>&1 &');
    await machines.run('hub', 'until tacet-relay status --dir net; do sleep 2; done', PATIENCE);
    await hub.create();
    cpSync(join(machines.home('hub'), 'net/network.card'), join(machines.home('hub'), 'card'));
    await hub.says('tacet network join card --wait --timeout 2m');
    say('the network is up, and somebody is on it');
    const seconds = await meetFromNothing(hub, new PersonMachine(machines, 'fresh'));
    failed = false;
    return seconds;
  } finally {
    if (failed) say(`kept in ${machines.dir}`);
    machines.close(failed);
  }
}
