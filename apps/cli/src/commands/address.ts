/** `address create|list|show|rotate|revoke|check`: an address that many people may have. */
import { MAX_LINK } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command, OptionSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { showSpan, showTime } from '../duration.ts';
import { table } from '../format.ts';
import { safeLine } from '../safe.ts';
import { listing } from '../shapes.ts';
import { asOption } from './identity.ts';

const fullOption: OptionSpec = {
  type: 'boolean',
  help: 'a longer address, for people who are on no network yet',
};

export const addressCreate: Command = {
  path: 'address create',
  summary: 'make an address that many people may use to ask for you',
  args: '[label]',
  arity: [0, 1],
  options: { full: fullOption, as: asOption },
  examples: ['tacet address create "on my card"', 'tacet address create > me.address'],
  details:
    'Who has the address can send a request: name and text, nothing else. Nothing is answered before you accept it. The same text is link, QR code and file. Everybody who has it can also count requests and fill the day’s boxes: replace it when that happens.',
  async run(context) {
    const identity = context.text('as');
    const made = await (await context.api()).call('address.create', {
      label: context.args[0] ?? '',
      ...(identity === undefined ? {} : { identity }),
    });
    show(context, made);
    return undefined;
  },
};

export const addressList = listing({
  path: 'address list',
  summary: 'your addresses and what comes to them',
  method: 'address.list',
  lines: ({ addresses }, now) => {
    if (addresses.length === 0) return 'no addresses yet: tacet address create';
    const rows = addresses.map((one) => [
      one.id,
      safeLine(one.label),
      one.state === 'replaced' && one.endsAt !== null
        ? `replaced, ends in ${showSpan(one.endsAt - now)}`
        : one.state,
      one.waiting === 0 ? '' : String(one.waiting),
      dayWords(one.day),
      showTime(one.createdAt, now),
    ]);
    return table(['ID', 'LABEL', 'STATE', 'WAITING', 'LAST DAY', 'MADE'], rows);
  },
});

function dayWords(day: { boxes: number; unreadable: number; turnedAway: number }): string {
  const words = day.boxes === 0 ? [] : [`${day.boxes} of 256 boxes`];
  if (day.unreadable > 0) words.push(`${day.unreadable} unreadable`);
  if (day.turnedAway > 0) words.push(`${day.turnedAway} turned away`);
  return words.join(', ');
}

export const addressShow: Command = {
  path: 'address show',
  summary: 'one of your addresses, with the words to compare',
  args: '<id>',
  arity: [1, 1],
  options: { full: fullOption },
  examples: ['tacet address show ID', 'tacet address show ID > me.address'],
  async run(context) {
    const id = context.arg(0, 'the id of the address');
    show(context, await (await context.api()).call('address.show', { id }));
    return undefined;
  },
};

/** The address alone goes to standard output, so that it can be sent on as it is. */
function show(
  context: Context,
  address: { words: string; link: string | null; fullLink: string | null },
): void {
  const link = context.flag('full') ? address.fullLink : address.link;
  if (!context.json) context.note(`words to compare: ${address.words}`);
  context.show(address, () => link ?? 'this address has ended');
}

export const addressRotate: Command = {
  path: 'address rotate',
  summary: 'make a new address in place of one',
  args: '<id>',
  arity: [1, 1],
  options: {
    days: { type: 'string', value: 'N', help: 'how long the old one still works (default 7)' },
    full: fullOption,
  },
  examples: ['tacet address rotate ID', 'tacet address rotate ID --days 0'],
  async run(context) {
    const id = context.arg(0, 'the id of the address');
    const given = context.text('days');
    const days = given === undefined ? undefined : Number(given);
    if (days !== undefined && !(Number.isInteger(days) && days >= 0 && days <= 90)) {
      throw new AppError('usage', 'usage', '--days is a number from 0 to 90');
    }
    const api = await context.api();
    show(
      context,
      await api.call('address.rotate', { id, ...(days === undefined ? {} : { days }) }),
    );
    return undefined;
  },
};

export const addressRevoke: Command = {
  path: 'address revoke',
  summary: 'end an address at once',
  args: '<id>',
  arity: [1, 1],
  examples: ['tacet address revoke ID'],
  details:
    'Nothing sent to it is read from now on. Requests that came before stay in the list. Who waits for an answer is told, as long as a box lives.',
  async run(context) {
    const id = context.arg(0, 'the id of the address');
    const found = await (await context.api()).call('address.revoke', { id });
    context.show(found, () => 'ended');
    return undefined;
  },
};

export const addressCheck: Command = {
  path: 'address check',
  summary: "what somebody's address says; nothing is sent",
  args: '<address|->',
  arity: [1, 1],
  examples: ['tacet address check "tacet://address/1#..."', 'tacet address check - < bob.address'],
  async run(context) {
    const address = await addressArgument(context);
    const found = await (await context.api()).call('address.check', { address });
    context.show(found, () =>
      [
        `name: ${safeLine(found.name)} (as the address says)`,
        `words of this address: ${found.words}`,
        `words of the person: ${found.person}`,
        ...(found.sameNetwork ? [] : ['it belongs to another network']),
        ...(found.own ? ['it is your own'] : []),
      ].join('\n'),
    );
    return undefined;
  },
};

/** From the command line, or from standard input: addresses are long. */
export async function addressArgument(context: Context): Promise<string> {
  const given = context.arg(0, 'the address');
  return given === '-' ? (await context.terminal.readAll(MAX_LINK)).trim() : given;
}
