/** `conversation`, `draft`, `note`, `message pin|pins`: one's own side of conversations. */
import type { Api, ConversationView } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { parseBytes, parseDays, showBytes, showTime } from '../duration.ts';
import { messageLine, preview, table } from '../format.ts';
import { safeLine, safeText } from '../safe.ts';
import { clientIdOf, textArgument } from './talk.ts';

const OFF = { off: { type: 'boolean', help: 'take it back' } } as const;

export const conversationList: Command = {
  path: 'conversation list',
  summary: 'conversations: pinned first, then by newest message',
  arity: [0, 0],
  options: { archived: { type: 'boolean', help: 'those put away' } },
  examples: ['tacet conversation list', 'tacet conversation list --archived'],
  async run(context) {
    const api = await context.api();
    const archived = context.flag('archived');
    const found = await api.call('conversation.list', { archived });
    context.show(found, () => conversationTable(found.conversations));
    return undefined;
  },
};

interface Switch {
  readonly name: 'pin' | 'archive';
  readonly summary: string;
  readonly call: (api: Api, contactId: string, on: boolean) => Promise<ConversationView>;
}

/** What is on for a conversation until it is taken back. */
function switching({ name, summary, call }: Switch): Command {
  const example = `tacet conversation ${name} bob`;
  return {
    path: `conversation ${name}`,
    summary,
    args: '<contact>',
    arity: [1, 1],
    options: OFF,
    examples: [example, `${example} --off`],
    async run(context) {
      const api = await context.api();
      showSettings(context, await call(api, conversationOf(context), !context.flag('off')));
      return undefined;
    },
  };
}

export const conversationPin = switching({
  name: 'pin',
  summary: 'keep a conversation on top of the list',
  call: (api, contactId, pinned) => api.call('conversation.pin', { contactId, pinned }),
});

export const conversationArchive = switching({
  name: 'archive',
  summary: 'put a conversation away until something new is said in it',
  call: (api, contactId, archived) => api.call('conversation.archive', { contactId, archived }),
});

export const conversationRead: Command = {
  path: 'conversation read',
  summary: 'say that you have read all of a conversation',
  args: '<contact>',
  arity: [1, 1],
  examples: ['tacet conversation read bob'],
  details:
    'From then on messages that disappear have their time. The contact is told only where you ' +
    'chose it: tacet conversation settings.',
  async run(context) {
    const api = await context.api();
    const contactId = conversationOf(context);
    await api.call('conversation.read', { contactId });
    showSettings(context, await api.call('conversation.get', { contactId }));
    return undefined;
  },
};

export const conversationMute: Command = {
  path: 'conversation mute',
  summary: 'be told nothing of a conversation; messages are kept all the same',
  args: '<contact>',
  arity: [1, 1],
  options: {
    for: { type: 'string', value: 'TIME', help: 'for so long: 8h, 7d (default: for ever)' },
    mentions: { type: 'boolean', help: 'be told all the same when you are mentioned' },
    ...OFF,
  },
  examples: ['tacet conversation mute bob --for 8h', 'tacet conversation mute bob --off'],
  async run(context) {
    const span = context.text('for');
    const until = span === undefined ? null : Date.now() + parseDays(span);
    const api = await context.api();
    const mute = context.flag('off') ? null : { until, mentions: context.flag('mentions') };
    const params = { contactId: conversationOf(context), mute };
    showSettings(context, await api.call('conversation.mute', params));
    return undefined;
  },
};

export const conversationSettings: Command = {
  path: 'conversation settings',
  summary: 'show or change what holds in one conversation',
  args: '<contact>',
  arity: [1, 1],
  options: {
    'read-receipts': { type: 'string', value: 'ON|OFF', help: 'tell the contact what you read' },
    'obey-delete': { type: 'string', value: 'ON|OFF', help: 'delete what they ask to delete' },
    fetch: { type: 'string', value: 'SIZE|OFF', help: 'fetch their files up to SIZE unasked' },
  },
  examples: [
    'tacet conversation settings bob',
    'tacet conversation settings bob --read-receipts on',
    'tacet conversation settings bob --fetch 5MB',
  ],
  details: 'How long messages live is told to the contact: tacet timer.',
  async run(context) {
    const readReceipts = onOff(context, 'read-receipts');
    const obeyDelete = onOff(context, 'obey-delete');
    const fetch = context.text('fetch');
    const fetchBytes = fetch === 'off' ? 0 : fetch === undefined ? undefined : parseBytes(fetch);
    const contactId = conversationOf(context);
    const api = await context.api();
    const change = {
      ...(readReceipts === undefined ? {} : { readReceipts }),
      ...(obeyDelete === undefined ? {} : { obeyDelete }),
      ...(fetchBytes === undefined ? {} : { fetchBytes }),
    };
    const shown =
      Object.keys(change).length === 0
        ? await api.call('conversation.get', { contactId })
        : await api.call('conversation.settings', { contactId, ...change });
    showSettings(context, shown);
    return undefined;
  },
};

