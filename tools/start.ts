/**
 * `npm start`: a whole small network on this computer, Alice, Bob and Echo with it, and their
 * windows. A demonstration: no crowd, so nobody is hidden. `-- --fresh` begins anew, `-- --no-open`
 * opens no browser, `-- --set KEY=VALUE` gives a new network another rate, as `network create` does.
 * Ctrl-C ends everything this program started; the data stays in `.tacet`.
 */
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Children } from './start/children.ts';
import { type DemoHome, openHome, StartError } from './start/home.ts';
import { type DemoNetwork, startNetwork } from './start/network.ts';
import {
  addressOf,
  introduce,
  isAlone,
  joinNetwork,
  meetEcho,
  type Person,
  startPerson,
} from './start/people.ts';
import { buildPage, showWindows } from './start/windows.ts';

const PEOPLE = ['alice', 'bob', 'echo'];
const USAGE = 'usage: npm start [-- --fresh] [-- --no-open] [-- --set KEY=VALUE]';
const began = performance.now();

function say(text: string): void {
  const seconds = ((performance.now() - began) / 1_000).toFixed(1).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

interface Options {
  readonly fresh: boolean;
  readonly open: boolean;
  /** KEY=VALUE, of the network's parameters. */
  readonly set: readonly string[];
}

function options(): Options {
  try {
    const { values } = parseArgs({
      options: {
        fresh: { type: 'boolean' },
        'no-open': { type: 'boolean' },
        set: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
      strict: true,
    });
    if (values.help === true) {
      console.log(USAGE);
      process.exit(0);
    }
    const { fresh = false, set = [] } = values;
    return { fresh, open: values['no-open'] !== true, set };
  } catch {
    console.error(USAGE);
    process.exit(2);
  }
}

async function start(
  home: DemoHome,
  children: Children,
  { open, set }: Pick<Options, 'open' | 'set'>,
): Promise<void> {
  say('starting a network on this computer, and two people');
  const [network, [alice, bob]] = await Promise.all([
    begin(home, children, set),
    people(home, children),
  ]);
  await enter(network, [alice, bob]);
  say('alice and bob have joined the network');
  // What Echo's start takes of the processor falls into the waiting of the two.
  const [echo] = await Promise.all([
    third(home, children, network),
    introduce(alice, bob, say).then(() => atHome(home, alice, bob, open)),
  ]);
  const address = await addressOf(echo);
  await Promise.all([alice, bob].map((one) => meetEcho(one, network.card, address)));
  say('both know Echo, who answers everything');
  for (const { api } of [alice, bob, echo]) api.close();
}

async function begin(
  home: DemoHome,
  children: Children,
  set: Options['set'],
): Promise<DemoNetwork> {
  const network = await startNetwork(home, children, set);
  if (network.moved) say('ports were taken by another program: the network moved to others');
  say(`network: ${network.names.join(', ')}`);
  await network.ready();
  say('the network is ready');
  return network;
}

async function people(home: DemoHome, children: Children): Promise<[Person, Person]> {
  await buildPage();
  const both = await Promise.all([
    startPerson(home, children, 'Alice'),
    startPerson(home, children, 'Bob'),
  ]);
  say('profiles: alice, bob');
  return both;
}

async function third(home: DemoHome, children: Children, network: DemoNetwork): Promise<Person> {
  const echo = await startPerson(home, children, 'Echo', ['--echo', '--no-window']);
  await enter(network, [echo], !(await isAlone(echo)));
  return echo;
}

/** Somebody is about to look at them; the quicker rhythm shortens a first meeting as well. */
async function enter(network: DemoNetwork, all: readonly Person[], idle = false): Promise<void> {
  await Promise.all(
    all.map(async (one) => {
      await joinNetwork(one, network.card, network.moved);
      if (!idle) await one.api.call('window.heartbeat', { visible: true });
    }),
  );
}

async function atHome(home: DemoHome, alice: Person, bob: Person, open: boolean): Promise<void> {
  say('alice and bob know each other');
  console.log('\nDemonstration: no crowd. Windows (each address works once, for 30 seconds):');
  await showWindows([alice, bob], open);
  console.log(`
Again:         npx tacet --profile alice open
From a shell:  npx tacet --profile alice send bob "hello" --wait delivered --timeout 60s
Passphrases:   ${relative(process.cwd(), home.passphraseFile('alice')).replace('alice', '<name>')}
End:           Ctrl-C. Begin anew: npm start -- --fresh
`);
}

async function main(): Promise<void> {
  const { fresh, ...how } = options();
  const home = openHome(fresh);
  let leaving: Promise<void> | null = null;
  const leave = (code: number): Promise<void> => {
    process.exitCode = code;
    leaving ??= children.endAll(PEOPLE).finally(() => {
      home.release();
      process.exit();
    });
    return leaving;
  };
  const children = new Children(home.logs, (name) => {
    if (leaving !== null) return;
    console.error(
      `\n${name} ended unexpectedly; ending the rest. Its log: ${join(relative(process.cwd(), home.logs), `${name}.log`)}`,
    );
    void leave(1);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (leaving === null) console.log('\nending ...');
      void leave(0);
    });
  }
  try {
    await start(home, children, how);
  } catch (error) {
    if (leaving === null) console.error(error instanceof StartError ? error.message : error);
    await leave(1);
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
