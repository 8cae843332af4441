/** Through which SOCKS server every connection of a program goes, once one is set. */
import { isIP } from 'node:net';
import { AppError, hex, type Rng, randomBytes } from '@tacet/base';
import { type Address, parseAddress } from '@tacet/directory';
import { ISOLATION_CHARS } from './limits.ts';
import type { Isolation } from './machine.ts';

export interface SocksRoute {
  /** Where the server is: an IP address, so that finding it asks nobody. */
  readonly server: Address;
  readonly isolation: Isolation;
}

/** What stands for no SOCKS server in settings. */
export const NO_SOCKS = '';

/** Null unless it is `IP:port`, `[IPv6]:port` or `localhost:port`. */
export function parseSocks(text: string): Address | null {
  const address = parseAddress(text);
  if (address === null) return null;
  if (address.host === 'localhost') return { host: '127.0.0.1', port: address.port };
  return isIP(address.host) === 0 ? null : address;
}

/**
 * A login of its own for this run, so that a server which keeps circuits apart by login (Tor) shares
 * none between two profiles, nor between two runs of one.
 * @param text of a setting; empty for none
 * @throws `socks-address`
 */
export function socksRoute(text: string, rng: Rng): SocksRoute | null {
  if (text === NO_SOCKS) return null;
  const server = parseSocks(text);
  if (server === null) {
    const message = 'a SOCKS server is given as IP:port, [IPv6]:port or localhost:port';
    throw new AppError('socks-address', 'usage', message);
  }
  const word = (): string => hex(randomBytes(rng, ISOLATION_CHARS / 2));
  return { server, isolation: { user: word(), password: word() } };
}
