/** A window server over a fake daemon, ended with the test. */
import { randomFillSync } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { Clock, Rng } from '@tacet/base';
import { type Assets, startWindowServer, type WindowServer } from '@tacet/host/window';
import { FakeDaemon } from './fake-daemon.ts';
import { post } from './raw.ts';

export const rng: Rng = { fill: (out) => randomFillSync(out) };

/** A clock that stands still until it is moved. */
export class HandClock implements Clock {
  time = 1_800_000_000_000;

  now(): number {
    return this.time;
  }
}

const html = { type: 'text/html; charset=utf-8', bytes: Buffer.from('<!doctype html>shell') };
export const plainAssets: Assets = new Map([
  ['/', html],
  ['/open', html],
  ['/app.js', { type: 'text/javascript; charset=utf-8', bytes: Buffer.from('export {};') }],
]);

export interface Setup {
  readonly daemon: FakeDaemon;
  readonly server: WindowServer;
  readonly port: number;
  readonly clock: HandClock;
}

export async function startServer(t: TestContext): Promise<Setup> {
  const clock = new HandClock();
  const daemon = new FakeDaemon(() => clock.now());
  const server = await startWindowServer({ core: daemon, assets: plainAssets, rng, clock });
  t.after(async () => {
    daemon.close();
    await server.close();
  });
  return { daemon, server, port: server.port, clock };
}

export function ticketOf(url: string): string {
  return new URL(url).hash.slice('#t='.length);
}

export interface Secrets {
  readonly id: string;
  readonly session: string;
  readonly reopen: string;
  readonly proof: string;
}

export async function openSession({ server, port }: Setup): Promise<Secrets> {
  const body = JSON.stringify({ ticket: ticketOf(server.ticket()) });
  const answer = await post(port, { target: '/session', body });
  if (answer.status !== 200) throw new Error(`no session: ${answer.status} ${answer.body}`);
  return JSON.parse(answer.body) as Secrets;
}

export function rpcBody(method: string, params: object = {}): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
}
