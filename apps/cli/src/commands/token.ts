/** `token create|list|revoke`: what bots may do. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { TokenScope, TokenView } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { findContact } from '../contacts.ts';
import { parseDays, showDay, showTime } from '../duration.ts';
import { table } from '../format.ts';
import { safeLine } from '../safe.ts';
import { ending, listing } from '../shapes.ts';

const SCOPES: readonly TokenScope[] = ['read', 'send', 'contacts', 'admin'];

export const tokenCreate: Command = {
  path: 'token create',
  summary: 'make a token for a bot; it is shown this once',
  args: '<name>',
  arity: [1, 1],
  options: {
    scope: { type: 'string', value: 'LIST', help: 'read, send, contacts, admin; with commas' },
    contacts: { type: 'string', value: 'LIST', help: 'only these contacts; with commas' },
    expires: {
      type: 'string',
      value: 'TIME',
      help: 'ends after so long: 12h, 30d (default: never)',
    },
    file: { type: 'string', value: 'FILE', help: 'write it to a new file only you can read' },
  },
  examples: [
    'tacet token create weather --scope send --contacts bob --file weather.token',
    'tacet token create archive --scope read --expires 30d',
  ],
  details:
    'Without --file the token goes to standard output. A bot gives it to tacet with --token-file\n' +
    '(tacet --token-file weather.token send bob "rain at five"), or as the\n' +
    'first call on the socket: {"jsonrpc":"2.0","id":1,"method":"auth","params":{"token":"..."}}.',
  async run(context) {
    const scopes = scopesOf(context.text('scope') ?? '');
    const expires = context.text('expires');
    const expiresAt =
      expires === undefined ? undefined : Math.floor(Date.now() + parseDays(expires));
    const file = context.text('file');
    const named = context.text('contacts');
    const api = await context.api();
    const contacts: string[] = [];
    for (const one of named?.split(',') ?? [])
      contacts.push((await findContact(api, one.trim())).id);
    // Before the token is made: one that cannot be written down would be lost.
    const write = file === undefined ? null : newFile(file);
    const { token, secret } = await api.call('token.create', {
      name: context.arg(0, 'the name'),
      scopes,
      ...(named === undefined ? {} : { contacts }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    write?.(`${secret}\n`);
    context.show({ token, ...(file === undefined ? { secret } : { file }) }, () =>
      file === undefined ? secret : `token ${token.id} is in ${safeLine(file)}`,
    );
    return undefined;
  },
};

export const tokenList = listing({
  path: 'token list',
  summary: 'tokens of bots, with what they may do',
  method: 'token.list',
  lines: ({ tokens }) => tokenTable(tokens),
});

export const tokenRevoke = ending({
  path: 'token revoke',
  summary: 'end a token, and what is connected with it, at once',
  of: 'token',
  example: 'tacet token revoke 3',
  method: 'token.revoke',
  state: 'revoked',
});

function scopesOf(text: string): TokenScope[] {
  const words = text.split(',').map((word) => word.trim());
  const scopes = SCOPES.filter((scope) => words.includes(scope));
  if (words.length !== scopes.length) {
    throw new AppError('usage', 'usage', '--scope takes read, send, contacts, admin, with commas');
  }
  return scopes;
}

/** Made first, filled later; what is there already is never written over. */
function newFile(path: string): (text: string) => void {
  try {
    const fd = openSync(path, 'wx', 0o600);
    return (text) => {
      writeSync(fd, text);
      fsyncSync(fd);
      closeSync(fd);
    };
  } catch {
    throw new AppError(
      'token-file',
      'usage',
      'the file of the token is there already, or cannot be made',
    );
  }
}

function tokenTable(tokens: readonly TokenView[]): string {
  if (tokens.length === 0) return 'no tokens';
  const now = Date.now();
  const rows = tokens.map((token) => [
    token.id,
    safeLine(token.name),
    token.scopes.join(','),
    token.contacts === null ? 'all' : String(token.contacts.length),
    token.expiresAt === null
      ? 'never'
      : token.expiresAt <= now
        ? 'expired'
        : showDay(token.expiresAt),
    token.usedAt === null ? 'never' : showTime(token.usedAt, now),
  ]);
  return table(['ID', 'NAME', 'SCOPES', 'CONTACTS', 'EXPIRES', 'USED'], rows);
}
