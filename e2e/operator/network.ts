/**
 * The network of three operators of docs/ops/three-operators.md, by the page's own commands as they
 * stand there. Only the network's numbers are added, so that an epoch takes a minute.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../lib/program.ts';
import { Machines } from './machines.ts';
import { type Block, readBlocks } from './page.ts';
import { PersonMachine } from './person.ts';

/** Added to `network create`, by the network document so for everybody. */
const SHORT = {
  epochMs: 60_000,
  graceMs: 3_000,
  slotMs: 250,
  inUseSlotMs: 250,
  digestMs: 500,
  delayMeanMs: 60,
  poolTarget: 0,
  poolFloor: 0,
  receiptInUseMs: 500,
  receiptMs: 500,
  receiptStrongMs: 500,
  secondCopyMinMs: 500,
  secondCopyMaxMs: 2_000,
  holdMeanMs: 5_000,
  // Ten minutes of an hour's epoch.
  retryPauseMs: 10_000,
} as const;

const OPERATORS = { alice: '192.0.2.1', bob: '198.51.100.1', carol: '203.0.113.1' } as const;
const PATIENCE = 400_000;
/** Of an edge beside an authority and a mix: the fourth from 7700, as section 1 says. */
const CLIENT_PORT = 7_703;

export class ThreeOperators {
  private readonly machines: Machines;
  private readonly blocks: readonly Block[];
  private readonly say: (line: string) => void;

  private constructor(machines: Machines, say: (line: string) => void) {
    this.machines = machines;
    this.blocks = readBlocks();
    this.say = say;
  }

  /**
   * With machines for these people besides the operators'.
   * @param people addresses by name
   */
  static async with<T>(
    people: Readonly<Record<string, string>>,
    say: (line: string) => void,
    play: (operators: ThreeOperators) => Promise<T>,
  ): Promise<T> {
    const machines = new Machines({ ...OPERATORS, ...people });
    let failed = true;
    try {
      const result = await play(new ThreeOperators(machines, say));
      failed = false;
      return result;
    } finally {
      if (failed) say(`kept in ${machines.dir}`);
      machines.close(failed);
    }
  }

  /** Does what these sections of the page say. @returns seconds it took */
  async follow(...sections: readonly number[]): Promise<number> {
    const begin = performance.now();
    for (const block of this.blocks.filter(({ section }) => sections.includes(section))) {
      await this.perform(block);
    }
    return (performance.now() - begin) / 1_000;
  }

  /** Somebody with a profile and, as a file, the card of the network. */
  async person(name: string): Promise<PersonMachine> {
    const { machines } = this;
    const person = this.stranger(name);
    await person.create();
    const card = join(machines.home('alice'), 'relay/network.card');
    cpSync(card, join(machines.home(name), 'network.card'));
    return person;
  }

  /** Those of these people whose own edge is this operator's first one, as its machine sees their links. */
  async guests(
    operator: keyof typeof OPERATORS,
    people: readonly PersonMachine[],
  ): Promise<PersonMachine[]> {
    const look = `ss -Htn state established '( sport = :${CLIENT_PORT} )'`;
    const { code, text } = await this.machines.run(operator, look, PATIENCE);
    if (code !== 0) throw new Error(`${operator}: \`${look}\` ended with ${code}\n${text}`);
    return people.filter(({ name }) => text.includes(` ${this.machines.address(name)}:`));
  }

  /** Somebody with a machine and nothing on it. */
  stranger(name: string): PersonMachine {
    return new PersonMachine(this.machines, name);
  }

  /**
   * Every command of a block on every machine it names, all machines at once. A command that only looks
   * may be asked again, as a person would who waits for the network to be up.
   */
  private async perform({ machines: names, commands }: Block): Promise<void> {
    const onOne = async (name: string): Promise<void> => {
      for (const command of commands) {
        const end = performance.now() + PATIENCE;
        for (;;) {
          const outcome = await this.machines.run(name, shortened(command), PATIENCE);
          if (outcome.code === 0) break;
          if (!looks(command) || performance.now() > end) {
            throw new Error(`${name}: \`${command}\` ended with ${outcome.code}\n${outcome.text}`);
          }
          await sleep(500);
        }
        this.say(`${new Date().toISOString().slice(14, 19)} ${name}$ ${command}`);
      }
    };
    await Promise.all(names.map(onOne));
  }
}

function looks(command: string): boolean {
  return /^tacet-relay (status|doctor) /.test(command);
}

function shortened(command: string): string {
  if (!command.startsWith('tacet-relay network create ')) return command;
  const set = Object.entries(SHORT).map(([key, value]) => `--set ${key}=${value}`);
  return `${command} ${set.join(' ')}`;
}
