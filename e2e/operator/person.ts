/** A person on a machine of their own: the shipped `tacet`, and the daemon's socket to measure by. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api } from '@tacet/api';
import { dialDaemon } from '../lib/socket.ts';
import type { Machines } from './machines.ts';

const PATIENCE = 120_000;

export class PersonMachine {
  readonly name: string;
  private readonly machines: Machines;
  private connection: Api | null = null;

  constructor(machines: Machines, name: string) {
    this.machines = machines;
    this.name = name;
  }

  get api(): Api {
    if (this.connection === null) throw new Error(`${this.name} has no profile yet`);
    return this.connection;
  }

  /** A new profile, its daemon started by the command line as it would be by hand. */
  async create(): Promise<void> {
    const home = this.machines.home(this.name);
    writeFileSync(join(home, 'passphrase'), 'correct horse battery staple', { mode: 0o600 });
    await this.says(`tacet profile create ${this.name} --passphrase-file passphrase`);
    this.connection = await dialDaemon(join(home, 'tacet', 'default', 'daemon.sock'));
  }

  /** A command of the page or the shipped help; it must end well. */
  async says(command: string): Promise<string> {
    const { code, text } = await this.machines.run(this.name, command, PATIENCE);
    if (code !== 0) throw new Error(`${this.name}: \`${command}\` ended with ${code}\n${text}`);
    return text;
  }
}
