/**
 * A client without manners: a proper hello, then nothing, and when it is told to, frames as fast as the
 * system takes them.
 */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { systemRng } from '@tacet/crypto';
import { parseAddress } from '@tacet/directory';
import { encodeHello } from '@tacet/wire';
import type { Place } from './member.ts';

const HEAD = Uint8Array.of(0x82, 0xfe, 0x30, 0x00, 0, 0, 0, 0);
const GREETING_AND_MORE = 12_292;

export class Flooder {
  sent = 0;
  private readonly socket: TLSSocket;
  private readonly unit: Buffer;
  private running = false;
  private readonly ending = new AbortController();

  static async open(place: Place): Promise<Flooder> {
    const target = parseAddress(place.address);
    if (target === null) throw new RangeError('no address');
    const options = { minVersion: 'TLSv1.3', ecdhCurve: 'X25519MLKEM768' } as const;
    const socket = connect({ ...target, ...options, rejectUnauthorized: false, servername: '' });
    await once(socket, 'secureConnect');
    socket.on('error', () => undefined);
    socket.write(
      'GET /tacet/1 HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n' +
        'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    let heard = 0;
    socket.on('data', (piece) => {
      heard += piece.length;
    });
    while (heard <= GREETING_AND_MORE) await once(socket, 'data');
    const { joinSecret, slotMs } = place;
    const hello = { joinSecret, resume: new Uint8Array(8), slotMs };
    socket.write(Buffer.concat([HEAD, encodeHello(hello, systemRng)]));
    return new Flooder(socket);
  }

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    const frame = Buffer.alloc(12_288, 7);
    // A packet of no known epoch: what it costs is what reading costs.
    frame.set([1, 0, 0, 0, 0, 0, 0, 0]);
    this.unit = Buffer.concat([HEAD, frame]);
  }

  stop(): void {
    this.running = false;
    this.socket.destroy();
  }

  async pour(): Promise<void> {
    this.running = true;
    this.socket.once('close', () => {
      this.running = false;
      this.ending.abort();
    });
    while (this.running) {
      this.sent += 1;
      if (this.socket.write(this.unit)) {
        if (this.sent % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
      } else {
        const ended = this.ending.signal;
        await once(this.socket, 'drain', { signal: ended }).catch(() => undefined);
      }
    }
  }
}
