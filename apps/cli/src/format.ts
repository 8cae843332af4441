/** How views look as text. Everything from others goes through `safe.ts`. */
import {
  type ContactView,
  type DaemonStatus,
  type FileView,
  hintFor,
  type InvitationView,
  type MessageDetail,
  type MessageView,
  type ProfileStatus,
  sayingOf,
} from '@tacet/api';
import { showBytes, showDay, showSpan, showTime } from './duration.ts';
import { fileWord } from './file-word.ts';
import { copyLines, networkName, troubleLines } from './network-words.ts';
import { safeLine, safeText } from './safe.ts';
import type { Tell } from './tell.ts';

/** Columns padded to the widest cell; the last one is left as it is. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => width(row[i] ?? ''))));
  return all
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : pad(cell, widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function width(text: string): number {
  return [...text].length;
}

function pad(text: string, to: number): string {
  return text + ' '.repeat(Math.max(0, to - width(text)));
}

/** The state word with what it rests on. */
export function stateOf(message: MessageView): string {
  const late = message.late ? ', slower than usual' : '';
  switch (message.state) {
    case 'sending':
      return `sending ${message.partsSent}/${message.parts}${late}`;
    case 'stored':
      return `stored, ${message.copies === 1 ? '1 copy' : `${message.copies} copies`}${late}`;
    case 'failed':
      return message.reason === null ? 'failed' : `failed: ${safeLine(message.reason)}`;
    case 'unconfirmed':
      return 'unconfirmed: may or may not have arrived';
    case 'received':
      return '';
    case 'queued':
    case 'delivered':
    case 'read':
      return `${message.state}${late}`;
  }
}

/** In brackets, where something is still to be said. */
export function stateWord(state: MessageView['state']): string {
  return state === 'received' ? '' : `  [${state}]`;
}

const PROOFS: Readonly<Record<NonNullable<MessageView['replyTo']>['proof'], string>> = {
  verified: '',
  differs: ' (that message never said what is quoted)',
  unknown: ' (as they quote it; that message is not here)',
  gone: ' (that message was removed)',
};

/** What was done to it, in lines of their own. */
/** What came is fetched, and saved, by one command. */
function fileNote(id: string, file: FileView): string {
  const what = `${safeLine(file.name)}, ${showBytes(file.size)}: ${fileWord(file)}`;
  return ['offered', 'here'].includes(file.state) ? `${what}  (tacet file get ${id})` : what;
}

function notesOf(message: MessageView, who: string, now: number): string[] {
  const name = (direction: 'in' | 'out') => (direction === 'in' ? safeLine(who) : 'you');
  const { replyTo, reactions, editedAt, deletion, lifetime, expiresAt } = message;
  const notes: string[] = [];
  if (message.file !== null) notes.push(fileNote(message.id, message.file));
  if (replyTo !== null) {
    const quoted = safeLine(replyTo.excerpt);
    notes.push(`answers ${name(replyTo.direction)}: ${quoted}${PROOFS[replyTo.proof]}`);
  }
  if (message.mentioned) notes.push('mentions you');
  if (reactions.length > 0) {
    const all = reactions.map((one) => `${name(one.direction)} ${safeLine(one.emoji)}`);
    notes.push(`reactions: ${all.join(', ')}`);
  }
  if (editedAt !== null) notes.push(`edited ${showTime(editedAt, now)}`);
  if (deletion !== null) {
    const by = message.direction === 'in' ? name('in') : 'you';
    const kept = deletion.kept ? '; kept here' : '';
    notes.push(`${by} asked to delete it ${showTime(deletion.at, now)}${kept}`);
  }
  if (message.lateArrival && message.arrivedAt !== null) {
    notes.push(`came late, ${showTime(message.arrivedAt, now)}`);
  }
  if (expiresAt !== null) notes.push(`disappears ${showTime(expiresAt, now)}`);
  else if (lifetime !== null)
    notes.push(`disappears ${showSpan(lifetime * 1_000)} after it arrived`);
  return notes;
}

export function messageLine(message: MessageView, who: string, now: number): string {
  const state = stateOf(message);
  const text = isDeleted(message) ? '(deleted)' : safeText(message.text).replaceAll('\n', '\n    ');
  const from = message.direction === 'in' ? safeLine(who) : 'you';
  const line = `${showTime(message.sentAt, now)}  ${from}: ${text}`;
  const notes = notesOf(message, who, now).map((note) => `\n    ${note}`);
  return `${line}${state === '' ? '' : `  [${state}]`}${notes.join('')}`;
}

/** The beginning of a message, in a table. */
export function preview(message: MessageView): string {
  return isDeleted(message) ? '(deleted)' : [...safeLine(message.text)].slice(0, 40).join('');
}

function isDeleted({ deletion }: MessageView): boolean {
  return deletion !== null && !deletion.kept;
}

export function messageDetail(message: MessageDetail, now: number): string {
  const facts = message.evidence.map((fact) => {
    const part = fact.parts > 0 ? ` ${fact.part}/${fact.parts}` : '';
    return `  ${showTime(fact.at, now)}  ${safeLine(fact.what)}${part}`;
  });
  return [messageLine(message, 'them', now), ...facts].join('\n');
}

