/** `file send|get|decline|withdraw`: bytes of any kind, in both directions. */
import { basename, join } from 'node:path';
import { type Api, fileBytes, type MessageView } from '@tacet/api';
import { AppError } from '@tacet/base';
import { bringIn, bringInPicture, bringInVoice, looksLikePicture, sizeOf } from '../bring-in.ts';
import type { Command } from '../command.ts';
import { contactIdOf } from '../contacts.ts';
import type { Context } from '../context.ts';
import { showBytes, showSpan } from '../duration.ts';
import { EXIT } from '../exit.ts';
import { fileWord } from '../file-word.ts';
import { mediaTypeOf } from '../media-type.ts';
import { safeLine } from '../safe.ts';
import { saveFile } from '../save.ts';
import { agree, TRANSFER } from '../transfer.ts';
import { waitFor } from '../wait.ts';
import { CLIENT_ID, clientIdOf } from './talk.ts';

/** Progress is said at most so often, ms. */
const PROGRESS_EVERY = 2_000;

const WAIT = {
  timeout: { type: 'string', value: 'TIME', help: 'how long to wait (default 1h)' },
} as const;

export const fileSend: Command = {
  path: 'file send',
  summary: 'send a file; answers when it is safely kept here',
  args: '<contact> <path>',
  arity: [2, 2],
  options: {
    text: { type: 'string', value: 'TEXT', help: 'words beside it' },
    name: { type: 'string', value: 'NAME', help: 'what it is called there (default: its name)' },
    original: {
      type: 'boolean',
      help: 'a picture, too, as it is, with what the camera wrote into it',
    },
    voice: { type: 'boolean', help: 'a recording (Opus in WebM) as a voice note' },
    large: {
      type: 'boolean',
      help: 'a picture of up to 600 kB instead of 150 kB, a voice note of 4 minutes instead of one',
    },
    wait: { type: 'boolean', help: 'wait until all of it is on their device' },
    ...TRANSFER,
    ...WAIT,
    'client-id': CLIENT_ID,
  },
  examples: [
    'tacet file send bob report.pdf',
    'tacet file send bob report.pdf --text "the new one" --wait --timeout 2h',
    'tacet file send bob holiday.jpg',
    'tacet file send bob scan.png --original',
    'tacet file send bob recording.webm --voice',
    'tacet file send bob report.pdf --transfer --yes',
  ],
  details:
    'It goes in the slots that are there anyway, so it takes its time: a range is said before.\n' +
    'Files above 262 kB are written when the other side wants them. A JPEG, PNG or WebP is a\n' +
    'picture: it is made anew, smaller, without place, time and camera, and is called picture.webp\n' +
    'unless --name says otherwise. With --voice a recording is written anew from its sound, at most\n' +
    'a minute of it, without what the recorder wrote, and is called voice.webm. Everything else goes\n' +
    'as it is, with what programs wrote into it.\n' +
    'With --transfer it goes at a rate of its own, in whole blocks of time: what that costs and\n' +
    'shows is said first, and holds for an hour. With --wait, exit 8 means: still on its way.',
  async run(context) {
    const who = context.arg(0, 'the contact');
    const path = context.arg(1, 'the path of the file');
    const clientId = clientIdOf(context);
    const timeout = context.duration('timeout', '1h');
    const text = context.text('text');
    const given = await sizeOf(path);
    const kind = await kindOf(context, path);
    const api = await context.api();
    const contactId = await contactIdOf(api, who);
    const { made, ...called } = AS[kind];
    const anew = made === null ? null : await made(context, api, path, given);
    const size = anew?.size ?? given;
    const name = context.text('name') ?? called.name ?? basename(path);
    const transfer = await weigh(context, api, size).catch(async (error: unknown) => {
      if (anew !== null) await api.call('file.cancel', { upload: anew.upload });
      throw error;
    });
    const upload = anew?.upload ?? (await bringIn(api, path, size));
    const sent = await api.call('file.send', {
      upload,
      contactId,
      clientId,
      name,
      mediaType: called.mediaType ?? mediaTypeOf(name),
      kind,
      ...(text === undefined ? {} : { text }),
      ...(transfer ? { transfer } : {}),
    });
    if (!context.flag('wait')) return show(context, sent);
    return finish(context, await follow(context, api, sent.id, timeout), 'on their device');
  },
};

