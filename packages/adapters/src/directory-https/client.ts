/**
 * A relay's way to an authority: one TLS connection per request, the key's hash compared before
 * the first byte of the request is written.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { AppError, equalBytes, isAppError } from '@tacet/base';
import { type Address, MAX_DOCUMENT_BYTES, parseAddress } from '@tacet/directory';
import type { SocksRoute } from '../socks/index.ts';
import { peerKeyHash } from '../tls/certificate.ts';
import { dialTlsOnce } from '../tls/dial.ts';
import { MAX_FETCHED_DOCUMENTS, REQUEST_TIMEOUT_MS } from './limits.ts';
import {
  DESCRIPTOR_PATH,
  DOCUMENT_PATH,
  EPOCH_HEADER,
  SIGNATURE_PATH,
  VOTE_PATH,
} from './server.ts';

export interface AuthorityClientOptions {
  /** `host:port`. */
  readonly address: string;
  /** SHA-256 of the authority's TLS key (SPKI DER), 32 bytes. */
  readonly keyHash: Uint8Array;
  readonly timeoutMs?: number;
  /** This authority's own TLS key, shown to another one. */
  readonly identity?: { readonly certPem: string; readonly keyPem: string };
  /** Every connection goes through it; null: directly. */
  readonly socks: SocksRoute | null;
}

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
  /** NaN where there is none. */
  readonly epoch: number;
}

/** A refusal's code as the server writes it; anything else is not one of ours. */
const REFUSAL = /^(malformed|descriptor-(signature|not-allowed|older|clock|keys|link))$/;
const COUNCIL_REFUSAL = /^(vote|signature|document)-[a-z]{1,20}$/;

export class AuthorityClient {
  private readonly options: AuthorityClientOptions;
  private readonly timeoutMs: number;
  private readonly target: Address;

  /** @throws `address` */
  constructor(options: AuthorityClientOptions) {
    const address = parseAddress(options.address);
    if (address === null) {
      throw new AppError('address', 'input', 'an address must be host:port or [IPv6]:port');
    }
    this.options = options;
    this.target = address;
    this.timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS;
  }

  /**
   * Hands in a signed descriptor; the same one twice is fine.
   * @throws the authority's refusal, `authority-unreachable`, `authority-key`, `authority-answer`
   */
  async submit(signed: Uint8Array): Promise<void> {
    const { status, body } = await this.ask('POST', DESCRIPTOR_PATH, signed);
    if (status === 204) return;
    const code = Buffer.from(body.subarray(0, 64)).toString('latin1');
    if (status !== 409 || !REFUSAL.test(code)) throw badAnswer();
    throw new AppError(code, 'refused', "the authority refused this relay's descriptor");
  }

  /**
   * Tells another authority a vote, or a document body with signatures.
   * @returns false when it comes too early for that authority's clock: worth another try
   * @throws `authority-refused`, `authority-unreachable`, `authority-key`, `authority-answer`
   */
  async tell(what: 'vote' | 'signature', bytes: Uint8Array): Promise<boolean> {
    const path = what === 'vote' ? VOTE_PATH : SIGNATURE_PATH;
    const { status, body } = await this.ask('POST', path, bytes);
    if (status === 204) return true;
    const code = Buffer.from(body.subarray(0, 64)).toString('latin1');
    if (status === 409 && /^(vote|signature)-(early|epoch)$/.test(code)) return false;
    const refused = status === 403 || status === 413 || COUNCIL_REFUSAL.test(code);
    if (!refused) throw badAnswer();
    throw new AppError(
      'authority-refused',
      'refused',
      'another authority refused what it was told',
    );
  }

  /** The documents the authority has after that epoch (all for null), oldest first. Unverified. */
  async documents(after: number | null = null): Promise<Uint8Array[]> {
    const found: Uint8Array[] = [];
    while (found.length < MAX_FETCHED_DOCUMENTS) {
      const query = after === null ? '' : `?after=${after}`;
      const { status, body, epoch } = await this.ask('GET', DOCUMENT_PATH + query);
      if (status === 204) break;
      // The header only steers this loop; what counts is inside the signed bytes.
      if (status !== 200 || body.length === 0 || !(epoch > (after ?? -1))) throw badAnswer();
      found.push(body);
      after = epoch;
    }
    return found;
  }

  /** The newest document, or null before the first. */
  async newest(): Promise<Uint8Array | null> {
    return (await this.documents()).at(-1) ?? null;
  }

  private async ask(method: string, path: string, body?: Uint8Array): Promise<Answer> {
    const signal = AbortSignal.timeout(this.timeoutMs);
    try {
      const socket = await this.dial(signal);
      try {
        return await exchange(socket, signal, method, path, body);
      } finally {
        socket.destroy();
      }
    } catch (cause) {
      if (isAppError(cause)) throw cause;
      throw new AppError('authority-unreachable', 'network', 'the authority does not answer', {
        cause,
      });
    }
  }

  private async dial(signal: AbortSignal): Promise<TLSSocket> {
    const { target, timeoutMs } = this;
    const { socks, identity, keyHash } = this.options;
    const own = identity && { tls: { cert: identity.certPem, key: identity.keyPem } };
    const socket = await dialTlsOnce({ target, socks, timeoutMs, ...own }, signal);
    const shown = peerKeyHash(socket);
    if (shown !== null && equalBytes(shown, keyHash)) return socket;
    socket.destroy();
    throw new AppError('authority-key', 'refused', 'the authority shows an unexpected key');
  }
}

function exchange(
  socket: TLSSocket,
  signal: AbortSignal,
  method: string,
  path: string,
  body: Uint8Array | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: 'authority',
      connection: 'close',
      ...(body === undefined ? {} : { 'content-length': body.length }),
    };
    const request = httpRequest({ createConnection: () => socket, method, path, headers, signal });
    request.on('error', reject);
    request.on('response', (response) => {
      const epoch = Number(response.headers[EPOCH_HEADER] ?? Number.NaN);
      readAnswer(response).then((read) => {
        resolve({ status: response.statusCode ?? 0, body: read, epoch });
      }, reject);
    });
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response) {
    size += (part as Buffer).length;
    if (size > MAX_DOCUMENT_BYTES) throw badAnswer();
    parts.push(part as Buffer);
  }
  const announced = response.headers['content-length'];
  if (announced !== undefined && Number(announced) !== size) throw badAnswer();
  return new Uint8Array(Buffer.concat(parts));
}

function badAnswer(): AppError {
  return new AppError('authority-answer', 'network', 'the authority answers out of form');
}