export function contactTable(contacts: readonly ContactView[], now: number): string {
  if (contacts.length === 0) return 'no contacts yet: tacet invite create';
  const rows = contacts.map((contact) => {
    const last = contact.lastMessage;
    return [
      safeLine(contact.name),
      meetingWord(contact),
      contact.trust,
      contact.unread === 0 ? '' : String(contact.unread),
      last === null ? '' : `${showTime(last.sentAt, now)} ${preview(last)}`,
    ];
  });
  const reasons = contacts.flatMap(({ name, reason }) =>
    reason === null ? [] : [`${safeLine(name)}: ${reasonLine(reason)}`],
  );
  return [table(['NAME', 'STATE', 'TRUST', 'UNREAD', 'LAST'], rows), ...reasons].join('\n');
}

/** Why a contact or an invitation is as it is, and what to do about it. */
function reasonLine(reason: string): string {
  const hint = hintFor(reason);
  return `${safeLine(sayingOf(reason) ?? reason)}${hint === null ? '' : ` (${hint})`}`;
}

function meetingWord(contact: ContactView): string {
  if (contact.blocked) return 'blocked';
  if (contact.state === 'meeting') return `meeting ${steps(contact)}/4${waiting(contact)}`;
  if (contact.state !== 'ended' || contact.reason === null) return contact.state;
  return `ended: ${safeLine(contact.reason)}`;
}

/** Nobody answered for a day: the meeting ends with the invitation. */
function waiting({ reason, endsAt }: ContactView): string {
  if (reason !== 'invitation-unanswered') return '';
  return `, no answer yet${endsAt === null ? '' : `; ends ${showDay(endsAt)}`}`;
}

function steps(contact: ContactView): number {
  const { opened, delivered, accepted, ready } = contact.steps;
  return [opened, delivered, accepted, ready].filter((at) => at !== null).length;
}

export function invitationTable(invitations: readonly InvitationView[], now: number): string {
  if (invitations.length === 0) return 'no invitations';
  const rows = invitations.map((invitation) => [
    invitation.id,
    safeLine(invitation.label),
    invitation.state,
    invitation.expiresAt > now ? `${showSpan(invitation.expiresAt - now)} left` : '',
    invitation.link ?? '',
  ]);
  const reasons = invitations.flatMap(({ id, reason }) =>
    reason === null ? [] : [`${id}: ${reasonLine(reason)}`],
  );
  return [table(['ID', 'LABEL', 'STATE', 'EXPIRES', 'LINK'], rows), ...reasons].join('\n');
}

export function profileLines(status: ProfileStatus, tell: Tell): string[] {
  const lines = [`profile   ${safeLine(status.profile)}`, `address   ${status.address}`];
  const name = networkName(status);
  if (name === null) {
    lines.push(`network   ${tell('none: tacet network join CARD, or tacet invite accept LINK')}`);
    lines.push(...copyLines(status, tell).map((line) => `          ${line}`));
  } else {
    const relays = status.network === null ? '' : `, ${status.network.relays} relays`;
    lines.push(`network   ${name}${relays}`, `link      ${status.link}`);
    const troubles = [...copyLines(status, tell), ...troubleLines(status, tell)];
    lines.push(...troubles.map((line) => `          ${line}`));
  }
  const usual =
    status.deliveryP50 === null
      ? 'not measured yet'
      : `usually ${showSpan(status.deliveryP50)}, 95 % within ${showSpan(status.deliveryP95 ?? status.deliveryP50)}`;
  lines.push(
    `level     ${status.level}${status.inUse ? ', window in use' : ''}${status.nextLevel === null ? '' : `, ${status.nextLevel.level} soon`}`,
    ...transferLine(status),
    `delivery  ${usual}`,
    `outbox    ${status.outbox}${status.stalled ? ', nothing moves: see message list' : ''}`,
    `data      ${showBytes(status.bytesUp)} up, ${showBytes(status.bytesDown)} down`,
  );
  if (status.deadLetters > 0) {
    lines.push(tell(`letters   ${status.deadLetters} dead: tacet letter list`));
  }
  return lines;
}

const STATES: Readonly<Record<DaemonStatus['state'], string>> = {
  none: 'running, no profile yet: tacet profile create',
  locked: 'running, locked: tacet unlock',
  'window-locked': 'running, windows locked: tacet unlock',
  'full-locked':
    'running, fully locked: keys have left memory, mail waits in the network: tacet unlock',
  open: 'running',
  failed: 'stopped working',
};

export function daemonLines(status: DaemonStatus, tell: Tell): string {
  const reason = status.reason === null ? '' : ` (${status.reason})`;
  const lines = [`daemon    ${tell(STATES[status.state])}${reason}`];
  if (status.wrongSecrets > 0) {
    lines.push(tell(`tried     ${status.wrongSecrets} wrong since it was opened last`));
  }
  if (status.status !== null) lines.push(...profileLines(status.status, tell));
  if (status.window !== null) lines.push(tell('window    tacet open'));
  return lines.join('\n');
}

/** What the line shows beside its level. */
function transferLine({ transfer }: ProfileStatus): string[] {
  if (transfer === null) return [];
  const until = new Date(transfer.until).toISOString().slice(11, 16);
  const words = {
    asked: 'the own edge is asked',
    on: `your line shows it until ${until} UTC`,
    refused: `no room at the own edge, asked again at ${until} UTC`,
  };
  return [`transfer  ${words[transfer.state]}`];
}
