/**
 * How the daemon's one link to an edge is dialled: through the profile's SOCKS server when it has
 * one. A server is told a login of this run, the same for every dial (docs/decisions/0070).
 */
import { dialEdge } from '@tacet/adapters/link-ws';
import { parseSocks, type SocksRoute, socksRoute } from '@tacet/adapters/socks';
import { AppError, type Clock, type Rng } from '@tacet/base';
import type { Dial } from './ports.ts';

export function makeDial(clock: Clock, rng: Rng): Dial {
  let known: { readonly server: string; readonly route: SocksRoute | null } | null = null;
  return async ({ socks: server, ...target }) => {
    if (known?.server !== server) known = { server, route: socksRoute(server, rng) };
    return await dialEdge({ ...target, socks: known.route, now: clock.now(), rng });
  };
}

/** What people and options write; `none` and nothing are the same. Throws `socks-address`. */
export function checkSocks(text: string): string {
  const server = text === 'none' ? '' : text;
  if (server === '' || parseSocks(server) !== null) return server;
  const message = 'a SOCKS server is given as IP:port, [IPv6]:port or localhost:port, or none';
  throw new AppError('socks-address', 'usage', message);
}
