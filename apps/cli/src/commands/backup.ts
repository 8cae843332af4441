/** `backup create|status|test|restore`: everything a profile keeps, in a folder that one phrase opens. */
import { resolve } from 'node:path';
import { type Api, hintFor, type ResultOf, sayingOf } from '@tacet/api';
import { AppError } from '@tacet/base';
import { type Command, PASSPHRASE_OPTIONS } from '../command.ts';
import type { Context } from '../context.ts';
import { parseDays, showBytes, showSpan, showTime } from '../duration.ts';
import { profileLines } from '../format.ts';
import { needSecret } from '../passphrase.ts';
import { handOver, needPhrase, PHRASE_OPTIONS } from '../phrase.ts';
import { safeLine } from '../safe.ts';
import type { Tell } from '../tell.ts';
import { withDaemon } from './daemon.ts';

/** How often it is looked how far a backup is, and how often that is said, ms. */
const LOOK_EVERY = 500;
const SAY_EVERY = 2_000;
const HOUR = 3_600_000;

type Status = ResultOf<'backup.set'>;
type Rolling = ResultOf<'backup.status'>['rolling'];
type Contents = ResultOf<'backup.test'>;

export const backupCreate: Command = {
  path: 'backup create',
  summary: 'make a backup now, and say where and how often',
  arity: [0, 0],
  options: {
    folder: {
      type: 'string',
      value: 'DIR',
      help: 'where backups go (default: beside the profile)',
    },
    every: { type: 'string', value: 'TIME', help: 'how often: 1h to 7d (default 24h)' },
    files: { type: 'boolean', help: 'with the bytes of files and pictures (as it is at first)' },
    'no-files': { type: 'boolean', help: 'without them' },
    whole: { type: 'boolean', help: 'write all of it anew, also what did not change' },
    'new-phrase': { type: 'boolean', help: 'make another recovery phrase' },
    'save-phrase': {
      type: 'string',
      value: 'FILE',
      help: 'have a new recovery phrase written there instead of shown',
    },
  },
  examples: [
    'tacet backup create --folder /media/stick/tacet',
    'tacet backup create --every 12h --no-files',
    'tacet backup create --new-phrase',
  ],
  details:
    'The first time a recovery phrase is made: twelve words, shown once, the only thing that opens\n' +
    'backups. From then on the daemon makes them by itself while it runs; only what changed is\n' +
    'written. What you delete or what disappears is out of them after the next one. Whoever sees the\n' +
    'folder twice sees how much changed. A disk of its own, kept elsewhere, helps when this one is lost.',
  async run(context) {
    const api = await context.api();
    const before = await api.call('backup.status', {});
    const wanted = changes(context);
    if (!before.phrase || context.flag('new-phrase')) {
      const { phrase } = await api.call('backup.phrase', {});
      await handOver(context, phrase);
      await api.call('backup.set', { phrase, ...wanted });
    } else if (Object.keys(wanted).length > 0 || before.folder === null) {
      await api.call('backup.set', wanted);
    }
    const whole = context.flag('whole');
    const made = await watched(context, api, () => api.call('backup.create', { whole }));
    context.show(made, () => statusLines(made, context.tell).join('\n'));
    context.note(`${made.written} of ${made.pieces} pieces were written`);
    if (!before.phrase) context.note('next: tacet backup test');
    return undefined;
  },
};

export const backupStatus: Command = {
  path: 'backup status',
  summary: 'where backups go, when the last one was made, and why the next was not',
  arity: [0, 0],
  examples: ['tacet backup status', 'tacet backup status --json'],
  async run(context) {
    const status = await (await context.api()).call('backup.status', {});
    context.show(status, () =>
      [...statusLines(status, context.tell), ...rollingLines(status.rolling)].join('\n'),
    );
    return undefined;
  },
};

export const backupTest: Command = {
  path: 'backup test',
  summary:
    'decrypt all of a backup with your phrase, open the copy, and say what it would bring back',
  args: '[folder]',
  arity: [0, 1],
  options: PHRASE_OPTIONS,
  examples: [
    'tacet backup test',
    'tacet backup test /media/stick/tacet --phrase-fd 3 3<phrase.txt',
  ],
  details:
    'Changes nothing. Takes room for one copy of the profile while it runs, encrypted as it is.',
  async run(context) {
    const api = await context.api();
    const phrase = await needPhrase(context);
    const folder = context.args[0];
    const asked = { phrase, ...(folder === undefined ? {} : { folder: resolve(folder) }) };
    const found = await watched(context, api, () => api.call('backup.test', asked));
    context.show(found, () => ['whole; it would bring back', ...contentLines(found)].join('\n'));
    return undefined;
  },
};

