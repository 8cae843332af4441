/**
 * Machines of their own: a network namespace each, joined by a bridge in one more, with the addresses of
 * the page. Wants root and `ip` of iproute2; everything it makes goes with `close`.
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** The name a machine has, and its address. */
export type Plan = Readonly<Record<string, string>>;

export interface Outcome {
  readonly code: number;
  readonly text: string;
}

/** Null when namespaces can be made here, else why not. */
export function whyNot(): string | null {
  if (process.platform !== 'linux') return 'network namespaces are a thing of Linux';
  if (process.getuid?.() !== 0) return 'network namespaces want root';
  const probe = `tacet-probe-${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', probe]).status !== 0) {
    return '`ip netns add` is refused or not installed (iproute2)';
  }
  const bridge = spawnSync('ip', ['-n', probe, 'link', 'add', 'b0', 'type', 'bridge']).status === 0;
  spawnSync('ip', ['netns', 'del', probe]);
  return bridge ? null : 'a bridge cannot be made in a network namespace';
}

export class Machines {
  readonly dir: string;
  private readonly prefix: string;
  private readonly plan: Plan;
  private readonly leave = (): void => this.close(true);

  constructor(plan: Plan) {
    this.plan = plan;
    // Namespaces outlive the process that made them, and so does what runs in them.
    process.once('exit', this.leave);
    this.dir = mkdtempSync(join(tmpdir(), 'tacet-operator-'));
    this.prefix = `tacet-${process.pid}`;
    ip('netns', 'add', this.namespace('middle'));
    ip('-n', this.namespace('middle'), 'link', 'add', 'b0', 'type', 'bridge');
    ip('-n', this.namespace('middle'), 'link', 'set', 'b0', 'up');
    for (const [i, [name, address]] of Object.entries(plan).entries()) this.add(name, address, i);
    this.makeTools();
  }

  namespace(name: string): string {
    return `${this.prefix}-${name}`;
  }

  /** The home of whoever works on that machine. */
  home(name: string): string {
    return join(this.dir, name);
  }

  address(name: string): string {
    return this.plan[name] ?? '';
  }

  /** Runs one line of a page as that person would, in their home. */
  run(name: string, command: string, patienceMs: number): Promise<Outcome> {
    return new Promise((resolve) => {
      execFile(
        'ip',
        ['netns', 'exec', this.namespace(name), 'bash', '-c', command],
        { cwd: this.home(name), env: this.environment(name), timeout: patienceMs, maxBuffer: 1e7 },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
          resolve({ code, text: `${stdout}${stderr}` });
        },
      );
    });
  }

  environment(name: string): NodeJS.ProcessEnv {
    return {
      PATH: `${join(this.dir, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`,
      HOME: this.home(name),
      TACET_HOME: join(this.home(name), 'tacet'),
      MACHINES: this.dir,
      LANG: 'C.UTF-8',
    };
  }

  /** Ends what runs on the machines, and the machines. */
  close(keep: boolean): void {
    process.off('exit', this.leave);
    for (const name of [...Object.keys(this.plan), 'middle']) {
      const inside = spawnSync('ip', ['netns', 'pids', this.namespace(name)], { encoding: 'utf8' });
      for (const pid of (inside.stdout ?? '').split('\n').filter((line) => line !== '')) {
        try {
          process.kill(Number(pid), 'SIGKILL');
        } catch {
          // It ended by itself in between.
        }
      }
      spawnSync('ip', ['netns', 'del', this.namespace(name)]);
    }
    if (!keep) rmSync(this.dir, { recursive: true, force: true });
  }

  private add(name: string, address: string, index: number): void {
    const own = this.namespace(name);
    const middle = this.namespace('middle');
    ip('netns', 'add', own);
    ip('-n', own, 'link', 'set', 'lo', 'up');
    ip(
      '-n',
      own,
      'link',
      'add',
      'eth0',
      'type',
      'veth',
      'peer',
      'name',
      `p${index}`,
      'netns',
      middle,
    );
    ip('-n', middle, 'link', 'set', `p${index}`, 'master', 'b0', 'up');
    ip('-n', own, 'addr', 'add', `${address}/32`, 'dev', 'eth0');
    ip('-n', own, 'link', 'set', 'eth0', 'up');
    ip('-n', own, 'route', 'add', 'default', 'dev', 'eth0');
    mkdirSync(this.home(name), { mode: 0o700 });
  }

  /** The two programs, and a `scp` that copies between the homes of the machines. */
  private makeTools(): void {
    const bin = join(this.dir, 'bin');
    mkdirSync(bin);
    const program = (name: string, text: string): void => {
      writeFileSync(join(bin, name), text);
      chmodSync(join(bin, name), 0o755);
    };
    const node = (entry: string) =>
      `#!/bin/sh\nexec ${process.execPath} ${join(REPOSITORY, entry)} "$@"\n`;
    program('tacet-relay', node('apps/relay/bin/tacet-relay.mjs'));
    program('tacet', node('apps/cli/bin/tacet.mjs'));
    program('node', `#!/bin/sh\nexec ${process.execPath} "$@"\n`);
    program(
      'scp',
      '#!/bin/sh\n# scp FILE NAME@ADDRESS:FILE\nset -eu\nto="${2%%@*}"\nexec cp "$1" "$MACHINES/$to/${2#*:}"\n',
    );
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
