/** The daemon's unix socket as a Transport. */
import { connect as connectSocket } from 'node:net';
import { type Api, connect, LineSplitter, type Transport } from '@tacet/api';
import { AppError } from '@tacet/base';

/** Throws `daemon-not-running`. */
export async function dialDaemon(path: string): Promise<Api> {
  const socket = connectSocket(path);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', () => {
      reject(
        new AppError('daemon-not-running', 'state', 'the daemon of this profile is not running'),
      );
    });
  });
  const splitter = new LineSplitter();
  const transport: Transport = {
    send: (message) => void socket.write(`${message}\n`),
    receive: () => {},
    closed: () => {},
    close: () => void socket.destroy(),
  };
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const line of splitter.push(chunk)) transport.receive(line);
    } catch {
      socket.destroy();
    }
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => transport.closed());
  return connect(transport);
}
