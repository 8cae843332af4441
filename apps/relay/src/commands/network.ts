/** `network create`: a folder with a whole small network, or one founded by requests of its operators. */
import { join } from 'node:path';
import {
  createNetwork,
  decodeOperatorRequest,
  foundFromRequests,
  ONE_AUTHORITY,
  type OperatorOptions,
  RELAY_CARD_FILE,
  readText,
} from '@tacet/host/relay';
import type { Command, Values } from '../command.ts';
import {
  listOption,
  numberOption,
  optionalText,
  settingsOption,
  textOption,
  usage,
} from '../options.ts';
import type { Output } from '../output.ts';
import { SOURCE_OPTIONS, sourceOf, warnOfUnknown } from '../source.ts';

export const networkCreate: Command = {
  path: 'network create',
  summary: 'make a complete small network, or found one from the requests of its operators',
  options: {
    dir: { type: 'string', value: 'DIR', help: 'a new folder' },
    name: { type: 'string', value: 'NAME', help: 'name of the network, 1 to 32 bytes' },
    demo: { type: 'boolean', help: 'quick rates, marked "no crowd"' },
    authorities: { type: 'string', value: 'N', help: '1, 3, 5, 7 or 9 (1)' },
    'mixes-per-layer': { type: 'string', value: 'N', help: '1 to 9 (1)' },
    edges: { type: 'string', value: 'N', help: '1 to 9 (2)' },
    operator: {
      type: 'string',
      multiple: true,
      value: 'NAME,COUNTRY,HOST',
      help: 'deal the relays to several operators, a folder each; may be repeated',
    },
    family: {
      type: 'string',
      value: 'NAME',
      help: 'who operates these relays (the name of the network)',
    },
    host: {
      type: 'string',
      value: 'HOST',
      help: 'address to listen on and be reached by (127.0.0.1)',
    },
    'base-port': {
      type: 'string',
      value: 'PORT',
      help: 'first of a row of ports (default: free ports)',
    },
    capacity: {
      type: 'string',
      value: 'N',
      help: 'packets a second each relay is built for (1000; 200 with --demo)',
    },
    ...SOURCE_OPTIONS,
    set: {
      type: 'string',
      multiple: true,
      value: 'KEY=VALUE',
      help: 'another value for a parameter of the network; may be repeated',
    },
    request: {
      type: 'string',
      multiple: true,
      value: 'FILE',
      help: 'a request of `tacet-relay init`; makes the cards only, no keys; may be repeated',
    },
  },
  examples: [
    'tacet-relay network create --dir net --name "My network" --demo',
    'tacet-relay network create --dir net --name Three --authorities 3 --edges 3 \\\n      --operator alice,DE,192.0.2.1 --operator bob,CH,198.51.100.1 --operator carol,SE,203.0.113.1',
    'tacet-relay network create --dir net --name Three --request a.json --request b.json',
  ],
  details:
    'Whoever makes all keys in one place could keep copies. Operators who do not trust each other each\n' +
    'run `tacet-relay init`, and one of them founds the network from the requests (--request).',
  async run({ values }, output) {
    if (listOption(values, 'request').length > 0) found(values, output);
    else await create(values, output);
  },
};

async function create(values: Values, output: Output): Promise<void> {
  const dir = textOption(values, 'dir');
  const name = textOption(values, 'name');
  const demonstration = values['demo'] === true;
  const host = optionalText(values, 'host') ?? '127.0.0.1';
  const authorities = numberOption(values, 'authorities', { min: 1, max: 9, fallback: 1 });
  if (authorities % 2 === 0) {
    throw usage('--authorities must be odd: an even number tolerates no more than one less');
  }
  const operators = listOption(values, 'operator').map((text) => operatorOf(text, host));
  const source = sourceOf(values);
  const description = await createNetwork({
    dir,
    name,
    demonstration,
    host,
    basePort: numberOption(values, 'base-port', { min: 0, max: 65_000, fallback: 0 }),
    authorities,
    mixesPerLayer: numberOption(values, 'mixes-per-layer', { min: 1, max: 9, fallback: 1 }),
    edges: numberOption(values, 'edges', { min: 1, max: 9, fallback: 2 }),
    family: optionalText(values, 'family') ?? name,
    operators,
    capacity: numberOption(values, 'capacity', {
      min: 1,
      max: 100_000,
      fallback: demonstration ? 200 : 1_000,
    }),
    source,
    set: settingsOption(values),
  });
  output.out(`made a network of ${description.processes.length} processes`);
  for (const process of description.processes) {
    output.out(`  ${process.name}: ${process.ports.join(', ')}`);
  }
  output.out(`next: tacet-relay run-all --dir ${dir}, and give the card to those who may join`);
  if (operators.length > 1) {
    output.out('each operator takes the folder of that name; delete it here afterwards');
  }
  if (authorities === 1) output.out(ONE_AUTHORITY);
  if (demonstration) output.out('demonstration: no crowd, so it hides nobody');
  else warnOfUnknown(source, output);
}

function found(values: Values, output: Output): void {
  for (const name of [
    'authorities',
    'mixes-per-layer',
    'edges',
    'operator',
    'family',
    'host',
    'base-port',
    'capacity',
    ...Object.keys(SOURCE_OPTIONS),
  ]) {
    if (values[name] !== undefined) throw usage(`--${name} has no meaning with --request`);
  }
  const dir = textOption(values, 'dir');
  const files = listOption(values, 'request');
  const requests = files.map((file) => decodeOperatorRequest(readText(file), Date.now()));
  const card = foundFromRequests(
    {
      dir,
      name: textOption(values, 'name'),
      demonstration: values['demo'] === true,
      set: settingsOption(values),
    },
    requests,
  );
  output.out(
    `founded a network of ${card.authorities.length} authorities and ${card.relays.length} relays`,
  );
  for (const { hash, address } of card.authorities)
    output.out(`  authority ${address} ${hash.slice(0, 16)}`);
  for (const relay of card.relays) {
    const role = relay.role === 'edge' ? 'edge' : `mix-${relay.layer}`;
    output.out(`  ${role} of ${relay.family}, ${relay.country} ${relay.relay.slice(0, 16)}`);
  }
  output.out(
    `compare these numbers with each operator, then give all of them ${join(dir, RELAY_CARD_FILE)}`,
  );
}

function operatorOf(text: string, host: string): OperatorOptions {
  const [family = '', country = 'ZZ', own = host, ...more] = text
    .split(',')
    .map((part) => part.trim());
  if (family === '' || !/^[A-Z]{2}$/.test(country) || own === '' || more.length > 0) {
    throw usage('--operator wants NAME,COUNTRY,HOST: a name, two capital letters, an address');
  }
  return { family, country, host: own };
}
