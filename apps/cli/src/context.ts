/** What a command gets: its arguments, the daemon, and two ways to speak: text or JSON. */
import type { Api } from '@tacet/api';
import { AppError } from '@tacet/base';
import { parseDuration } from './duration.ts';
import type { ProfilePlace } from './paths.ts';
import { socketOf } from './paths.ts';
import { tokenFrom } from './private-file.ts';
import { safeJson } from './safe.ts';
import { dialDaemon } from './socket.ts';
import { type Tell, tellFor } from './tell.ts';
import type { Terminal } from './terminal.ts';

/** Version of every `--json` shape. Grows when a field changes its meaning or goes. */
export const SCHEMA = 1;

export type Options = Readonly<Record<string, string | boolean | undefined>>;

export class Context {
  readonly terminal: Terminal;
  readonly place: ProfilePlace;
  readonly args: readonly string[];
  readonly json: boolean;
  /** For our own sentences only: names the profile in the commands they mention. */
  readonly tell: Tell;
  private readonly options: Options;
  private connection: Api | null = null;

  constructor(terminal: Terminal, place: ProfilePlace, args: readonly string[], options: Options) {
    this.terminal = terminal;
    this.place = place;
    this.args = args;
    this.options = options;
    this.json = options['json'] === true;
    this.tell = tellFor(place.name);
  }

  /** The argument at `index`; throws `usage` when it is not there. */
  arg(index: number, what: string): string {
    const value = this.args[index];
    if (value === undefined) throw new AppError('usage', 'usage', `${what} is missing`);
    return value;
  }

  text(option: string): string | undefined {
    const value = this.options[option];
    return typeof value === 'string' ? value : undefined;
  }

  flag(option: string): boolean {
    return this.options[option] === true;
  }

  duration(option: string, otherwise: string): number {
    return parseDuration(this.text(option) ?? otherwise);
  }

  async api(): Promise<Api> {
    if (this.connection !== null) return this.connection;
    const file = this.text('token-file');
    const token = file === undefined ? null : tokenFrom(file);
    const connection = await dialDaemon(socketOf(this.place));
    this.connection = connection;
    if (token !== null) await connection.call('auth', { token });
    return connection;
  }

  /** One result: `value` as JSON, or the lines for people. */
  show(value: object, lines: () => string): void {
    if (this.json) this.terminal.out(`${safeJson({ schema: SCHEMA, ...value })}\n`);
    else {
      const text = lines();
      if (text !== '') this.terminal.out(`${text}\n`);
    }
  }

  /** A word beside the result, for people only. */
  note(text: string): void {
    if (!this.json) this.terminal.err(`${this.tell(text)}\n`);
  }

  close(): void {
    this.connection?.close();
  }
}
