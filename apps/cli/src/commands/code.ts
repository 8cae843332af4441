/** `code start|show|say|stop`: comparing a short code with a contact. */
import type { CodeView } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command, OptionSpec } from '../command.ts';
import { findContact } from '../contacts.ts';
import type { Context } from '../context.ts';
import { waitFor } from '../wait.ts';

const STATES: Readonly<Record<CodeView['state'], string>> = {
  none: 'no short code yet: tacet code start',
  waiting: 'waiting for the other daemon',
  compare: 'compare it aloud, then: tacet code say CONTACT same, or different',
  same: 'you said: the same',
  different: 'it differs: somebody may stand between you',
  stopped: 'stopped',
  expired: 'not compared in time',
  broken: 'the other side broke the rules: somebody may stand between you',
};

export function codeLines(code: CodeView): string {
  const lines: string[] = [];
  if (code.code !== null) lines.push(`${code.code.slice(0, 3)} ${code.code.slice(3)}`);
  lines.push(STATES[code.state]);
  if (code.peerSaid !== null) lines.push(`they said: ${code.peerSaid}`);
  if (code.spent > 0) lines.push(`tried ${code.spent} times in the last day, ${code.left} left`);
  return lines.join('\n');
}

const timeout: OptionSpec = {
  type: 'string',
  value: 'TIME',
  help: 'how long to wait for the code (default 60s)',
};

async function contactId(context: Context): Promise<string> {
  return (await findContact(await context.api(), context.arg(0, 'the contact'))).id;
}

export const codeStart: Command = {
  path: 'code start',
  summary: 'work out a short code with a contact, to compare aloud',
  args: '<contact>',
  arity: [1, 1],
  options: { timeout },
  examples: ['tacet code start bob'],
  details:
    'Both of you see the same six digits, or somebody stands between you. Compare them by voice or side by side, never in a message. Each says what they saw on their own. Three tries a day: each is one chance in a million for who stands between.',
  async run(context) {
    const wait = context.duration('timeout', '60s');
    const api = await context.api();
    const id = await contactId(context);
    const begun = await api.call('code.start', { contactId: id });
    const found = await waitFor(api, wait, async () => {
      const now = await api.call('code.get', { contactId: id });
      return now.state === 'waiting' ? null : now;
    });
    context.show(found ?? begun, () => codeLines(found ?? begun));
    return undefined;
  },
};

export const codeShow: Command = {
  path: 'code show',
  summary: 'the short code with a contact, and how it stands',
  args: '<contact>',
  arity: [1, 1],
  examples: ['tacet code show bob'],
  async run(context) {
    const code = await (await context.api()).call('code.get', {
      contactId: await contactId(context),
    });
    context.show(code, () => codeLines(code));
    return undefined;
  },
};

export const codeSay: Command = {
  path: 'code say',
  summary: 'what comparing the short code showed',
  args: '<contact> <same|different>',
  arity: [2, 2],
  examples: ['tacet code say bob same'],
  async run(context) {
    const found = context.args[1];
    if (found !== 'same' && found !== 'different') {
      throw new AppError('usage', 'usage', 'say same or different');
    }
    const id = await contactId(context);
    const code = await (await context.api()).call('code.say', { contactId: id, found });
    context.show(code, () => codeLines(code));
    return undefined;
  },
};

export const codeStop: Command = {
  path: 'code stop',
  summary: 'go no further with a short code',
  args: '<contact>',
  arity: [1, 1],
  examples: ['tacet code stop bob'],
  async run(context) {
    const id = await contactId(context);
    const code = await (await context.api()).call('code.stop', { contactId: id });
    context.show(code, () => codeLines(code));
    return undefined;
  },
};
