/**
 * Which requests are looked at at all (docs/spec/12-window.md 2). Pure: reads the raw head of a
 * request, never its body. Order matters: the name first, before any route exists.
 */
import { MAX_CALL_BYTES, MAX_HEADER_LINES, MAX_SMALL_BYTES } from './limits.ts';
import { type HostNames, originOf } from './names.ts';
import type { Refusal } from './port.ts';

export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  /** Name, value, name, value: as received, duplicates included. */
  readonly rawHeaders: readonly string[];
}

export interface Refused {
  readonly status: number;
  readonly reason: Refusal;
}

export type Action = 'redeem' | 'prove' | 'reopen' | 'call' | 'events' | 'leave';

export type Verdict =
  | { readonly kind: 'refuse'; readonly status: number; readonly reason: Refusal }
  | { readonly kind: 'asset'; readonly path: string }
  | { readonly kind: 'action'; readonly action: Action; readonly length: number };

const actions: ReadonlyMap<string, Action> = new Map([
  ['/session', 'redeem'],
  ['/prove', 'prove'],
  ['/reopen', 'reopen'],
  ['/rpc', 'call'],
  ['/events', 'events'],
  ['/leave', 'leave'],
]);

/** A header a form or a plain cross-origin request cannot carry. */
const MARKER = 'tacet-window';

export function judge(head: RequestHead, names: HostNames, assets: AssetNames): Verdict {
  const headers = new Headers(head.rawHeaders);
  const host = headers.only('host');
  if (host === null || !names.has(host)) return refuse(403, 'host');
  if (head.version !== '1.1') return refuse(400, 'target');
  if (headers.lines > MAX_HEADER_LINES) return refuse(431, 'too-many-headers');
  if (!head.target.startsWith('/')) return refuse(400, 'target');
  const origin = headers.only('origin');
  if (headers.has('origin') && origin !== originOf(host)) return refuse(403, 'origin');
  if (head.method === 'GET') return judgeGet(head.target, headers, assets);
  if (head.method !== 'POST') return refuse(405, 'method');
  return judgePost(head.target, headers, origin);
}

interface AssetNames {
  has(path: string): boolean;
}

function judgeGet(path: string, headers: Headers, assets: AssetNames): Verdict {
  if (!isExpectedReader(path, headers)) return refuse(403, 'fetch-site');
  if (headers.hasBody()) return refuse(400, 'length');
  if (actions.has(path)) return refuse(405, 'method');
  return assets.has(path) ? { kind: 'asset', path } : refuse(404, 'path');
}

/**
 * Files are read by our own page only. The shell may also be asked for by its owner (typed,
 * bookmarked, given by the launcher), `/open` by the launcher's local file, which a browser
 * calls cross-site; both only as the document of a tab, never inside another page.
 */
function isExpectedReader(path: string, headers: Headers): boolean {
  if (!headers.has('sec-fetch-site')) return true;
  const site = headers.only('sec-fetch-site');
  if (path === '/' || path === '/open') {
    if (headers.only('sec-fetch-mode') !== 'navigate') return false;
    if (headers.only('sec-fetch-dest') !== 'document') return false;
    return site === 'none' || site === 'same-origin' || path === '/open';
  }
  return site === 'same-origin';
}

function judgePost(path: string, headers: Headers, origin: string | null): Verdict {
  if (origin === null) return refuse(403, 'origin');
  if (headers.has('sec-fetch-site') && headers.only('sec-fetch-site') !== 'same-origin') {
    return refuse(403, 'fetch-site');
  }
  if (headers.only(MARKER) !== '1') return refuse(403, 'marker');
  if (headers.only('content-type') !== 'application/json' || headers.has('content-encoding')) {
    return refuse(415, 'media-type');
  }
  const action = actions.get(path);
  if (action === undefined) return refuse(404, 'path');
  const length = headers.only('content-length') ?? '';
  if (headers.has('transfer-encoding') || !/^(0|[1-9]\d{0,8})$/.test(length)) {
    return refuse(411, 'length');
  }
  const cap = action === 'call' ? MAX_CALL_BYTES : MAX_SMALL_BYTES;
  if (Number(length) > cap) return refuse(413, 'too-large');
  return { kind: 'action', action, length: Number(length) };
}

function refuse(status: number, reason: Refusal): Verdict {
  return { kind: 'refuse', status, reason };
}

/** Header lines by lower-case name, with a name given twice kept apart from one given once. */
class Headers {
  private readonly values = new Map<string, string[]>();
  readonly lines: number;

  constructor(raw: readonly string[]) {
    this.lines = raw.length / 2;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = (raw[i] ?? '').toLowerCase();
      const list = this.values.get(name) ?? [];
      list.push(raw[i + 1] ?? '');
      this.values.set(name, list);
    }
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** The value of a header that stands there exactly once, else null. */
  only(name: string): string | null {
    const list = this.values.get(name);
    return list?.length === 1 ? (list[0] ?? null) : null;
  }

  hasBody(): boolean {
    return this.has('transfer-encoding') || !['0', null].includes(this.only('content-length'));
  }
}
