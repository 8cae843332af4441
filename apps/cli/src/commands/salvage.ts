/** `salvage`: a new profile of what can still be read of a damaged one. */
import { resolve, sep } from 'node:path';
import type { ResultOf } from '@tacet/api';
import { type Command, NEW_PASSPHRASE_OPTIONS, PASSPHRASE_OPTIONS } from '../command.ts';
import { showTime } from '../duration.ts';
import { profileLines } from '../format.ts';
import { needSecret } from '../passphrase.ts';
import { findProfile } from '../paths.ts';
import { safeLine } from '../safe.ts';
import { withDaemon } from './daemon.ts';

type Found = ResultOf<'profile.salvage'>['contents'];

export const salvage: Command = {
  path: 'salvage',
  summary: 'make a profile, under a name where there is none, of what is left of a damaged one',
  args: '<profile|folder>',
  arity: [1, 1],
  options: { ...PASSPHRASE_OPTIONS, ...NEW_PASSPHRASE_OPTIONS },
  examples: [
    'tacet --profile again salvage default',
    'tacet --profile again salvage /media/old/tacet/default --passphrase-file old.txt --new-keychain',
  ],
  details:
    'The passphrase is that of the damaged profile, the new one is yours to choose. Nothing of the damaged\n' +
    'one is changed. Pages that are damaged are passed over; what a rolling copy has of them is taken from\n' +
    'there, so a text that was deleted since may come back. What is lost is said. The new profile tells its\n' +
    'contacts by itself, as a restored one does. Where you have a backup, compare: it may hold more.',
  async run(context) {
    const named = context.arg(0, 'the damaged profile');
    const folder = named.includes(sep) ? resolve(named) : findProfile(named, process.env).dir;
    const current = await needSecret(context, false);
    const secret = await needSecret(context, true, 'new-');
    const made = await withDaemon(context, [], (api) =>
      api.call('profile.salvage', { folder, current, ...secret }),
    );
    const { status, contents } = made;
    context.show(made, () =>
      [...profileLines(status, context.tell).slice(0, 2), ...foundLines(contents)].join('\n'),
    );
    context.note('contacts are told by itself, once the network is reached');
    context.note('the damaged profile is as it was: keep it until you miss nothing');
    return undefined;
  },
};

function foundLines(found: Found): string[] {
  const now = Date.now();
  const at = (time: number | null, without: string) =>
    time === null ? without : showTime(time, now);
  const lines = [
    `${found.damaged} of ${found.pages} pages are damaged, ${found.repaired} of them a rolling copy had as they were`,
    found.copies.length === 0
      ? 'there was no rolling copy'
      : `rolling copies of ${found.copies.map((time) => showTime(time, now)).join(' and ')}`,
    `${found.contacts} contacts, ${found.messages} messages (${found.messagesCopied} from a rolling copy), ${found.withFiles ? 'with' : 'without'} files`,
  ];
  for (const { name, messages, from, to } of found.conversations) {
    const span = messages === 0 ? '' : `, ${at(from, '?')} to ${at(to, '?')}`;
    lines.push(`  ${safeLine(name)}  ${messages} messages${span}`);
  }
  for (const { from, to, atMost } of found.lost) {
    const many = atMost === null ? 'messages' : `up to ${atMost} messages`;
    lines.push(`lost: ${many} between ${at(from, 'the first')} and ${at(to, 'the last')}`);
  }
  if (found.unnamed > 0)
    lines.push(`lost: who ${found.unnamed} contacts are; their conversations stay`);
  if (found.tables.length > 0) lines.push(`lost in part: ${found.tables.map(safeLine).join(', ')}`);
  if (found.unplaced > 0)
    lines.push(`lost: ${found.unplaced} rows of which nobody can say what they were`);
  if (found.lost.length + found.unnamed + found.tables.length + found.unplaced === 0) {
    lines.push('nothing is lost');
  }
  return lines;
}
