/** A home folder with real daemons, driven by the real command line; ends all it started. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome, tacet } from '../lib/tacet.ts';

export class Home {
  readonly dir = mkdtempSync(join(tmpdir(), 'tacet-e2e-'));
  private readonly profiles = new Set<string>();

  constructor() {
    this.secret('pass', 'correct horse battery');
  }

  /** A file of mode 0600 with that text. */
  secret(name: string, text: string): string {
    const file = join(this.dir, name);
    writeFileSync(file, `${text}\n`, { mode: 0o600 });
    chmodSync(file, 0o600);
    return file;
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  /** Runs `tacet --profile PROFILE ...`; `env` is added to a bare environment. */
  tacet(
    profile: string,
    argv: readonly string[],
    env: NodeJS.ProcessEnv = {},
    input?: Uint8Array,
  ): Promise<Outcome> {
    this.profiles.add(profile);
    return tacet(this.dir, profile, argv, { env, input });
  }

  async json(profile: string, argv: readonly string[]): Promise<Record<string, unknown>> {
    const { out, err, code } = await this.tacet(profile, [...argv, '--json']);
    if (code !== 0) throw new Error(`exit ${code}: ${err}`);
    return JSON.parse(out) as Record<string, unknown>;
  }

  /** A profile with the passphrase in `pass`, its daemon running. */
  async create(profile: string): Promise<void> {
    const pass = this.path('pass');
    const made = await this.tacet(profile, [
      'profile',
      'create',
      profile,
      '--passphrase-file',
      pass,
    ]);
    if (made.code !== 0) throw new Error(made.err);
  }

  log(profile: string): string {
    return readFileSync(this.path(profile, 'daemon.log'), 'utf8');
  }

  async end(): Promise<void> {
    for (const profile of this.profiles) await this.tacet(profile, ['down']);
    rmSync(this.dir, { recursive: true, force: true });
  }
}
