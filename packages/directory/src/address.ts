/**
 * `host:port` as descriptors and cards carry it (docs/spec/06-directory.md, 2). One address has
 * one spelling: lower case, decimal without leading zeros, IPv6 in brackets. Pure syntax: no
 * look-up is made here.
 */
import { MAX_ADDRESS_BYTES } from './limits.ts';

export interface Address {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NUMBER = /^(0|[1-9][0-9]*)$/;

/** Null when the text is not an address in its one spelling. */
export function parseAddress(text: string): Address | null {
  if (text.length > MAX_ADDRESS_BYTES) return null;
  const colon = text.lastIndexOf(':');
  if (colon < 1) return null;
  const portText = text.slice(colon + 1);
  const port = NUMBER.test(portText) ? Number(portText) : 0;
  if (port < 1 || port > 65_535) return null;
  const host = text.slice(0, colon);
  if (host.startsWith('[') && host.endsWith(']')) {
    const inside = host.slice(1, -1);
    return isIpv6(inside) ? { host: inside, port } : null;
  }
  return isIpv4(host) || isName(host) ? { host, port } : null;
}

function isIpv4(host: string): boolean {
  const parts = host.split('.');
  return parts.length === 4 && parts.every((part) => NUMBER.test(part) && Number(part) <= 255);
}

/** A last label of digits only would be read as an IPv4 address by some resolvers. */
function isName(host: string): boolean {
  if (host.length > 253) return false;
  const labels = host.split('.');
  return labels.every((label) => LABEL.test(label)) && !/^[0-9]+$/.test(labels.at(-1) ?? '');
}

/** RFC 5952 without embedded IPv4 and zones: what `formatIpv6` of the parsed groups gives. */
function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = groups.flat();
  if (!given.every((group) => /^(0|[1-9a-f][0-9a-f]{0,3})$/.test(group))) return false;
  const missing = 8 - given.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return false;
  const [head, tail] = groups;
  const all = [...(head ?? []), ...new Array<string>(missing).fill('0'), ...(tail ?? [])];
  return formatIpv6(all) === text;
}

/** The longest run of two or more zero groups, the first of equal ones, becomes `::`. */
function formatIpv6(groups: readonly string[]): string {
  let best = { at: 0, length: 1 };
  for (let i = 0; i < groups.length; i++) {
    let length = 0;
    while (groups[i + length] === '0') length += 1;
    if (length > best.length) best = { at: i, length };
  }
  if (best.length < 2) return groups.join(':');
  const head = groups.slice(0, best.at).join(':');
  return `${head}::${groups.slice(best.at + best.length).join(':')}`;
}
