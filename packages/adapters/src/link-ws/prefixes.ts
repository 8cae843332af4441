/**
 * Counts connections by address prefix (docs/spec/03-links.md): one IPv4 address, one IPv6 /56.
 * Keeps keyed hashes only, under a key of this process, and nothing once a connection is gone. What
 * can be overwritten is; the text itself is garbage of the engine when `take` returns.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { hex, utf8 } from '@tacet/base';
import { hashKeyed, wipe } from '@tacet/crypto';

export class PrefixCounter {
  private readonly counts = new Map<string, number>();
  private readonly key: Uint8Array;
  private readonly cap: number;

  /** @param key 32 random bytes. */
  constructor(key: Uint8Array, cap: number) {
    this.key = key;
    this.cap = cap;
  }

  /** A function that gives the place back; null when the prefix has all it may have. */
  take(address: string | undefined): (() => void) | null {
    const prefix = address === undefined ? '' : prefixOf(address);
    // Loopback: tests, and onion services, whose clients all come from there.
    if (prefix === null) return () => undefined;
    // The engine keeps the text of its last match.
    /^/.test('');
    const bytes = utf8(prefix);
    const name = hex(hashKeyed(this.key, 'address-prefix', 16, bytes));
    wipe(bytes);
    const count = this.counts.get(name) ?? 0;
    if (count >= this.cap) return null;
    this.counts.set(name, count + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const left = (this.counts.get(name) ?? 1) - 1;
      if (left === 0) this.counts.delete(name);
      else this.counts.set(name, left);
    };
  }

  get size(): number {
    return this.counts.size;
  }
}

/** Null for this machine itself. */
export function prefixOf(address: string): string | null {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  const v4 = mapped ?? address;
  if (isIPv4(v4)) return v4.startsWith('127.') ? null : v4;
  if (!isIPv6(address)) return '';
  if (address === '::1') return null;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const groups = [...first, ...Array.from({ length: zeros }, () => '0'), ...last];
  const bits = groups.slice(0, 4).map((group) => Number.parseInt(group, 16));
  const fourth = (bits[3] ?? 0) & 0xff00;
  return [...bits.slice(0, 3), fourth].map((value) => value.toString(16)).join(':');
}
