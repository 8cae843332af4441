/** `invite create|accept|list|revoke`: meeting somebody. */
import { MAX_LINK } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command, OptionSpec } from '../command.ts';
import { parseDays } from '../duration.ts';
import { invitationTable } from '../format.ts';
import { followMeeting } from '../meeting.ts';
import { safeLine } from '../safe.ts';
import { ending, listing } from '../shapes.ts';
import { waitFor } from '../wait.ts';
import { asOption } from './identity.ts';

const timeoutOption: OptionSpec = {
  type: 'string',
  value: 'TIME',
  help: 'how long to wait (default 60s)',
};

/** Throws `usage` unless it is a number of hours from one on. */
function wholeHours(life: string): number {
  const hours = parseDays(life) / 3_600_000;
  if (Number.isInteger(hours) && hours >= 1) return hours;
  throw new AppError('usage', 'usage', '--for is a number of hours or days: 1h, 48h, 7d');
}

export const inviteCreate: Command = {
  path: 'invite create',
  summary: 'make a link that lets one person become a contact',
  args: '[label]',
  arity: [0, 1],
  options: {
    full: { type: 'boolean', help: 'a longer link, for somebody who is on no network yet' },
    for: {
      type: 'string',
      value: 'TIME',
      help: 'how long it may be used, from 1h (default: three weeks)',
    },
    as: asOption,
    'no-wait': { type: 'boolean', help: 'do not wait for the link; see invite list' },
    timeout: timeoutOption,
  },
  examples: ['tacet invite create "Carol from work"', 'tacet invite create Dan --full'],
  details:
    'The link is shown once the network has stored it. Give it to one person. A full link carries the network card and lets who has it join this network.',
  async run(context) {
    const timeout = context.duration('timeout', '60s');
    const api = await context.api();
    const life = context.text('for');
    const identity = context.text('as');
    let made = await api.call('invite.create', {
      label: context.args[0] ?? '',
      ...(life === undefined ? {} : { hours: wholeHours(life) }),
      ...(identity === undefined ? {} : { identity }),
    });
    if (!context.flag('no-wait')) {
      const { id } = made;
      const ready = await waitFor(api, timeout, async () => {
        const { invitations } = await api.call('invite.list', {});
        const found = invitations.find((one) => one.id === id);
        return found !== undefined && found.state !== 'preparing' ? found : null;
      });
      if (ready === null) {
        context.note(`invitation ${id} goes on being prepared; see it later: tacet invite list`);
        throw new AppError('network-timeout', 'network', 'the invitation is not stored yet');
      }
      made = ready;
    }
    const link = context.flag('full') ? made.fullLink : made.link;
    context.show(made, () => link ?? `preparing: ${made.id}`);
    return undefined;
  },
};

export const inviteAccept: Command = {
  path: 'invite accept',
  summary: 'become a contact of the one who made the link',
  args: '<link|->',
  arity: [1, 1],
  options: {
    name: { type: 'string', value: 'NAME', help: 'what to call them here' },
    as: asOption,
    wait: { type: 'boolean', help: 'fail (8) unless the session is ready in time' },
    'no-wait': { type: 'boolean', help: 'do not wait for what becomes of it; see contact list' },
    timeout: timeoutOption,
  },
  examples: [
    'tacet invite accept "tacet://..." --name bob',
    'xclip -o | tacet invite accept - --wait',
  ],
  details:
    'Waits for the session. When the time is over and the answer is delivered, the rest goes on by itself: messages may be written, they leave when the session is ready. An invitation that cannot be used leaves nothing behind. A full link joins its network first, for a profile that is on none.',
  async run(context) {
    const timeout = context.duration('timeout', '60s');
    const mustMeet = context.flag('wait');
    if (mustMeet && context.flag('no-wait')) {
      throw new AppError('usage', 'usage', 'either --wait or --no-wait');
    }
    const given = context.arg(0, 'the link');
    const link = given === '-' ? (await context.terminal.readAll(MAX_LINK)).trim() : given;
    const name = context.text('name');
    const api = await context.api();
    const identity = context.text('as');
    let contact = await api.call('invite.accept', {
      link,
      ...(identity === undefined ? {} : { identity }),
      ...(name === undefined ? {} : { name }),
    });
    if (!context.flag('no-wait')) {
      const met = await followMeeting(api, contact, timeout, (text) => context.note(text));
      ({ contact } = met);
      if (met.late) {
        const answered = contact.steps.delivered !== null;
        const known = answered
          ? 'no answer yet'
          : 'it is not known yet whether the invitation holds';
        if (mustMeet || !answered) {
          throw new AppError('unconfirmed', 'network', `${known}; this goes on by itself`);
        }
        context.note(`${known}; this goes on by itself, see tacet contact list`);
      }
    }
    context.show(contact, () => `${safeLine(contact.name)}: ${contact.state}`);
    return undefined;
  },
};

export const inviteList = listing({
  path: 'invite list',
  summary: 'invitations made here and what became of them',
  method: 'invite.list',
  lines: ({ invitations }, now) => invitationTable(invitations, now),
});

export const inviteRevoke = ending({
  path: 'invite revoke',
  summary: 'make an unused invitation worthless',
  of: 'invitation',
  example: 'tacet invite revoke ID',
  method: 'invite.revoke',
  state: 'revoked',
});
