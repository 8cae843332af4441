/** A watcher of a wire: everything goes through it unchanged, and it keeps what it saw. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Tap {
  /** Dial this one in place of the other. */
  readonly port: number;
  /** From who dials. */
  readonly up: readonly Uint8Array[];
  readonly down: readonly Uint8Array[];
  /** Dials nobody any more. */
  close(): void;
}

/** @param port on loopback, of who is dialled through it */
export async function tap(port: number): Promise<Tap> {
  const [up, down]: [Buffer[], Buffer[]] = [[], []];
  const wire = createServer((client: Socket) => {
    const far = connect(port, '127.0.0.1');
    client.on('data', (piece) => up.push(piece as Buffer)).pipe(far);
    far.on('data', (piece) => down.push(piece as Buffer)).pipe(client);
    for (const socket of [client, far]) socket.on('error', () => undefined);
  });
  await once(wire.listen(0, '127.0.0.1'), 'listening');
  return { port: (wire.address() as AddressInfo).port, up, down, close: () => wire.close() };
}

/** Sizes of the TLS records in a stream, headers included. */
export function recordSizes(pieces: readonly Uint8Array[]): number[] {
  const stream = Buffer.concat(pieces);
  const sizes: number[] = [];
  for (let at = 0; at + 5 <= stream.length; ) {
    const size = 5 + stream.readUInt16BE(at + 3);
    sizes.push(size);
    at += size;
  }
  return sizes;
}
