/**
 * The window server: loopback HTTP for the web page of one daemon. Here is only the order of
 * things; the rules are in guard.ts, the secrets in tickets.ts and sessions.ts.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Counters, type Millis, SECOND } from '@tacet/base';
import { judge, type Verdict } from './guard.ts';
import { makeServer, readText, stop } from './http.ts';
import { listenLoopback } from './listen.ts';
import { HostNames, originOf } from './names.ts';
import type { Asset, Refusal, WindowServer, WindowServerOptions } from './port.ts';
import { Routes } from './routes.ts';

const SWEEP: Millis = 5 * SECOND;

/** Throws `window-port` when no loopback port can be had. */
export async function startWindowServer(options: WindowServerOptions): Promise<WindowServer> {
  const { core, assets, rng, clock } = options;
  const counters = new Counters<Refusal>();
  const routes = new Routes(core, rng, clock);
  let names: HostNames | null = null;

  function refuse(response: ServerResponse, status: number, reason: Refusal): void {
    counters.add(reason);
    const wait = status === 429 ? { 'retry-after': '1' } : {};
    response.writeHead(status, {
      'content-type': 'application/json',
      connection: 'close',
      ...wait,
    });
    response.end(JSON.stringify({ refused: reason }));
  }

  async function act(
    { action, length }: Extract<Verdict, { kind: 'action' }>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const text = await readText(request, length);
    if (text === null) {
      refuse(response, 400, 'malformed');
      return;
    }
    const secret = request.headers['tacet-session'];
    const outcome = await routes.handle(action, text, secret, response);
    if (outcome.kind === 'refuse') {
      refuse(response, outcome.status, outcome.reason);
    } else if (outcome.kind === 'json') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(outcome.text);
    }
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const verdict = judgeRequest(request, names, assets);
    if (verdict.kind === 'refuse') {
      refuse(response, verdict.status, verdict.reason);
    } else if (verdict.kind === 'asset') {
      sendAsset(response, assets.get(verdict.path));
    } else {
      // The page left, or the answer could not be written: nobody is there to be told.
      act(verdict, request, response).catch(() => response.destroy());
    }
  }

  const make = () => makeServer(counters, answer);
  const { servers, port } = await listenLoopback(make, options.port ?? 0);
  const own = new HostNames(rng, port);
  names = own;
  const unsubscribe = core.onLock(() => routes.lock());
  const sweeper = setInterval(() => routes.sweep(), SWEEP);
  sweeper.unref();

  return {
    port,
    address: originOf(own.own),
    counters,
    ticket: () => `${originOf(own.own)}/open#t=${routes.issueTicket()}`,
    sessions: () => routes.sessions(),
    revoke: (id) => routes.revoke(id),
    async close() {
      clearInterval(sweeper);
      unsubscribe();
      routes.close();
      await Promise.all(servers.map(stop));
    },
  };
}

function judgeRequest(
  request: IncomingMessage,
  names: HostNames | null,
  assets: ReadonlyMap<string, Asset>,
): Verdict {
  if (names === null) return { kind: 'refuse', status: 403, reason: 'host' };
  const head = {
    method: request.method ?? '',
    target: request.url ?? '',
    version: request.httpVersion,
    rawHeaders: request.rawHeaders,
  };
  return judge(head, names, assets);
}

function sendAsset(response: ServerResponse, asset: Asset | undefined): void {
  if (asset === undefined) {
    response.destroy();
    return;
  }
  response.writeHead(200, {
    'content-type': asset.type,
    'content-length': String(asset.bytes.length),
  });
  response.end(asset.bytes);
}
