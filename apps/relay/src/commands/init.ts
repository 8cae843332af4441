/** `init`: keys and a request for an operator's relays; with a card, the configurations too. */
import { join } from 'node:path';
import { hex } from '@tacet/base';
import {
  decodeRelayCard,
  hasSetup,
  initFolder,
  isFounder,
  joinNetwork,
  ONE_AUTHORITY,
  type OperatorRequest,
  type Place,
  parseHost,
  placesFrom,
  REQUEST_FILE,
  readText,
} from '@tacet/host/relay';
import { askAll, type Question } from '../ask.ts';
import type { Command, Values } from '../command.ts';
import { numberOption, optionalText, textOption, usage } from '../options.ts';
import type { Output } from '../output.ts';
import { SOURCE_OPTIONS, sourceOf, warnOfUnknown } from '../source.ts';

const QUESTIONS: readonly Question[] = [
  {
    option: 'roles',
    text: 'What should run here? (edge, mix-1, mix-2, mix-3, authority; several with commas)',
    fallback: 'edge',
    check: (answer) =>
      placesFrom(wordsOf(answer)) === null
        ? 'edge, mix-1, mix-2, mix-3, or authority (one at most), with commas between'
        : null,
  },
  {
    option: 'family',
    text: 'Who operates it? (a name; the same for all your relays, everybody sees it)',
    fallback: null,
    check: (answer) => (/^[^\p{C}]{1,32}$/u.test(answer) ? null : 'a name of 1 to 32 bytes'),
  },
  {
    option: 'country',
    text: 'In which country does it stand? (two letters)',
    fallback: 'ZZ',
    check: (answer) => (/^[A-Z]{2}$/.test(answer) ? null : 'two capital letters, ZZ for unknown'),
  },
  {
    option: 'host',
    text: 'By which address do others reach this machine? (IPv4, IPv6 or a name)',
    fallback: null,
    check: (answer) =>
      parseHost(answer) ? null : 'an IPv4 or IPv6 address, or a name in lower case',
  },
  {
    option: 'port',
    text: 'First port to listen on? (an edge takes two, others one each)',
    fallback: '7700',
    check: (answer) =>
      /^\d{1,5}$/.test(answer) && Number(answer) >= 1 && Number(answer) <= 65_000
        ? null
        : 'a number from 1 to 65000',
  },
];

export const init: Command = {
  path: 'init',
  summary: 'make your own relays: keys, a request to be admitted, with a card the configurations',
  options: {
    dir: { type: 'string', value: 'DIR', help: 'a new folder, or one that waits for its card' },
    join: { type: 'string', value: 'CARD', help: 'relay.card of the network' },
    roles: { type: 'string', value: 'LIST', help: 'edge, mix-1, mix-2, mix-3, authority (edge)' },
    family: {
      type: 'string',
      value: 'NAME',
      help: 'who operates it; the same for all your relays',
    },
    country: { type: 'string', value: 'CC', help: 'two letters (ZZ)' },
    host: { type: 'string', value: 'HOST', help: 'address by which others reach this machine' },
    port: { type: 'string', value: 'PORT', help: 'first port to listen on (7700)' },
    listen: {
      type: 'string',
      value: 'ADDRESS',
      help: 'listen elsewhere than on --host (behind NAT)',
    },
    capacity: { type: 'string', value: 'N', help: 'packets a second it is built for (1000)' },
    ...SOURCE_OPTIONS,
    yes: { type: 'boolean', help: 'ask nothing: what is not given takes its default' },
  },
  examples: [
    'tacet-relay init --dir relay --join relay.card',
    'tacet-relay init --dir relay --join relay.card --roles edge --family bob --country CH \\\n      --host 198.51.100.1 --yes',
    'tacet-relay init --dir relay --roles authority,mix-1,edge --family bob --host 198.51.100.1 --yes',
    'tacet-relay init --dir relay --join relay.card      # the same folder, once the network is founded',
  ],
  details:
    'Five questions at most. Without --join it makes keys and DIR/request.json, for a network that is\n' +
    'about to be founded (`network create --request`); with --join it writes configurations too, and the\n' +
    'request goes to the operators of the authorities (`authority allow`).',
  async run({ values }, output) {
    const dir = textOption(values, 'dir');
    const join_ = optionalText(values, 'join');
    const card = join_ === undefined ? null : decodeRelayCard(readText(join_));
    const waiting = hasSetup(dir);
    let places: readonly Place[] = [];
    if (!waiting) {
      const answers = await questions(values);
      places = placesFrom(wordsOf(answers['roles'] ?? '')) ?? [];
      if (card !== null && places.some(({ role }) => role === 'authority')) {
        throw usage('authorities are part of what a network is: none can join one later');
      }
      const source = sourceOf(values);
      const request = await initFolder({
        dir,
        places,
        family: answers['family'] ?? '',
        country: answers['country'] ?? 'ZZ',
        host: answers['host'] ?? '',
        listen: optionalText(values, 'listen') ?? null,
        basePort: Number(answers['port']),
        capacity: numberOption(values, 'capacity', { min: 1, max: 100_000, fallback: 1_000 }),
        source,
      });
      sayMade(request, output);
      warnOfUnknown(source, output);
    } else if (card === null) {
      throw usage(
        'the folder has its keys already: give --join relay.card once the network is founded',
      );
    }
    if (card === null) {
      output.out(
        `next: send ${join(dir, REQUEST_FILE)} to whoever founds the network, and compare the numbers`,
      );
      output.out(`      then: tacet-relay init --dir ${dir} --join relay.card`);
      return;
    }
    const description = joinNetwork(dir, card);
    output.out(`joined ${card.card.networkName}`);
    if (card.authorities.length === 1) output.out(ONE_AUTHORITY);
    for (const process of description.processes) {
      output.out(`  ${process.name}: open port ${process.ports.join(' and ')}`);
    }
    if (!isFounder(dir, card)) {
      output.out(
        `next: send ${join(dir, REQUEST_FILE)} to the operators of the authorities; each runs`,
      );
      output.out('      tacet-relay authority allow request.json --config authority/config.json');
    }
    output.out(
      `then: sh ${join(dir, 'start.sh')}, or a service for each (docs/ops/run-a-relay.md)`,
    );
  },
};

function questions(values: Values): Promise<Readonly<Record<string, string>>> {
  const given = Object.fromEntries(
    QUESTIONS.map(({ option }) => [option, optionalText(values, option)]),
  );
  return askAll(QUESTIONS, {
    given,
    yes: values['yes'] === true,
    input: process.stdin,
    output: process.stderr,
  });
}

function wordsOf(list: string): string[] {
  return list.split(',').map((word) => word.trim());
}

function sayMade({ authority, relays }: OperatorRequest, output: Output): void {
  output.out('made keys: copy the files identity.key to a safe place, they cannot be made again');
  if (authority !== null)
    output.out(`  authority ${authority.address} ${hex(authority.hash).slice(0, 16)}`);
  for (const { relay, descriptor } of relays) {
    const role = descriptor.role === 'edge' ? 'edge' : `mix-${descriptor.layer}`;
    output.out(`  ${role} ${descriptor.relayAddress} ${hex(relay).slice(0, 16)}`);
  }
}
