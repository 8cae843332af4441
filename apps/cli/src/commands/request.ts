/** `request send|list|accept|delete|block`: what comes to an address, and asking for somebody. */
import type { Command } from '../command.ts';
import { showSpan, showTime } from '../duration.ts';
import { safeLine, safeText } from '../safe.ts';
import { ending, listing } from '../shapes.ts';
import { addressArgument } from './address.ts';
import { asOption } from './identity.ts';

export const requestSend: Command = {
  path: 'request send',
  summary: 'ask the owner of an address to become a contact',
  args: '<address|-> [text]',
  arity: [1, 2],
  options: {
    name: { type: 'string', value: 'NAME', help: 'what to call them here' },
    as: asOption,
  },
  examples: [
    'tacet request send "tacet://address/1#..." "we met in Lisbon"',
    'tacet request send - "hello" --name anna < anna.address',
  ],
  details:
    'Compare the words of the address first (tacet address check). The request is repeated until it is answered, three weeks at most; the owner may also never answer. Give it up with: tacet contact dismiss.',
  async run(context) {
    const address = await addressArgument(context);
    const [, text = ''] = context.args;
    const name = context.text('name');
    const identity = context.text('as');
    const contact = await (await context.api()).call('request.send', {
      ...(identity === undefined ? {} : { identity }),
      address,
      text,
      ...(name === undefined ? {} : { name }),
    });
    context.show(contact, () => `${safeLine(contact.name)}: asked; see tacet contact list`);
    return undefined;
  },
};

export const requestList = listing({
  path: 'request list',
  summary: 'requests that wait for you; nothing in them is proven',
  method: 'request.list',
  lines: ({ requests }, now) => {
    if (requests.length === 0) return 'no requests';
    return requests
      .map((one) => {
        const head = `${one.id}  ${showTime(one.cameAt, now)}  says to be: ${safeLine(one.name)}`;
        const text = safeText(one.text).replaceAll('\n', '\n    ');
        return `${head}  (ends in ${showSpan(one.endsAt - now)})\n    ${text}`;
      })
      .join('\n');
  },
});

export const requestAccept: Command = {
  path: 'request accept',
  summary: 'become a contact of the one who asked',
  args: '<id>',
  arity: [1, 1],
  options: {
    name: { type: 'string', value: 'NAME', help: 'what to call them here' },
    as: { ...asOption, help: 'as whom (default: as the address says)' },
  },
  examples: ['tacet request accept ID', 'tacet request accept ID --name carol'],
  async run(context) {
    const id = context.arg(0, 'the id of the request');
    const name = context.text('name');
    const identity = context.text('as');
    const contact = await (await context.api()).call('request.accept', {
      ...(identity === undefined ? {} : { identity }),
      id,
      ...(name === undefined ? {} : { name }),
    });
    context.show(contact, () => `${safeLine(contact.name)}: ${contact.state}`);
    return undefined;
  },
};

export const requestDelete = ending({
  path: 'request delete',
  summary: 'take a request off the list; its sender is not told',
  of: 'request',
  example: 'tacet request delete ID',
  method: 'request.delete',
  state: 'deleted',
});

export const requestBlock = ending({
  path: 'request block',
  summary: 'the same, and show no further request of that key set',
  of: 'request',
  example: 'tacet request block ID',
  details: 'The sender is not told. Somebody who makes a new profile can ask again.',
  method: 'request.block',
  state: 'blocked',
});
