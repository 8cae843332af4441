/** The ten scenarios of the lab over processes, sockets and stores (npm run e2e -- scenarios). */
import { after, describe, test } from 'node:test';
import { SCENARIOS } from '@tacet/lab/scenarios';
import { SocketStage } from './lib/socket-stage.ts';
import { FAST, Town } from './lib/town.ts';

/** These kill relays: each has a network of its own. The others share one. */
const KILLS_RELAYS = /^(a mix|an edge) is killed/;

const open = (): Promise<Town> => Town.open({ parameters: FAST });
const shared = open();
let failed = 0;

after(async () => {
  await (await shared).close(failed > 0);
});

describe('over sockets', { concurrency: 2 }, () => {
  for (const [number, { name, run }] of SCENARIOS.entries()) {
    test(name, async () => {
      if (KILLS_RELAYS.test(name)) {
        await Town.with({ parameters: FAST }, (town) => play(town, number, run));
        return;
      }
      failed++;
      await play(await shared, number, run);
      failed--;
    });
  }
});

async function play(
  town: Town,
  number: number,
  run: (stage: SocketStage) => Promise<void>,
): Promise<void> {
  const stage = new SocketStage(town, String(number), ['alice', 'bob']);
  await run(stage);
  await stage.end();
}
