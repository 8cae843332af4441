/**
 * The client's half of SOCKS 5 (RFC 1928, 1929), bytes in and bytes out: one CONNECT to an address
 * or a name. Names are never resolved here: they go to the server as they are.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { AppError, concat, utf8 } from '@tacet/base';
import type { Address } from '@tacet/directory';
import { MAX_ANSWER_BYTES } from './limits.ts';

/** What a server that keeps circuits apart by login is told; any other server ignores it. */
export interface Isolation {
  readonly user: string;
  readonly password: string;
}

export type SocksStep =
  | { readonly kind: 'more' }
  | { readonly kind: 'write'; readonly bytes: Uint8Array }
  /** The stream is the target's from here on. */
  | { readonly kind: 'open' };

const VERSION = 5;
const NO_LOGIN = 0;
const LOGIN = 2;
const LOGIN_VERSION = 1;
const CONNECT = 1;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;

/** Reply codes of RFC 1928, 6, in words. */
const REFUSALS: readonly string[] = [
  '',
  'it failed without saying why',
  'its rules do not allow the connection',
  'it reaches no network',
  'it cannot reach or find the host',
  'the host refused it',
  'the way to the host timed out',
  'it does not open connections',
  'it does not know this kind of address',
];
/** Of these, what is wrong is beyond the server. */
const BEYOND: ReadonlySet<number> = new Set([3, 4, 5, 6]);

export class SocksMachine {
  private readonly target: Address;
  private readonly isolation: Isolation;
  private state: 'method' | 'login' | 'reply' | 'open' = 'method';
  private held: Uint8Array = new Uint8Array(0);

  constructor(target: Address, isolation: Isolation) {
    this.target = target;
    this.isolation = isolation;
  }

  /** What to write first. */
  start(): Uint8Array {
    return Uint8Array.of(VERSION, 2, NO_LOGIN, LOGIN);
  }

  /**
   * Takes what the server sent, in pieces of any length.
   * @throws `socks-answer` (it speaks something else), `socks-login` (it wants one of its own),
   * `socks-refused` (its own doing), `socks-target` (the target's)
   */
  take(piece: Uint8Array): SocksStep {
    this.held = concat(this.held, piece);
    if (this.held.length > MAX_ANSWER_BYTES) throw badAnswer();
    switch (this.state) {
      case 'method':
        return this.held.length < 2 ? { kind: 'more' } : this.method(this.exactly(2));
      case 'login':
        return this.held.length < 2 ? { kind: 'more' } : this.login(this.exactly(2));
      case 'reply':
        return this.reply();
      case 'open':
        throw new AppError('socks-state', 'bug', 'a SOCKS exchange was fed after its end');
    }
  }

  private method([version, method]: Uint8Array): SocksStep {
    if (version !== VERSION) throw badAnswer();
    if (method === NO_LOGIN) return this.request();
    if (method !== LOGIN) throw badLogin();
    this.state = 'login';
    const user = utf8(this.isolation.user);
    const password = utf8(this.isolation.password);
    const lengths = [user.length, password.length] as const;
    const bytes = concat(
      Uint8Array.of(LOGIN_VERSION, lengths[0]),
      user,
      Uint8Array.of(lengths[1]),
      password,
    );
    return { kind: 'write', bytes };
  }

  private login([version, status]: Uint8Array): SocksStep {
    if (version !== LOGIN_VERSION) throw badAnswer();
    if (status !== 0) throw badLogin();
    return this.request();
  }

  private request(): SocksStep {
    this.state = 'reply';
    const { host, port } = this.target;
    const head = Uint8Array.of(VERSION, CONNECT, 0);
    const bytes = concat(head, encodeHost(host), Uint8Array.of(port >> 8, port & 0xff));
    return { kind: 'write', bytes };
  }

  private reply(): SocksStep {
    const [version, code = 0, , type, first = 0] = this.held;
    if (this.held.length >= 1 && version !== VERSION) throw badAnswer();
    if (this.held.length >= 2 && code !== 0) throw refusal(code);
    if (this.held.length < 5) return { kind: 'more' };
    const bound = type === IPV4 ? 4 : type === IPV6 ? 16 : type === NAME ? 1 + first : null;
    if (bound === null) throw badAnswer();
    const length = 4 + bound + 2;
    if (this.held.length < length) return { kind: 'more' };
    // A TLS server says nothing before it is spoken to.
    this.exactly(length);
    this.state = 'open';
    return { kind: 'open' };
  }

  /** All that is held, which must be of that length. */
  private exactly(length: number): Uint8Array {
    if (this.held.length !== length) throw badAnswer();
    const taken = this.held;
    this.held = new Uint8Array(0);
    return taken;
  }
}

function encodeHost(host: string): Uint8Array {
  if (isIPv4(host)) return Uint8Array.of(IPV4, ...host.split('.').map(Number));
  if (isIPv6(host)) return concat(Uint8Array.of(IPV6), ipv6Bytes(host));
  const name = utf8(host);
  return concat(Uint8Array.of(NAME, name.length), name);
}

/** Of an address in the spelling of docs/spec/06-directory.md, 2: no embedded IPv4, no zone. */
function ipv6Bytes(host: string): Uint8Array {
  const [head = '', tail] = host.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const first = groups(head);
  const last = groups(tail ?? '');
  const zeros = new Array<number>(8 - first.length - last.length).fill(0);
  return Uint8Array.from([...first, ...zeros, ...last].flatMap((n) => [n >> 8, n & 0xff]));
}

function refusal(code: number): AppError {
  const why = REFUSALS[code] ?? 'it gives a reason nobody defined';
  const message = `the SOCKS server opened no connection: ${why}`;
  return BEYOND.has(code)
    ? new AppError('socks-target', 'network', message)
    : new AppError('socks-refused', 'refused', message);
}

function badAnswer(): AppError {
  const message = 'what answers at the SOCKS address is no SOCKS 5 server';
  return new AppError('socks-answer', 'network', message);
}

function badLogin(): AppError {
  const message =
    'the SOCKS server wants a login of its own; it must take any, or none, from this machine';
  return new AppError('socks-login', 'refused', message);
}
