/** A person's daemon as a process: its profile on disk, its socket, kill -9 and start again. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Api, MAX_PAGE, type MessageView } from '@tacet/api';
import { AppError } from '@tacet/base';
import { daemonEnvironment } from '@tacet/daemon/environment';
import { Program } from './program.ts';
import { dialDaemon } from './socket.ts';

const ENTRY = fileURLToPath(new URL('../../apps/daemon/bin/tacet-daemon.mjs', import.meta.url));
const KEYCHAIN_ENTRY = fileURLToPath(new URL('./keychain/daemon.mjs', import.meta.url));

export interface DaemonOptions {
  /** Of the profile's folder. */
  readonly name: string;
  /** What the person calls themself; their folder's name when not given. */
  readonly givenName?: string;
  /** Holds the profile `<dir>/<name>`, its keychain or passphrase file, and its log. */
  readonly dir: string;
  /** Another program with the same arguments and door, e.g. one that is measured. */
  readonly entry?: string;
  readonly args?: readonly string[];
  readonly urgent?: boolean;
  /** With its window server; the page must have been built. */
  readonly window?: boolean;
}

export class DaemonProcess {
  readonly name: string;
  readonly profile: string;
  readonly log: string;
  private readonly options: DaemonOptions;
  /**
   * Null: its profile opens with a keychain, without the cost of a passphrase. Windows ask for
   * passphrases, and another program knows of no keychain.
   */
  private readonly passphraseFile: string | null;
  private program: Program | null = null;
  private connection: Api | null = null;
  /** How often it was started. */
  lives = 0;

  constructor(options: DaemonOptions) {
    const { name, dir } = options;
    this.options = options;
    this.name = name;
    this.profile = join(dir, name);
    this.log = join(dir, `${name}.log`);
    const typed = options.entry !== undefined || options.window === true;
    this.passphraseFile = typed ? join(dir, `${name}.passphrase`) : null;
    mkdirSync(this.profile, { recursive: true, mode: 0o700 });
    if (this.passphraseFile !== null && !existsSync(this.passphraseFile)) {
      writeFileSync(this.passphraseFile, randomBytes(12).toString('hex'), { mode: 0o600 });
    }
  }

  get api(): Api {
    if (this.connection === null) {
      throw new AppError('daemon-gone', 'state', `${this.name} is not running`);
    }
    return this.connection;
  }

  /** Its profile is open: calls are answered. */
  get isOpen(): boolean {
    return this.connection !== null;
  }

  get isRunning(): boolean {
    return this.program?.isRunning === true;
  }

  get crashed(): boolean {
    return this.program?.crashed === true;
  }

  get pid(): number {
    return this.program?.pid ?? 0;
  }

  tail(lines?: number): string {
    return this.program?.tail(lines) ?? '';
  }

  /** Starts the process and opens the profile, making it when there is none: from a backup, where one is named. */
  async start(backup?: { readonly folder: string; readonly phrase: string }): Promise<void> {
    const api = await this.startClosed();
    const secret = this.passphrase === null ? { keychain: true } : { passphrase: this.passphrase };
    const { state } = await api.call('status', {});
    if (backup !== undefined) await api.call('backup.restore', { ...backup, ...secret });
    else if (state === 'none') {
      await api.call('profile.create', { name: this.options.givenName ?? this.name, ...secret });
    } else await api.call('profile.unlock', secret);
    this.connection = api;
    this.lives++;
  }

  /** What opens its profile; null: a keychain. */
  get passphrase(): string | null {
    return this.passphraseFile === null ? null : readFileSync(this.passphraseFile, 'utf8');
  }

  /** Starts the process and nothing else; the way to ask it for a window. */
  async startClosed(): Promise<Api> {
    const { entry, args = [], urgent = false, window = false } = this.options;
    const program = new Program({
      name: this.name,
      entry: entry ?? (this.passphraseFile === null ? KEYCHAIN_ENTRY : ENTRY),
      args: [
        ...(this.passphraseFile === null ? ['--keychain', join(this.options.dir, 'keychain')] : []),
        ...['--dir', this.profile, '--ready-fd', '3'],
        ...(window ? [] : ['--no-window']),
        ...args,
      ],
      log: this.log,
      urgent,
      env: daemonEnvironment(process.env),
      ready: { fd: 3, word: '"ready"' },
    });
    this.program = program;
    await program.ready();
    return await dialDaemon(join(this.profile, 'daemon.sock'));
  }

  async kill(): Promise<void> {
    this.connection = null;
    await this.program?.kill();
  }

  /** False when it had to be killed. */
  async stop(): Promise<boolean> {
    this.connection = null;
    return (await this.program?.stop()) ?? true;
  }
}

/** A whole conversation, oldest first. */
export async function allMessages(
  { api }: Pick<DaemonProcess, 'api'>,
  contactId: string,
): Promise<MessageView[]> {
  const pages: MessageView[][] = [];
  for (;;) {
    const before = pages[0]?.[0]?.id;
    const { messages } = await api.call('message.list', {
      contactId,
      limit: MAX_PAGE,
      ...(before === undefined ? {} : { before }),
    });
    pages.unshift(messages);
    if (messages.length < MAX_PAGE) return pages.flat();
  }
}
