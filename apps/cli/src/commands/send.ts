/** `send`: one text to one contact. */
import { randomUUID } from 'node:crypto';
import { MAX_CLIENT_ID, MAX_MESSAGE_BYTES, type MessageView } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { findContact } from '../contacts.ts';
import { EXIT } from '../exit.ts';
import { stateOf } from '../format.ts';
import { safeLine } from '../safe.ts';
import { waitFor } from '../wait.ts';

/** States that are at least as far as the one waited for. */
const REACHED: Readonly<Record<string, readonly MessageView['state'][]>> = {
  stored: ['stored', 'delivered'],
  delivered: ['delivered'],
};

export const send: Command = {
  path: 'send',
  summary: 'send a text; answers as soon as it is safely queued',
  args: '<contact> <text|->',
  arity: [2, 2],
  options: {
    wait: { type: 'string', value: 'STATE', help: 'wait until it is stored or delivered' },
    timeout: { type: 'string', value: 'TIME', help: 'how long to wait (default 60s)' },
    'client-id': {
      type: 'string',
      value: 'ID',
      help: 'a repeat with the same id sends nothing twice',
    },
  },
  examples: [
    'tacet send bob "see you at eight"',
    'tacet send bob "hello" --wait delivered --timeout 2m',
    'date | tacet send bob -',
  ],
  details:
    'A mix network takes seconds. `queued` means saved on this device, `stored` written to the\n' +
    'network, `delivered` saved on their device. With --wait, exit 8 means: still on its way.',
  async run(context) {
    const wait = context.text('wait');
    const reached = wait === undefined ? undefined : REACHED[wait];
    if (wait !== undefined && reached === undefined) {
      throw new AppError('usage', 'usage', '--wait takes stored or delivered');
    }
    const timeout = context.duration('timeout', '60s');
    const clientId = context.text('client-id') ?? randomUUID();
    if (clientId === '' || clientId.length > MAX_CLIENT_ID) {
      throw new AppError('usage', 'usage', `--client-id takes 1 to ${MAX_CLIENT_ID} characters`);
    }
    const contact = context.arg(0, 'the contact');
    let text = context.arg(1, 'the text');
    if (text === '-') {
      text = (await context.terminal.readAll(MAX_MESSAGE_BYTES / 2)).replace(/\r?\n$/, '');
    }
    if (text === '') throw new AppError('usage', 'usage', 'there is no text to send');
    const api = await context.api();
    const { id: contactId } = await findContact(api, contact);
    const sent = await api.call('message.send', { contactId, text, clientId });
    let message: MessageView = sent;
    if (reached !== undefined) {
      const result = await waitFor(api, timeout, async () => {
        const { evidence: _, ...now } = await api.call('message.get', { id: sent.id });
        message = now;
        return reached.includes(now.state) || now.state === 'failed' ? now : null;
      });
      context.show(message, () => stateOf(message));
      if (result?.state === 'failed') {
        throw new AppError(
          'message-failed',
          'refused',
          `refused: ${safeLine(message.reason ?? '')}`,
        );
      }
      if (result === null) {
        throw new AppError(
          'unconfirmed',
          'network',
          `not ${wait} yet: it is ${message.state} and goes on by itself`,
        );
      }
      return EXIT.ok;
    }
    context.show(message, () => stateOf(message));
    return undefined;
  },
};
