/**
 * A Redis cluster of six real servers on loopback: three primaries and a replica of each, every one
 * with a folder of its own. Needs `redis-server` and `redis-cli` (tools/redis.ts finds them, or
 * installs Debian's package; `TACET_REDIS` names the server).
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { endWithUs } from './children.ts';
import { leasePorts } from './ports.ts';

const HOST = '127.0.0.1';
const PRIMARIES = 3;
const SLOTS = 16_384;
const PATIENCE_MS = 30_000;
/** Nodes that are to find each other talk often. */
const FORMING_TIMEOUT_MS = 1_000;
const STEP_MS = 25;
/** A node that was stopped answers nobody. */
const ANSWER_MS = 5_000;

export interface RedisClusterOptions {
  readonly appendfsync?: 'everysec' | 'always';
  readonly password?: string;
  /** PEM files; nodes then speak TLS only, and want a certificate of their callers. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
  /**
   * How soon a silent primary counts as failed; half a minute unless a test waits for that: on a busy
   * computer a node that lives is silent for seconds.
   */
  readonly nodeTimeoutMs?: number;
  /** Lines for every node's configuration. */
  readonly settings?: readonly string[];
}

export interface RedisNode {
  readonly port: number;
  readonly busPort: number;
  readonly dir: string;
  child: ChildProcess | null;
}

export class RedisCluster {
  /** Primaries first, then their replicas in the same order: as made, not as they are now. */
  readonly nodes: readonly RedisNode[];
  readonly dir: string;
  private readonly options: RedisClusterOptions;