export const draft: Command = {
  path: 'draft',
  summary: 'show or keep a text that is not sent yet',
  args: '<contact> [text|-]',
  arity: [1, 2],
  options: {
    reply: { type: 'string', value: 'ID', help: 'it answers the message with that id' },
    clear: { type: 'boolean', help: 'keep none' },
  },
  examples: ['tacet draft bob "dear Bob,"', 'tacet draft bob', 'tacet draft bob --clear'],
  details: 'It is kept in the encrypted profile and goes when the same text is sent.',
  async run(context) {
    const contactId = conversationOf(context);
    const replyTo = context.text('reply');
    const clear = context.flag('clear');
    const api = await context.api();
    const shown =
      context.args.length === 1 && !clear
        ? await api.call('conversation.get', { contactId })
        : await api.call('draft.set', {
            contactId,
            text: clear ? '' : await textArgument(context, 1),
            ...(replyTo === undefined ? {} : { replyTo }),
          });
    context.show({ draft: shown.draft }, () =>
      shown.draft === null ? 'no draft' : safeText(shown.draft.text),
    );
    return undefined;
  },
};

export const note: Command = {
  path: 'note',
  summary: 'write a note to yourself, or show the newest; nothing is sent',
  args: '[text|-]',
  arity: [0, 1],
  examples: ['tacet note "buy bread"', 'tacet note'],
  async run(context) {
    const api = await context.api();
    const { id: contactId } = await api.call('note.open', {});
    if (context.args.length === 0) {
      const { messages } = await api.call('message.list', { contactId, limit: 20 });
      const now = Date.now();
      context.show({ messages }, () =>
        messages.map((one) => messageLine(one, 'you', now)).join('\n'),
      );
      return undefined;
    }
    const text = await textArgument(context, 0);
    const kept = { contactId, text, clientId: clientIdOf(context) };
    const message = await api.call('message.send', kept);
    context.show(message, () => 'kept');
    return undefined;
  },
};

export const messagePin: Command = {
  path: 'message pin',
  summary: 'keep a message at hand in its conversation',
  args: '<message id>',
  arity: [1, 1],
  options: OFF,
  examples: ['tacet message pin 12', 'tacet message pin 12 --off'],
  async run(context) {
    const id = context.arg(0, 'the id of the message');
    const pinned = !context.flag('off');
    await (await context.api()).call('message.pin', { id, pinned });
    context.show({ id, pinned }, () => (pinned ? 'pinned' : 'unpinned'));
    return undefined;
  },
};

export const messagePins: Command = {
  path: 'message pins',
  summary: 'the pinned messages of a conversation, newest pin first',
  args: '<contact>',
  arity: [1, 1],
  examples: ['tacet message pins bob'],
  async run(context) {
    const api = await context.api();
    const { id: contactId, name } = await api.call('conversation.get', {
      contactId: conversationOf(context),
    });
    const found = await api.call('message.pins', { contactId });
    const now = Date.now();
    context.show(found, () =>
      found.messages.map((one) => `#${one.id}  ${messageLine(one, name, now)}`).join('\n'),
    );
    return undefined;
  },
};

/** By id or name, as the daemon takes it: the notes to self among them. */
function conversationOf(context: Context): string {
  return context.arg(0, 'the contact');
}

function onOff(context: Context, option: string): boolean | undefined {
  const text = context.text(option);
  if (text === undefined || text === 'on' || text === 'off') {
    return text === undefined ? undefined : text === 'on';
  }
  throw new AppError('usage', 'usage', `--${option} takes on or off`);
}

function showSettings(context: Context, view: ConversationView): void {
  const { settings } = view;
  const word = (on: boolean): string => (on ? 'on' : 'off');
  context.show(view, () =>
    [
      `name           ${safeLine(view.name)}`,
      `pinned         ${word(view.pinned)}`,
      `archived       ${word(view.archived)}`,
      `mute           ${muteWord(view)}`,
      `read-receipts  ${word(settings.readReceipts)}`,
      `obey-delete    ${word(settings.obeyDelete)}`,
      `fetch          ${settings.fetchBytes === 0 ? 'off' : showBytes(settings.fetchBytes)}`,
      `timer          ${settings.timer === 0 ? 'off' : `${settings.timer} s`}`,
    ].join('\n'),
  );
}

function muteWord({ mute }: ConversationView): string {
  if (mute === null || (mute.until !== null && mute.until <= Date.now())) return 'off';
  const until = mute.until === null ? 'for ever' : `until ${showTime(mute.until, Date.now())}`;
  return mute.mentions ? `${until}, but for mentions` : until;
}

function conversationTable(all: readonly ConversationView[]): string {
  if (all.length === 0) return 'none';
  const now = Date.now();
  const rows = all.map((one) => {
    const signs = [
      ...(one.pinned ? ['pinned'] : []),
      ...(muteWord(one) === 'off' ? [] : ['muted']),
      ...(one.draft === null ? [] : ['draft']),
    ];
    const last = one.lastMessage;
    return [
      safeLine(one.name),
      one.unread === 0 ? '' : String(one.unread),
      signs.join(' '),
      last === null ? '' : `${showTime(last.sentAt, now)} ${preview(last)}`,
    ];
  });
  return table(['NAME', 'UNREAD', 'SIGNS', 'LAST'], rows);
}
