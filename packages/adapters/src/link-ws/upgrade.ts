/**
 * The one HTTP request that opens a client link (docs/spec/03-links.md, 3; RFC 6455, 4.2), read
 * from pieces of any length. Only what makes it a WebSocket on our path counts; names, origins and
 * everything else in it are not looked at and not kept.
 */
import { createHash } from 'node:crypto';
import { LIMITS, PATH } from './limits.ts';

const END = '\r\n\r\n';
/** RFC 6455, 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY = /^[A-Za-z0-9+/]{22}==$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~]*?)[ \t]*$/;

/** Said to whoever asks for something else; then the connection ends. */
export const REFUSAL = Buffer.from(
  'HTTP/1.1 426 Upgrade Required\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
);

export type Upgrade =
  | { readonly kind: 'more' }
  | { readonly kind: 'wrong' }
  /** `answer` is to be written. */
  | { readonly kind: 'open'; readonly answer: Uint8Array };

export class UpgradeReader {
  private held = Buffer.alloc(0);

  take(piece: Uint8Array): Upgrade {
    if (this.held.length + piece.length > LIMITS.headBytes) return { kind: 'wrong' };
    this.held = Buffer.concat([this.held, piece]);
    const end = this.held.indexOf(END);
    if (end < 0) return { kind: 'more' };
    // The edge speaks first: nothing of ours can stand behind the request.
    if (end + END.length !== this.held.length) return { kind: 'wrong' };
    const key = keyOf(this.held.toString('latin1', 0, end));
    return key === null ? { kind: 'wrong' } : { kind: 'open', answer: answerTo(key) };
  }
}

/** The client's key; null unless the request opens a WebSocket on our path. */
function keyOf(head: string): string | null {
  const [first, ...lines] = head.split('\r\n');
  if (first !== `GET ${PATH} HTTP/1.1`) return null;
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, name = '', value = ''] = FIELD.exec(line) ?? [];
    if (name === '') return null;
    const known = fields.get(name.toLowerCase());
    fields.set(name.toLowerCase(), known === undefined ? value : `${known},${value}`);
  }
  const has = (name: string, token: string): boolean =>
    (fields.get(name) ?? '').split(',').some((item) => item.trim().toLowerCase() === token);
  const key = fields.get('sec-websocket-key') ?? '';
  const opens = has('upgrade', 'websocket') && has('connection', 'upgrade');
  return opens && has('sec-websocket-version', '13') && KEY.test(key) ? key : null;
}

function answerTo(key: string): Uint8Array {
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  return Buffer.from(
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n' +
      `sec-websocket-accept: ${accept}\r\n\r\n`,
  );
}
