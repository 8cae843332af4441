/** `echo`: the first round trip, without a friend. */
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { followMeeting } from '../meeting.ts';
import { safeLine } from '../safe.ts';

export const echo: Command = {
  path: 'echo',
  summary: 'meet Echo, who answers everything, to try the network',
  arity: [0, 0],
  options: {
    timeout: { type: 'string', value: 'TIME', help: 'how long to wait (default 120s)' },
  },
  examples: ['tacet echo', 'tacet echo --timeout 5m'],
  details:
    'Afterwards: tacet send Echo "hello" --wait delivered. Echo is a program that whoever runs the network runs beside it. It is told no name, and it reads what you send it.',
  async run(context) {
    const timeout = context.duration('timeout', '120s');
    const api = await context.api();
    const asked = await api.call('echo.meet', {});
    const { contact, late } = await followMeeting(api, asked, timeout, (text) =>
      context.note(text),
    );
    if (late) {
      throw new AppError('unconfirmed', 'network', 'no answer yet; this goes on by itself');
    }
    context.show(contact, () => `${safeLine(contact.name)}: ${contact.state}`);
    return undefined;
  },
};
