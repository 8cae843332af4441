/** `send`: one text to one contact. */
import type { MessageView } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { contactIdOf } from '../contacts.ts';
import { EXIT } from '../exit.ts';
import { stateOf } from '../format.ts';
import { MENTION, mentionsOf } from '../mentions.ts';
import { safeLine } from '../safe.ts';
import { waitFor } from '../wait.ts';
import { CLIENT_ID, clientIdOf, textArgument } from './talk.ts';

/** States that are at least as far as the one waited for. */
const REACHED: Readonly<Record<string, readonly MessageView['state'][]>> = {
  stored: ['stored', 'delivered', 'read'],
  delivered: ['delivered', 'read'],
};

export const send: Command = {
  path: 'send',
  summary: 'send a text; answers as soon as it is safely queued',
  args: '<contact> <text|->',
  arity: [2, 2],
  options: {
    wait: { type: 'string', value: 'STATE', help: 'wait until it is stored or delivered' },
    timeout: { type: 'string', value: 'TIME', help: 'how long to wait (default 60s)' },
    reply: { type: 'string', value: 'ID', help: 'answer the message with that id' },
    mention: MENTION,
    'client-id': CLIENT_ID,
  },
  examples: [
    'tacet send bob "see you at eight"',
    'tacet send bob "hello" --wait delivered --timeout 2m',
    'date | tacet send bob -',
    'tacet send bob "yes" --reply 12',
    'tacet send bob "ask @Carol" --mention Carol',
  ],
  details:
    'A mix network takes seconds. `queued` means saved on this device, `stored` written to the\n' +
    'network, `delivered` saved on their device. With --wait, exit 8 means: still on its way.\n' +
    'Mentioning somebody else than the reader tells the reader that you know them, and their address.',
  async run(context) {
    const wait = context.text('wait');
    const reached = wait === undefined ? undefined : REACHED[wait];
    if (wait !== undefined && reached === undefined) {
      throw new AppError('usage', 'usage', '--wait takes stored or delivered');
    }
    const timeout = context.duration('timeout', '60s');
    const clientId = clientIdOf(context);
    const replyTo = context.text('reply');
    const contact = context.arg(0, 'the contact');
    const text = await textArgument(context, 1);
    if (text === '') throw new AppError('usage', 'usage', 'there is no text to send');
    const api = await context.api();
    const contactId = await contactIdOf(api, contact);
    const reply = replyTo === undefined ? {} : { replyTo };
    const mentions = await mentionsOf(api, text, context.text('mention'));
    const sent = await api.call('message.send', {
      ...{ contactId, text, clientId },
      ...reply,
      ...mentions,
    });
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
