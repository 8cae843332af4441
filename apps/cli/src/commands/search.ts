/** `search` and `message around`: what was said, and where. */
import { MAX_PAGE, type SearchHit } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { findContact } from '../contacts.ts';
import type { Context } from '../context.ts';
import { parseDays, showTime } from '../duration.ts';
import { messageLine } from '../format.ts';
import { safeLine } from '../safe.ts';

export const search: Command = {
  path: 'search',
  summary: 'find messages: best and newest matches first',
  args: '[words]',
  arity: [0, 16],
  options: {
    contact: { type: 'string', value: 'NAME', help: 'only in the conversation with this contact' },
    in: { type: 'boolean', help: 'only what others wrote' },
    out: { type: 'boolean', help: 'only what you wrote' },
    from: { type: 'string', value: 'DATE', help: 'sent at or after: 2026-11-21, or 7d ago' },
    to: { type: 'string', value: 'DATE', help: 'sent before' },
    links: { type: 'boolean', help: 'only with a web link' },
    kind: { type: 'string', value: 'KIND', help: 'text, card or file' },
    limit: { type: 'string', value: 'N', help: `how many, 1 to ${MAX_PAGE} (default 20)` },
    before: { type: 'string', value: 'ID', help: 'go on where an earlier search ended' },
  },
  examples: [
    'tacet search train',
    'tacet search \'"at nine" -monday\' --contact bob --from 30d',
    'tacet search --links --contact bob',
  ],
  details:
    'All words must occur; "words in quotes" in that order; -word must not; the last word may go on,\n' +
    'and so may one with * at its end. See what was around a hit: tacet message around ID.',
  async run(context) {
    const limit = limitOf(context);
    const kind = context.text('kind');
    if (kind !== undefined && kind !== 'text' && kind !== 'card' && kind !== 'file') {
      throw new AppError('usage', 'usage', '--kind takes text, card or file');
    }
    if (context.flag('in') && context.flag('out')) {
      throw new AppError('usage', 'usage', 'give --in or --out, not both');
    }
    const from = dateOf(context, 'from');
    const to = dateOf(context, 'to');
    const before = context.text('before');
    const named = context.text('contact');
    const api = await context.api();
    const contact = named === undefined ? undefined : await findContact(api, named);
    const found = await api.call('search.find', {
      text: context.args.join(' '),
      limit,
      ...(contact === undefined ? {} : { contacts: [contact.id] }),
      ...(context.flag('in') ? { direction: 'in' as const } : {}),
      ...(context.flag('out') ? { direction: 'out' as const } : {}),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(context.flag('links') ? { link: true } : {}),
      ...(kind === undefined ? {} : { kind }),
      ...(before === undefined ? {} : { before }),
    });
    if (context.json) {
      context.show(found, () => '');
      return undefined;
    }
    const { conversations } = await api.call('conversation.list', {});
    const archived = await api.call('conversation.list', { archived: true });
    const names = new Map(
      [...conversations, ...archived.conversations].map(({ id, name }) => [id, name]),
    );
    const lines = found.hits.map((hit) => hitLine(hit, names.get(hit.contactId) ?? '', context));
    context.show(found, () => (lines.length === 0 ? 'nothing found' : lines.join('\n')));
    if (found.next !== null) context.note(`older matches: --before ${found.next}`);
    return undefined;
  },
};

export const messageAround: Command = {
  path: 'message around',
  summary: 'a message with what was said before and after it',
  args: '<message id>',
  arity: [1, 1],
  options: {
    limit: {
      type: 'string',
      value: 'N',
      help: `how many on each side, 1 to ${MAX_PAGE} (default 20)`,
    },
  },
  examples: ['tacet message around 12', 'tacet message around 12 --limit 5'],
  async run(context) {
    const limit = limitOf(context);
    const id = context.arg(0, 'the id of the message');
    const api = await context.api();
    const found = await api.call('message.around', { id, limit });
    const own = found.messages[0];
    const name = own === undefined ? '' : await nameOf(context, own.contactId);
    const now = Date.now();
    context.show(found, () =>
      found.messages
        .map((one) => `${one.id === id ? '>' : ' '} #${one.id}  ${messageLine(one, name, now)}`)
        .join('\n'),
    );
    return undefined;
  },
};

async function nameOf(context: Context, contactId: string): Promise<string> {
  return (await (await context.api()).call('conversation.get', { contactId })).name;
}

function hitLine(hit: SearchHit, name: string, context: Context): string {
  const { text, marks, cutBefore, cutAfter } = hit.excerpt;
  const points = [...text];
  const [on, off] = context.terminal.colour ? ['\u001b[1m', '\u001b[22m'] : ['', ''];
  let at = 0;
  let shown = cutBefore ? '...' : '';
  for (const [start, length] of marks) {
    // Each piece is made harmless by itself: what we put between stays.
    shown += safeLine(points.slice(at, start).join(''));
    shown += `${on}${safeLine(points.slice(start, start + length).join(''))}${off}`;
    at = start + length;
  }
  shown += safeLine(points.slice(at).join('')) + (cutAfter ? '...' : '');
  const who = hit.direction === 'out' ? `you to ${safeLine(name)}` : safeLine(name);
  return `#${hit.id}  ${showTime(hit.sentAt, Date.now())}  ${who}: ${shown}`;
}

function limitOf(context: Context): number {
  const limit = Number(context.text('limit') ?? '20');
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw new AppError('usage', 'usage', `--limit takes 1 to ${MAX_PAGE}`);
  }
  return limit;
}

/** A day of this computer's calendar, or so long ago. */
function dateOf(context: Context, option: string): number | undefined {
  const text = context.text(option);
  if (text === undefined) return undefined;
  if (!/^\d{4}-/.test(text)) return Math.max(0, Date.now() - parseDays(text));
  const at = new Date(/T/.test(text) ? text : `${text}T00:00`).getTime();
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$/.test(text) || Number.isNaN(at)) {
    throw new AppError('usage', 'usage', `--${option} takes a date like 2026-11-21, or 7d`);
  }
  return Math.max(0, at);
}
