/** `status`: how the running processes are. */

import { join } from 'node:path';
import { AppError, isAppError } from '@tacet/base';
import {
  askStatus,
  ONE_AUTHORITY,
  readConfig,
  readDescription,
  type StatusAnswer,
} from '@tacet/host/relay';
import { CONFIG, type Command, JSON_OPTION } from '../command.ts';
import { optionalText, textOption } from '../options.ts';
import { span } from '../span.ts';

export const status: Command = {
  path: 'status',
  summary: 'how a running process is, or every process of a folder',
  options: {
    ...CONFIG,
    dir: { type: 'string', value: 'DIR', help: 'folder made by `network create` or `init`' },
    ...JSON_OPTION,
  },
  examples: [
    'tacet-relay status --config net/edge-1/config.json',
    'tacet-relay status --dir net --json',
  ],
  async run({ values }, output) {
    const sockets = socketsOf(optionalText(values, 'config'), () => textOption(values, 'dir'));
    const answers = await Promise.all(
      sockets.map(async ({ name, admin }) => ({ name, ...(await statusOf(admin)) })),
    );
    if (values['json'] === true) output.out(JSON.stringify(answers));
    else {
      for (const { name, status, why } of answers) output.out(text(name, status, why));
      if (answers.some(({ status }) => status?.authorities === 1)) output.out(ONE_AUTHORITY);
    }
    if (answers.every(({ status }) => status?.ready === true)) return;
    throw new AppError('relay-not-ready', 'state', 'not everything runs and is ready');
  },
};

function socketsOf(config: string | undefined, dir: () => string) {
  if (config !== undefined) {
    const { role, admin } = readConfig(config, process.env).config;
    return [{ name: role, admin }];
  }
  const folder = dir();
  return readDescription(folder).processes.map(({ name, admin }) => ({
    name,
    admin: join(folder, admin),
  }));
}

interface Found {
  readonly status: StatusAnswer | null;
  /** Why there is none. */
  readonly why: string | null;
}

async function statusOf(admin: string): Promise<Found> {
  try {
    return { status: await askStatus(admin), why: null };
  } catch (error) {
    if (isAppError(error, 'relay-not-running')) return { status: null, why: 'not running' };
    if (isAppError(error, 'relay-silent')) return { status: null, why: 'does not answer in time' };
    throw error;
  }
}

function text(name: string, status: StatusAnswer | null, why: string | null): string {
  if (status === null) return `${name}: ${why}`;
  const parts = [status.ready ? 'ready' : `not ready: ${status.missing.join('; ')}`];
  const { document, links, leaving, admitted } = status;
  parts.push(
    document === null
      ? 'no document yet'
      : `document of epoch ${document.epoch} with ${document.relays} relays, valid ${span(document.validUntil - Date.now())} more`,
  );
  if (links !== null) parts.push(`links ${links.up} of ${links.wanted}`);
  if (admitted !== null) parts.push(`${admitted} relays admitted`);
  if (status.newLinkKey) parts.push('a new link key waits for documents to name it');
  if (leaving !== null) parts.push(leaving.free ? 'leaving: may be stopped' : 'leaving');
  parts.push(`up ${status.upDays} days, version ${status.version}`);
  return `${name} ${status.identity.slice(0, 16)}: ${parts.join('; ')}`;
}