export const fileGet: Command = {
  path: 'file get',
  summary: 'fetch a file somebody sent, and save it',
  args: '<message id> [path]',
  arity: [1, 2],
  options: {
    force: { type: 'boolean', help: 'write over a file that is there' },
    ...TRANSFER,
    ...WAIT,
  },
  examples: [
    'tacet file get 12',
    'tacet file get 12 ~/report.pdf --timeout 2h',
    'tacet file get 12 --transfer --yes',
  ],
  details:
    'Without a path it is saved here under its name, made safe. What was not fetched yet is asked\n' +
    'for; that goes on after a timeout (exit 8), and the same command saves it later.',
  async run(context) {
    const id = context.arg(0, 'the id of the message');
    const timeout = context.duration('timeout', '1h');
    const api = await context.api();
    const { file } = await api.call('message.get', { id });
    if (file === null) throw new AppError('file-unknown', 'missing', 'this message has no file');
    const underWay = file.state === 'offered' || file.state === 'wanted';
    if (underWay && context.flag('transfer')) {
      agree(context, (await api.call('file.preview', { size: file.size })).transfer);
      await api.call('file.want', { id, transfer: true });
    } else if (file.state === 'offered') await api.call('file.want', { id });
    const message = await follow(context, api, id, timeout);
    if (message.file?.state !== 'here' && message.direction === 'in') {
      return finish(context, message, 'here');
    }
    const path = context.args[1] ?? join(process.cwd(), file.name);
    await saveFile(path, fileBytes(api, id), context.flag('force'));
    context.show({ id, path, size: file.size }, () => `saved: ${safeLine(path)}`);
    return EXIT.ok;
  },
};

export const fileDecline: Command = {
  path: 'file decline',
  summary: 'do not fetch a file, and say so',
  args: '<message id>',
  arity: [1, 1],
  examples: ['tacet file decline 12'],
  async run(context) {
    const id = context.arg(0, 'the id of the message');
    return show(context, await (await context.api()).call('file.decline', { id }));
  },
};

export const fileWithdraw: Command = {
  path: 'file withdraw',
  summary: 'stop sending a file of yours',
  args: '<message id>',
  arity: [1, 1],
  examples: ['tacet file withdraw 12'],
  details: 'Parts that were written already are of no use to anybody; the message stays.',
  async run(context) {
    const id = context.arg(0, 'the id of the message');
    return show(context, await (await context.api()).call('file.withdraw', { id }));
  },
};

type Kind = 'file' | 'picture' | 'voice';

/** What goes as it was made anew, under a name that says nothing. */
const AS = {
  file: { made: null, name: null, mediaType: null },
  picture: { made: bringInPicture, name: 'picture.webp', mediaType: 'image/webp' },
  voice: { made: bringInVoice, name: 'voice.webm', mediaType: 'audio/webm' },
} as const;

async function kindOf(context: Context, path: string): Promise<Kind> {
  if (context.flag('voice')) return 'voice';
  return !context.flag('original') && (await looksLikePicture(path)) ? 'picture' : 'file';
}

/** What it takes and costs is said; true: in Transfer. Throws `file-too-slow`, and as `agree`. */
async function weigh(context: Context, api: Api, size: number): Promise<boolean> {
  const { leastMs, mostMs, fits, transfer } = await api.call('file.preview', { size });
  if (!fits) {
    throw new AppError(
      'file-too-slow',
      'refused',
      'at the rhythm of this network it would still be under way when its first boxes end',
    );
  }
  context.note(
    `${showBytes(size)}: ${showSpan(leastMs)} to ${showSpan(mostMs)} at the rhythm of now`,
  );
  if (!context.flag('transfer')) return false;
  agree(context, transfer);
  return true;
}

/** Until it is over or the time is; says how far it is. */
async function follow(
  context: Context,
  api: Api,
  id: string,
  timeoutMs: number,
): Promise<MessageView> {
  let said = Number.NEGATIVE_INFINITY;
  let last = '';
  const look = async (): Promise<MessageView> => {
    const { evidence: _, ...message } = await api.call('message.get', { id });
    const word = message.file === null ? '' : fileWord(message.file);
    if (word !== last && performance.now() - said > PROGRESS_EVERY) {
      context.note(word);
      said = performance.now();
      last = word;
    }
    return message;
  };
  const found = await waitFor(api, timeoutMs, async () => {
    const message = await look();
    return isOver(message) ? message : null;
  });
  return found ?? look();
}

function isOver({ file, state }: MessageView): boolean {
  return file === null || !UNDER_WAY.has(file.state) || state === 'failed';
}

const UNDER_WAY: ReadonlySet<string> = new Set(['offered', 'writing', 'written', 'wanted']);

function finish(context: Context, message: MessageView, where: string): number {
  show(context, message);
  if (message.file?.state === 'here') return EXIT.ok;
  if (isOver(message)) {
    const word = message.file === null ? 'gone' : fileWord(message.file);
    throw new AppError('file-ended', 'refused', `it will not come: ${word}`);
  }
  throw new AppError(
    'unconfirmed',
    'network',
    `not all of it is ${where} yet; it goes on by itself`,
  );
}

function show(context: Context, message: MessageView): undefined {
  const { file } = message;
  context.show(message, () =>
    file === null ? 'gone' : `#${message.id} ${safeLine(file.name)}: ${fileWord(file)}`,
  );
  return undefined;
}
