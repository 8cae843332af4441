/** `message why`. */
import type { Command } from '../command.ts';

export const messageWhy: Command = {
  path: 'message why',
  summary: 'why a message is where it is: what holds it up, as far as it is known here',
  args: '<message id>',
  arity: [1, 1],
  examples: ['tacet message why 12', 'tacet message why 12 --json'],
  details: 'Every line is a stored fact or holds just now; with --json each has a stable code.',
  async run(context) {
    const api = await context.api();
    const found = await api.call('message.why', { id: context.arg(0, 'the id of the message') });
    context.show(found, () =>
      [`${found.state}${found.late ? ', later than usual' : ''}`]
        .concat(found.facts.map(({ sentence }) => `  ${sentence}`))
        .join('\n'),
    );
    return undefined;
  },
};
