/** `authority allow`, `list`, `remove`: which relays an authority admits. A running one is told at once. */

import { AppError, isAppError } from '@tacet/base';
import {
  type AllowedRelay,
  type AuthorityConfig,
  admit,
  askFor,
  decodeOperatorRequest,
  dismiss,
  readAllowed,
  readConfig,
  readText,
} from '@tacet/host/relay';
import { CONFIG, type Command, JSON_OPTION, type Values } from '../command.ts';
import { textOption } from '../options.ts';
import type { Output } from '../output.ts';

export const authorityAllow: Command = {
  path: 'authority allow',
  args: 'REQUEST',
  arity: [1, 1],
  summary: 'admit the relays of a request file; each authority decides for itself',
  options: CONFIG,
  examples: ['tacet-relay authority allow request.json --config authority/config.json'],
  details:
    'Compare the numbers it prints with those the other operator saw, by another way than the file came.\n' +
    'A relay is in the network once more than half of the authorities have admitted it.',
  async run({ values, args: [file = ''] }, output) {
    const config = authorityOf(values);
    const request = decodeOperatorRequest(readText(file), Date.now());
    const fresh = admit(config.allowed, request);
    if (fresh.length === 0) output.out('already admitted: nothing to do');
    for (const relay of fresh) output.out(`admitted ${line(relay)}`);
    if (fresh.length > 0) await tell(config, output);
  },
};

export const authorityList: Command = {
  path: 'authority list',
  summary: 'the relays this authority admits',
  options: { ...CONFIG, ...JSON_OPTION },
  examples: ['tacet-relay authority list --config authority/config.json'],
  run({ values }, output) {
    const relays = readAllowed(authorityOf(values).allowed);
    if (values['json'] === true) output.out(JSON.stringify(relays));
    else for (const relay of relays) output.out(line(relay));
  },
};

export const authorityRemove: Command = {
  path: 'authority remove',
  args: 'RELAY',
  arity: [1, 1],
  summary: 'admit a relay no longer; drain it first, if its operator still can',
  options: CONFIG,
  examples: ['tacet-relay authority remove 1f83a2c09d5e77b4 --config authority/config.json'],
  async run({ values, args: [start = ''] }, output) {
    const config = authorityOf(values);
    output.out(`removed ${line(dismiss(config.allowed, start))}`);
    await tell(config, output);
  },
};

function authorityOf(values: Values): AuthorityConfig {
  const { config } = readConfig(textOption(values, 'config'), process.env);
  if (config.role === 'authority') return config;
  throw new AppError(
    'not-an-authority',
    'usage',
    'that configuration is of a relay, not of an authority',
  );
}

async function tell(config: AuthorityConfig, output: Output): Promise<void> {
  try {
    await askFor(config.admin, 'reload');
    output.out('the running authority has taken the new list; it counts with the next document');
  } catch (error) {
    if (!isAppError(error, 'relay-not-running')) throw error;
    output.out('the authority does not run here: the list counts when it starts');
  }
}

function line({ relay, role, layer, family, country }: AllowedRelay): string {
  const place = role === 'edge' ? 'edge' : `mix-${layer}`;
  return `${relay.slice(0, 16)}  ${place}  ${country}  ${family}`;
}