export const backupRestore: Command = {
  path: 'backup restore',
  summary: 'make a profile from a backup, under a name where there is none',
  args: '<folder>',
  arity: [1, 1],
  options: { ...PHRASE_OPTIONS, ...PASSPHRASE_OPTIONS },
  examples: [
    'tacet backup restore /media/stick/tacet',
    'tacet --profile again backup restore /media/stick/tacet --phrase-file phrase.txt --keychain',
  ],
  details:
    'The passphrase is that of the new profile, and is yours to choose. Contacts are told by itself,\n' +
    'under keys that only you and they have, and a daemon that runs elsewhere on this profile stops.\n' +
    'People met since the backup are found by the phrase as long as boxes live; one of more than 60\n' +
    'days ago may need new meetings.',
  async run(context) {
    const folder = resolve(context.arg(0, 'the folder of the backup'));
    const phrase = await needPhrase(context);
    const secret = await needSecret(context, true);
    const made = await withDaemon(context, [], (api) =>
      watched(context, api, () => api.call('backup.restore', { folder, phrase, ...secret })),
    );
    const { status, contents } = made;
    context.show(made, () =>
      [...profileLines(status, context.tell).slice(0, 2), ...contentLines(contents)].join('\n'),
    );
    context.note('contacts are told by itself, once the network is reached');
    context.note('backups of this profile go nowhere yet: tacet backup create --folder DIR');
    return undefined;
  },
};

type Changes = { folder?: string; hours?: number; files?: boolean };

function changes(context: Context): Changes {
  const folder = context.text('folder');
  const every = context.text('every');
  const [files, none] = [context.flag('files'), context.flag('no-files')];
  if (files && none) throw new AppError('usage', 'usage', 'say --files or --no-files');
  const hours = every === undefined ? null : parseDays(every) / HOUR;
  if (hours !== null && !(Number.isInteger(hours) && hours >= 1 && hours <= 168)) {
    throw new AppError(
      'usage',
      'usage',
      '--every takes whole hours, 1h to 168h, or days, 1d to 7d',
    );
  }
  return {
    ...(folder === undefined ? {} : { folder: resolve(folder) }),
    ...(hours === null ? {} : { hours }),
    ...(files || none ? { files } : {}),
  };
}

/** Says how far it is while it is under way. */
async function watched<T>(context: Context, api: Api, work: () => Promise<T>): Promise<T> {
  const run = work();
  const over = run.then(
    () => true,
    () => true,
  );
  const begun = performance.now();
  let said = begun;
  for (;;) {
    const pause = new Promise<false>((wake) => setTimeout(() => wake(false), LOOK_EVERY).unref());
    if (await Promise.race([over, pause])) return await run;
    if (performance.now() - said < SAY_EVERY) continue;
    const { backup } = await api.call('status', {});
    if (backup === null || backup.done === 0) continue;
    said = performance.now();
    const left = ((said - begun) * (backup.total - backup.done)) / backup.done;
    context.note(`${backup.done} of ${backup.total} pieces; about ${showSpan(left)} left`);
  }
}

function statusLines(status: Status, tell: Tell): string[] {
  const { phrase, folder, hours, files, last, failed, due } = status;
  const now = Date.now();
  if (!phrase) return ['no backup', tell('make one: tacet backup create')];
  const lines = [
    folder === null ? 'backups go nowhere' : `folder  ${safeLine(folder)}`,
    `every   ${hours} h, ${files ? 'with' : 'without'} files`,
    last === null
      ? 'last    none yet'
      : `last    ${showTime(last.at, now)}, number ${last.number}, ${showBytes(last.bytes)}`,
  ];
  if (due !== null) lines.push(`next    ${due <= now ? 'now' : showTime(due, now)}`);
  if (failed !== null) {
    lines.push(`not made, ${showTime(failed.at, now)}: ${sayingOf(failed.code) ?? failed.code}`);
    const hint = hintFor(failed.code);
    if (hint !== null) lines.push(tell(hint));
  }
  return lines;
}

/** Copies beside the profile, which nobody has to ask for. */
function rollingLines({ kept, failed }: Rolling): string[] {
  const now = Date.now();
  const times = kept.map((at) => showTime(at, now));
  const lines = [`here    ${times.length === 0 ? 'no rolling copy yet' : times.join(' and ')}`];
  if (failed !== null) {
    const why = sayingOf(failed.code) ?? failed.code;
    lines.push(`no rolling copy made, ${showTime(failed.at, now)}: ${why}`);
  }
  return lines;
}

function contentLines(contents: Contents): string[] {
  const { at, profile, contacts, messages, files, withFiles, bytes } = contents;
  return [
    `the profile ${safeLine(profile)} as it was ${showTime(at, Date.now())}`,
    `${contacts} contacts, ${messages} messages, ${withFiles ? `${files} files` : 'no bytes of files'}, ${showBytes(bytes)}`,
  ];
}
