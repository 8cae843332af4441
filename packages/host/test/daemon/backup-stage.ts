/** Whole daemons on real files, for tests of backups. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { DaemonStatus, ParamsOf, ResultOf } from '@tacet/api';
import { isAppError } from '@tacet/base';
import { type Caller, type RunningDaemon, startDaemon } from '../../src/daemon/index.ts';

export const root = mkdtempSync(join(tmpdir(), 'tacet-backups-'));
const running = new Set<RunningDaemon>();
after(async () => {
  await Promise.all([...running].map((daemon) => daemon.stop()));
  rmSync(root, { recursive: true, force: true });
});
const owner: Caller = { kind: 'socket' };
export const refused = (code: string) => (error: unknown) => isAppError(error, code);

export async function start(name: string) {
  const lines: string[] = [];
  const daemon = await startDaemon({
    dir: join(root, name),
    version: '0.1.0',
    page: null,
    write: (line) => lines.push(line),
    onStop: () => {},
  });
  running.add(daemon);
  const call = (method: string, params: object = {}) => daemon.core.call(method, params, owner);
  return {
    lines,
    call,
    status: async () => (await call('status')) as DaemonStatus,
    stop: async () => {
      running.delete(daemon);
      await daemon.stop();
    },
  };
}

export type Started = Awaited<ReturnType<typeof start>>;
export const OTHER = 'legal winner thank year wave sausage worth useful legal winner thank yellow';

/** A new profile that writes notes to itself. */
export async function withNotes(name: string) {
  const daemon = await start(name);
  await daemon.call('profile.create', { name: 'Alice', passphrase: 'right' });
  const { id } = (await daemon.call('note.open')) as ResultOf<'note.open'>;
  const say = (text: string) => {
    const words: ParamsOf<'message.send'> = { contactId: id, text, clientId: text.slice(0, 60) };
    return daemon.call('message.send', words);
  };
  const texts = async (of: Started) => {
    const list = await of.call('message.list', { contactId: id, limit: 10 });
    return (list as ResultOf<'message.list'>).messages.map(({ text }) => text);
  };
  return { daemon, say, texts };
}

/** Its first backup; returns the phrase. */
export async function backUp(daemon: Started, folder: string): Promise<string> {
  const { phrase } = (await daemon.call('backup.phrase')) as { phrase: string };
  await daemon.call('backup.set', { phrase, folder, hours: 12 });
  await daemon.call('backup.create');
  return phrase;
}
