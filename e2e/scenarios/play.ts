/** Scenarios of the lab on a network of processes and sockets, which all of a file share. */
import { after, test } from 'node:test';
import { SCENARIOS, type Scenario } from '@tacet/lab/scenarios';
import { Company, SocketStage } from '../lib/socket-stage.ts';
import { FAST, Town } from '../lib/town.ts';

const PAIR = ['alice', 'bob'];

export class Playhouse {
  readonly town: Promise<Town> = Town.open({ parameters: FAST });
  /** Two who write to each other again and again. */
  private readonly pair = this.town.then((town) => new Company(town, 'pair', PAIR));
  private begun = 0;
  private ended = 0;

  constructor() {
    after(async () => (await this.town).close(this.ended < this.begun));
  }

  /** A test for each scenario about this; the same two people in all of them. */
  texts(about: Scenario['about']): void {
    for (const { name, run } of playsAbout(about)) {
      this.test(name, async (town) => run(new SocketStage(town, await this.pair)));
    }
  }

  /** The same with people nobody has met before, who go when it is over. */
  strangers(about: Scenario['about']): void {
    for (const [number, { name, run }] of playsAbout(about).entries()) {
      this.test(name, async (town) => {
        const strangers = new Company(town, String(number), PAIR);
        await run(new SocketStage(town, strangers));
        await strangers.end();
      });
    }
  }

  /** The network's folder stays when one of them does not come to its end. */
  test(name: string, run: (town: Town) => Promise<void>): void {
    this.begun++;
    test(name, async () => {
      await run(await this.town);
      this.ended++;
    });
  }
}

function playsAbout(about: Scenario['about']): Scenario[] {
  const found = SCENARIOS.filter((one) => one.about === about);
  if (found.length === 0) throw new RangeError(`no scenario about ${about}`);
  return found;
}
