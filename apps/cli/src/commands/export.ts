/** `conversation export`: what was said, for eyes or for programs. */
import { type Api, type ContactView, fileBytes, MAX_PAGE, type MessageView } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { findContact } from '../contacts.ts';
import { exportHtml } from '../export-html.ts';
import { safeLine } from '../safe.ts';
import { saveFile } from '../save.ts';

export const conversationExport: Command = {
  path: 'conversation export',
  summary: 'save a conversation as a page to read (.html) or as data (.json)',
  args: '<contact> <path>',
  arity: [2, 2],
  options: { force: { type: 'boolean', help: 'write over a file that is there' } },
  examples: [
    'tacet conversation export bob bob.html',
    'tacet conversation export bob bob.json --force',
  ],
  details:
    'The file is not encrypted: whoever has it reads all of it. Messages that disappear, or were\n' +
    'deleted, are not in it. A page has its pictures in it and fetches nothing.',
  async run(context) {
    const path = context.arg(1, 'the path of the file');
    const form = /\.(html|json)$/i.exec(path)?.[1]?.toLowerCase();
    if (form === undefined) {
      throw new AppError('usage', 'usage', 'the path ends in .html or .json');
    }
    const api = await context.api();
    const contact = await findContact(api, context.arg(0, 'the contact'));
    const all = await everything(api, contact, (n) => context.note(`${n} messages read`));
    const messages = whatStays(all);
    const left = all.length - messages.length;
    const pieces =
      form === 'json' ? asJson(contact, messages) : asPage(api, contact, messages, Date.now());
    await saveFile(path, pieces, context.flag('force'));
    const shown = { path, messages: messages.length, leftOut: left };
    context.show(shown, () => `saved: ${safeLine(path)}, ${messages.length} messages`);
    if (left > 0) context.note(`${left} that disappear or were deleted are not in it`);
    context.note('it is not encrypted: keep it where nobody else reads');
    return undefined;
  },
};

/** Without what disappears or was deleted, be it as the quote in an answer. */
function whatStays(all: readonly MessageView[]): MessageView[] {
  const goes = ({ lifetime, deletion }: MessageView): boolean => lifetime !== null || !!deletion;
  const gone = new Set(all.filter(goes).map(({ id }) => id));
  return all
    .filter(({ id }) => !gone.has(id))
    .map((message) => {
      const { replyTo } = message;
      const quoted = replyTo?.messageId ?? null;
      if (replyTo === null || quoted === null || !gone.has(quoted)) return message;
      return { ...message, replyTo: { ...replyTo, excerpt: '' } };
    });
}

/** Oldest first. */
async function everything(
  api: Api,
  { id }: ContactView,
  progress: (n: number) => void,
): Promise<MessageView[]> {
  const pages: MessageView[][] = [];
  let count = 0;
  let place: { readonly before?: string } = {};
  for (;;) {
    const page = { contactId: id, limit: MAX_PAGE, ...place };
    const { messages } = await api.call('message.list', page);
    pages.push(messages);
    count += messages.length;
    if (pages.length % 50 === 0) progress(count);
    const [first] = messages;
    if (first === undefined || messages.length < MAX_PAGE) return pages.reverse().flat();
    place = { before: first.id };
  }
}

/** One object, a message a line. */
function* asJson(contact: ContactView, messages: readonly MessageView[]): Generator<string> {
  const { name, givenName } = contact;
  const head = JSON.stringify({ schema: 1, contact: { name, givenName } });
  yield `${head.slice(0, -1)},"messages":[\n`;
  for (const [n, message] of messages.entries()) {
    yield `${n === 0 ? '' : ',\n'}${JSON.stringify(message)}`;
  }
  yield '\n]}\n';
}

function asPage(
  api: Api,
  contact: ContactView,
  messages: readonly MessageView[],
  now: number,
): AsyncGenerator<string> {
  const picture = async ({ id, file }: MessageView): Promise<Uint8Array | null> => {
    if (file?.kind !== 'picture' || file.state !== 'here') return null;
    return Buffer.concat(await Array.fromAsync(fileBytes(api, id)));
  };
  return exportHtml({ name: contact.name, messages, picture, now });
}
