/** The ten scenarios of the lab over processes, sockets and stores (npm run e2e -- scenarios). */
import { after, describe, test } from 'node:test';
import { SCENARIOS } from '@tacet/lab/scenarios';
import { Company, SocketStage } from './lib/socket-stage.ts';
import { FAST, Town } from './lib/town.ts';
import { joinByInvitation } from './scenarios/full-invitation.ts';

const PAIR = ['alice', 'bob'];
const about = (subject: string) => SCENARIOS.filter((one) => one.about === subject);

const opening = Town.open({ parameters: FAST });
/** One network for all; two who write to each other again and again. */
const pair = opening.then((town) => new Company(town, 'pair', PAIR));
let left = SCENARIOS.length + 1;

after(async () => {
  await (await opening).close(left > 0);
});

describe('over sockets', { concurrency: 2 }, () => {
  describe('people who write', { concurrency: 1 }, () => {
    for (const { name, run } of about('texts')) test(name, async () => play(await pair, run));
  });

  describe('people who meet', { concurrency: 1 }, () => {
    for (const [number, { name, run }] of about('meeting').entries()) {
      test(name, async () => {
        const strangers = new Company(await opening, String(number), PAIR);
        await play(strangers, run);
        await strangers.end();
      });
    }

    test('a new profile given only a full invitation reaches a secure session and gets a text', async () => {
      await joinByInvitation(await opening);
      left--;
    });
  });
});

// Nobody else is there to notice.
describe('over sockets, while relays are killed', () => {
  for (const { name, run } of about('relays')) test(name, async () => play(await pair, run));
});

async function play(company: Company, run: (stage: SocketStage) => Promise<void>): Promise<void> {
  await run(new SocketStage(await opening, company));
  left--;
}
