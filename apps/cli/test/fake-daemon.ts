/** A daemon that answers from a table of functions, over a real socket in a profile directory. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeRequest, encodeError, encodeResult, LineSplitter } from '@tacet/api';
import { run, type Terminal } from '../src/index.ts';

export type Handlers = Readonly<Record<string, (params: never) => unknown>>;

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export class FakeDaemon {
  readonly home = mkdtempSync(join(tmpdir(), 'tacet-cli-'));
  readonly calls: { method: string; params: unknown }[] = [];
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();

  async start(handlers: Handlers, profile = 'default'): Promise<void> {
    mkdirSync(join(this.home, profile), { recursive: true, mode: 0o700 });
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      const splitter = new LineSplitter();
      socket.on('error', () => {});
      socket.on('data', async (chunk: Buffer) => {
        for (const line of splitter.push(chunk)) {
          const { id, method, params } = decodeRequest(line);
          this.calls.push({ method, params });
          try {
            const handler = handlers[method];
            if (handler === undefined) throw new Error(method);
            socket.write(`${encodeResult(id, await handler(params as never))}\n`);
          } catch (error) {
            socket.write(`${encodeError(id, error)}\n`);
          }
        }
      });
    });
    const listening = Promise.withResolvers<void>();
    this.server.listen(join(this.home, profile, 'daemon.sock'), listening.resolve);
    await listening.promise;
  }

  tacet(argv: readonly string[], input: Partial<Input> = {}): Promise<Outcome> {
    return tacetIn(this.home, argv, input);
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server?.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

interface Input {
  readonly stdin: string;
  readonly secrets: readonly string[];
}

/** Runs `tacet` in this process; `stdin` and secrets are given, nothing is a terminal. */
export async function tacetIn(
  home: string,
  argv: readonly string[],
  input: Partial<Input> = {},
): Promise<Outcome> {
  let out = '';
  let err = '';
  const secrets = [...(input.secrets ?? [])];
  const terminal: Terminal = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    outIsTty: false,
    inIsTty: input.secrets !== undefined,
    colour: false,
    env: { TACET_HOME: home },
    readAll: async () => input.stdin ?? '',
    askSecret: async () => secrets.shift() ?? '',
  };
  const code = await run(argv, terminal);
  return { code, out, err };
}
