/** `invite create|accept|list|revoke`: meeting somebody. */
import { MAX_LINK } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command, OptionSpec } from '../command.ts';
import { invitationTable } from '../format.ts';
import { safeLine } from '../safe.ts';
import { waitFor } from '../wait.ts';

const timeoutOption: OptionSpec = {
  type: 'string',
  value: 'TIME',
  help: 'how long to wait (default 60s)',
};

export const inviteCreate: Command = {
  path: 'invite create',
  summary: 'make a link that lets one person become a contact',
  args: '[label]',
  arity: [0, 1],
  options: {
    full: { type: 'boolean', help: 'a longer link, for somebody who is on no network yet' },
    'no-wait': { type: 'boolean', help: 'do not wait for the link; see invite list' },
    timeout: timeoutOption,
  },
  examples: ['tacet invite create "Carol from work"', 'tacet invite create Dan --full'],
  details:
    'The link is shown once the network has stored it. Give it to one person. A full link carries the network card and lets who has it join this network.',
  async run(context) {
    const timeout = context.duration('timeout', '60s');
    const api = await context.api();
    let made = await api.call('invite.create', { label: context.args[0] ?? '' });
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
    wait: { type: 'boolean', help: 'wait until the session is ready' },
    timeout: timeoutOption,
  },
  examples: [
    'tacet invite accept "tacet://..." --name bob',
    'xclip -o | tacet invite accept - --wait',
  ],
  details:
    'Messages may be written at once; they leave when the session is ready. A full link joins its network first, for a profile that is on none.',
  async run(context) {
    const timeout = context.duration('timeout', '60s');
    const given = context.arg(0, 'the link');
    const link = given === '-' ? (await context.terminal.readAll(MAX_LINK)).trim() : given;
    const name = context.text('name');
    const api = await context.api();
    let contact = await api.call('invite.accept', {
      link,
      ...(name === undefined ? {} : { name }),
    });
    if (context.flag('wait')) {
      const { id } = contact;
      const met = await waitFor(api, timeout, async () => {
        const now = await api.call('contact.get', { contact: id });
        return now.state === 'meeting' ? null : now;
      });
      if (met === null) {
        throw new AppError('unconfirmed', 'network', 'the request is on its way; no answer yet');
      }
      contact = met;
      if (contact.state === 'ended') throw meetingEnded(contact.reason);
    }
    context.show(contact, () => `${safeLine(contact.name)}: ${contact.state}`);
    return undefined;
  },
};

export const inviteList: Command = {
  path: 'invite list',
  summary: 'invitations made here and what became of them',
  arity: [0, 0],
  examples: ['tacet invite list'],
  async run(context) {
    const found = await (await context.api()).call('invite.list', {});
    context.show(found, () => invitationTable(found.invitations, Date.now()));
    return undefined;
  },
};

export const inviteRevoke: Command = {
  path: 'invite revoke',
  summary: 'make an unused invitation worthless',
  args: '<id>',
  arity: [1, 1],
  examples: ['tacet invite revoke ID'],
  async run(context) {
    const id = context.arg(0, 'the id of the invitation');
    await (await context.api()).call('invite.revoke', { id });
    context.show({ id, state: 'revoked' }, () => 'revoked');
    return undefined;
  },
};

/** Why the network said no, in the words of the one who asked. */
function meetingEnded(reason: string | null): AppError {
  switch (reason) {
    case 'invitation-used':
      return new AppError(reason, 'refused', 'the invitation was used by somebody else');
    case 'invitation-missing':
      return new AppError(reason, 'missing', 'nothing is stored for this invitation any more');
    case 'invitation-revoked':
      return new AppError(reason, 'refused', 'the invitation was taken back');
    case 'invitation-expired':
      return new AppError(reason, 'missing', 'the invitation has ended without an answer');
    case 'invitation-refused':
      return new AppError(reason, 'refused', 'the other side could not read the answer');
    case 'invitation-replaced':
      return new AppError(reason, 'refused', 'the invitation does not match its link');
    default:
      return new AppError(reason ?? 'contact-ended', 'refused', 'meeting this contact failed');
  }
}
