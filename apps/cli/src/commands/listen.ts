/** `listen`: what arrives, as it arrives. */
import type { Api, ConversationView, EventView, MessageView } from '@tacet/api';
import { AppError, isAppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { type Context, SCHEMA } from '../context.ts';
import { messageLine } from '../format.ts';
import { safeJson } from '../safe.ts';
import { alarmLine } from './alarms.ts';

export const listen: Command = {
  path: 'listen',
  summary: 'print messages as they arrive, until Ctrl-C',
  arity: [0, 0],
  options: {
    consumer: { type: 'string', value: 'NAME', help: 'remember the place under this name' },
    from: { type: 'string', value: 'CURSOR', help: 'start after this event (0: the first)' },
    count: { type: 'string', value: 'N', help: 'end after N received messages' },
    muted: { type: 'boolean', help: 'also what arrives in muted conversations' },
  },
  examples: [
    'tacet listen',
    'tacet listen --json | jq -r .message.text',
    'tacet listen --consumer archive --json >> archive.ndjson',
  ],
  details:
    'With --json every event of the log is one line, muted or not; events of messages carry the message.\n' +
    'With --consumer nothing is lost between two runs; an event may then come twice. A place so old that\n' +
    'events after it are gone is said: with --json as a line of its own, {lost, oldest}.',
  async run(context) {
    const consumer = context.text('consumer');
    const from = context.text('from');
    const count = natural(context.text('count'), '--count', Number.POSITIVE_INFINITY);
    const api = await context.api();
    const place = await api.call('events.position', consumer === undefined ? {} : { consumer });
    const start = consumer === undefined ? place.newest : place.acknowledged;
    let cursor = natural(from, '--from', start);
    let received = 0;
    while (received < count) {
      const page = await api.call('events.read', { cursor, max: 100, waitMs: 60_000 });
      if (page.lost > 0) gap(context, page.lost, page.oldest);
      for (const event of page.events) {
        if (await print(context, api, event)) received += 1;
        if (received >= count) {
          cursor = event.cursor;
          break;
        }
        cursor = event.cursor;
      }
      if (consumer !== undefined && page.events.length > 0) {
        await api.call('events.ack', { consumer, cursor });
      }
    }
    return undefined;
  },
};

function natural(text: string | undefined, option: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,15}$/.test(text)) throw new AppError('usage', 'usage', `${option} takes a number`);
  return Number(text);
}

/** Events that are gone: who relies on them looks at the conversations anew. */
function gap(context: Context, lost: number, oldest: number): void {
  if (context.json) line(context, { lost, oldest });
  context.note(`${lost} events before ${oldest} are no longer kept; see: tacet message list`);
}

/** True for a received message. */
async function print(context: Context, api: Api, event: EventView): Promise<boolean> {
  const about = event.kind === 'message' || event.kind === 'message-state';
  if (!about) {
    if (context.json) line(context, { event });
    else if (event.kind === 'alarm') context.note(alarmLine(event.subject));
    return false;
  }
  let message: Awaited<ReturnType<typeof api.call<'message.get'>>>;
  try {
    message = await api.call('message.get', { id: event.subject });
  } catch (error) {
    if (!isAppError(error) || error.kind !== 'missing') throw error;
    // Gone since then; that something happened is still an event.
    if (context.json) line(context, { event });
    return false;
  }
  const { name, mute } = await api.call('conversation.get', { contactId: message.contactId });
  const { evidence: _, ...view } = message;
  const now = Date.now();
  const isNew = event.kind === 'message' && message.direction === 'in';
  if (context.json) line(context, { event, contact: name, message: view });
  else if (isMuted(mute, message, now) && !context.flag('muted')) return false;
  else if (isNew) context.terminal.out(`${messageLine(message, name, now)}\n`);
  return isNew;
}

/** Its owner wants to be told nothing of it now, and it is no mention that counts. */
function isMuted(
  mute: ConversationView['mute'],
  { mentioned }: Pick<MessageView, 'mentioned'>,
  now: number,
): boolean {
  if (mute === null || (mute.until !== null && mute.until <= now)) return false;
  return !(mute.mentions && mentioned);
}

function line(context: Context, value: object): void {
  context.terminal.out(`${safeJson({ schema: SCHEMA, ...value })}\n`);
}