  static async start(options: RedisClusterOptions = {}): Promise<RedisCluster> {
    const cluster = new RedisCluster(options, await leasePorts(4 * PRIMARIES));
    try {
      await Promise.all(cluster.nodes.map((_, i) => cluster.restart(i)));
      await cluster.form();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  private constructor(options: RedisClusterOptions, ports: readonly number[]) {
    this.options = options;
    this.dir = mkdtempSync(join(tmpdir(), 'tacet-redis-'));
    this.nodes = Array.from({ length: 2 * PRIMARIES }, (_, i) => {
      const [port = 0, busPort = 0] = ports.slice(2 * i);
      const dir = join(this.dir, String(i));
      mkdirSync(dir);
      writeFileSync(join(dir, 'redis.conf'), this.configuration(port, busPort), { mode: 0o600 });
      return { port, busPort, dir, child: null };
    });
  }

  get addresses(): { host: string; port: number }[] {
    return this.nodes.map(({ port }) => ({ host: HOST, port }));
  }

  /** What `redis-cli` prints. */
  async ask(i: number, ...command: readonly string[]): Promise<string> {
    const { port } = this.node(i);
    const { tls, password } = this.options;
    const secure = tls ? ['--tls', '--cacert', tls.ca, '--cert', tls.cert, '--key', tls.key] : [];
    const { stdout } = await promisify(execFile)(
      join(dirname(server()), 'redis-cli'),
      ['-h', HOST, '-p', String(port), ...secure, ...command],
      {
        timeout: ANSWER_MS,
        env: { ...process.env, ...(password === undefined ? {} : { REDISCLI_AUTH: password }) },
      },
    );
    return stdout.trimEnd();
  }

  /** Ends a node as a power cut would, but for what the system had taken already. */
  async kill(i: number): Promise<void> {
    const node = this.node(i);
    const { child } = node;
    if (child === null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    node.child = null;
  }

  /** SIGSTOP or SIGCONT. */
  signal(i: number, name: 'SIGSTOP' | 'SIGCONT'): void {
    this.node(i).child?.kill(name);
  }

  /** Starts a node that is not running, and waits until it answers. */
  async restart(i: number): Promise<void> {
    const node = this.node(i);
    const log = openSync(join(node.dir, 'log'), 'a');
    const child = spawn(server(), [join(node.dir, 'redis.conf')], {
      cwd: node.dir,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    node.child = child;
    endWithUs(child);
    let missing: unknown = null;
    child.once('error', (error) => {
      missing = error;
    });
    await until(`node ${i} answers`, async () => {
      if (missing !== null || child.exitCode !== null) {
        throw new Error(`redis-server did not start:\n${logOf(node)}`, { cause: missing });
      }
      return this.isUp(node);
    });
  }

  /** Waits until node `i` is what the others take it for. */
  async untilRole(i: number, role: 'master' | 'slave'): Promise<void> {
    await until(`node ${i} is ${role}`, async () =>
      (await this.ask(i, 'INFO', 'replication')).includes(`role:${role}`),
    );
  }

  /** Every slot has a primary, every primary a replica that has caught up, and all nodes know it. */
  async untilWhole(): Promise<void> {
    for (const i of this.nodes.keys()) {
      await until(`node ${i} finds the cluster whole`, async () => {
        if (!(await this.ask(i, 'CLUSTER', 'INFO')).includes('cluster_state:ok')) return false;
        // A replica stands there when it does not seem to fail, and has told that it has data.
        const listed = new Set((await this.ask(i, 'CLUSTER', 'SLOTS')).split('\n'));
        if (!this.nodes.every(({ port }) => listed.has(String(port)))) return false;
        const replication = await this.ask(i, 'INFO', 'replication');
        return replication.includes('role:slave')
          ? replication.includes('master_link_status:up')
          : /connected_slaves:[1-9]/.test(replication) && replication.includes('state=online');
      });
    }
  }

  async stop(): Promise<void> {
    for (const i of this.nodes.keys()) this.signal(i, 'SIGCONT');
    await Promise.all(this.nodes.map((_, i) => this.kill(i)));
    rmSync(this.dir, { recursive: true, force: true });
  }

  private node(i: number): RedisNode {
    const node = this.nodes[i];
    if (node === undefined) throw new Error(`there is no node ${i}`);
    return node;
  }

  /** Whether it has loaded its data. Asked often, so without a program for each time. */
  private isUp({ port }: RedisNode): Promise<boolean> {
    const { tls } = this.options;
    return new Promise((resolve) => {
      const socket = tls
        ? connectTls({ host: HOST, port, rejectUnauthorized: false, ...pemOf(tls) })
        : connect({ host: HOST, port });
      socket.setTimeout(ANSWER_MS, () => socket.destroy());
      socket.on('error', () => resolve(false));
      socket.on('close', () => resolve(false));
      socket.once('data', (bytes: Buffer) => {
        resolve(/^(\+PONG|-NOAUTH)/.test(bytes.toString('latin1')));
        socket.destroy();
      });
      socket.write('PING\r\n');
    });
  }

  private async form(): Promise<void> {
    const share = Math.ceil(SLOTS / PRIMARIES);
    for (let i = 0; i < PRIMARIES; i++) {
      const last = Math.min(SLOTS, (i + 1) * share) - 1;
      await this.ask(i, 'CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1));
      await this.ask(i, 'CLUSTER', 'ADDSLOTSRANGE', String(i * share), String(last));
    }
    for (const { port, busPort } of this.nodes.slice(1)) {
      await this.ask(0, 'CLUSTER', 'MEET', HOST, String(port), String(busPort));
    }
    for (const i of this.nodes.keys()) {
      await until(`node ${i} knows all others`, async () =>
        (await this.ask(i, 'CLUSTER', 'INFO')).includes(`cluster_known_nodes:${2 * PRIMARIES}`),
      );
    }
    for (let i = 0; i < PRIMARIES; i++) {
      const id = await this.ask(i, 'CLUSTER', 'MYID');
      await this.ask(PRIMARIES + i, 'CLUSTER', 'REPLICATE', id);
    }
    await this.untilWhole();
    // With a long timeout nodes speak seldom: what one missed until now it would learn late.
    const { nodeTimeoutMs = 30_000 } = this.options;
    for (const i of this.nodes.keys()) {
      await this.ask(i, 'CONFIG', 'SET', 'cluster-node-timeout', String(nodeTimeoutMs));
    }
    await this.untilWhole();
  }

  private configuration(port: number, busPort: number): string {
    const { appendfsync = 'everysec', password, tls } = this.options;
    return [
      `bind ${HOST}`,
      tls ? `port 0\ntls-port ${port}` : `port ${port}`,
      `cluster-port ${busPort}`,
      'cluster-enabled yes',
      'cluster-config-file nodes.conf',
      `cluster-node-timeout ${FORMING_TIMEOUT_MS}`,
      'cluster-require-full-coverage no',
      'cluster-allow-replica-migration no',
      'appendonly yes',
      `appendfsync ${appendfsync}`,
      'save ""',
      'maxmemory-policy noeviction',
      'repl-diskless-sync-delay 0',
      'repl-ping-replica-period 1',
      ...(password === undefined
        ? []
        : [`requirepass ${JSON.stringify(password)}`, `masterauth ${JSON.stringify(password)}`]),
      ...(tls
        ? [
            `tls-ca-cert-file ${tls.ca}`,
            `tls-cert-file ${tls.cert}`,
            `tls-key-file ${tls.key}`,
            'tls-replication yes',
            'tls-cluster yes',
          ]
        : []),
      ...(this.options.settings ?? []),
      '',
    ].join('\n');
  }
}

function server(): string {
  return process.env['TACET_REDIS'] || '/usr/bin/redis-server';
}

function pemOf({ cert, key }: { readonly cert: string; readonly key: string }) {
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

function logOf({ dir }: RedisNode): string {
  return readFileSync(join(dir, 'log'), 'utf8').slice(-2_000);
}

/** Asks again and again: servers come to an agreement in their own time and tell nobody. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  let last: unknown = null;
  while (performance.now() < end) {
    try {
      if (await isSo()) return;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('redis-server did not start')) {
        throw error;
      }
      last = error;
    }
    await pause(STEP_MS);
  }
  throw new Error(`waited in vain: ${what}`, { cause: last });
}
