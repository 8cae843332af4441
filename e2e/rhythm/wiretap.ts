/** The recorder between daemons and edges: where it stands, how it is told, what it saw. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { leasePorts } from '@tacet/testkit/ports';
import { Program } from '../lib/program.ts';

const ENTRY = join(import.meta.dirname, 'recorder.ts');

export interface Sighting {
  readonly connection: number;
  readonly direction: 'up' | 'down';
  readonly type: number;
  readonly bytes: number;
  readonly at: number;
}

/** Takes over the ports that clients dial; edges listen elsewhere. */
export class Wiretap {
  private readonly dir: string;
  private readonly pairs: string[] = [];
  private readonly ports: number[];
  private program: Program | null = null;

  private constructor(dir: string, ports: number[]) {
    this.dir = dir;
    this.ports = ports;
  }

  static async prepare(dir: string, edges: number): Promise<Wiretap> {
    return new Wiretap(dir, await leasePorts(edges));
  }

  private get file(): string {
    return join(this.dir, 'records');
  }

  /** For `configure` of a network: an edge's door moves, its address stays. */
  readonly configure = (_name: string, config: Record<string, unknown>) => {
    if (config['role'] !== 'edge') return config;
    const clientPort = this.ports.pop();
    if (clientPort === undefined) throw new RangeError('more edges than ports');
    this.pairs.push(`${config['clientPort']}:${clientPort}`);
    return { ...config, clientPort };
  };

  async start(): Promise<void> {
    this.program = new Program({
      name: 'recorder',
      entry: ENTRY,
      args: [this.file, ...this.pairs],
      log: join(this.dir, 'recorder.log'),
      ready: { fd: 1, word: 'ready' },
      urgent: true,
    });
    await this.program.ready();
  }

  /** Holds back every second record of clients for so long; 0 ends it. */
  plant(ms: number): void {
    this.program?.say(`plant ${ms}`);
  }

  async stop(): Promise<Sighting[]> {
    this.program?.endInput();
    await this.program?.ended();
    return readFileSync(this.file, 'utf8').trimEnd().split('\n').map(sighting);
  }
}

/** The clock of `Sighting.at`. */
export function wireNow(): number {
  return performance.timeOrigin + performance.now();
}

function sighting(line: string): Sighting {
  const [connection, direction, type, bytes, at] = line.split(' ');
  return {
    connection: Number(connection),
    direction: direction === 'up' ? 'up' : 'down',
    type: Number(type),
    bytes: Number(bytes),
    at: Number(at),
  };
}
