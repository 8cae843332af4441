/** The typed client of a daemon over its unix socket. */
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { type Api, connect, LineSplitter, type Transport } from '@tacet/api';

export async function dialDaemon(path: string): Promise<Api> {
  const socket = connectSocket(path);
  await once(socket, 'connect');
  const splitter = new LineSplitter();
  const transport: Transport = {
    send: (message) => void socket.write(`${message}\n`),
    receive: () => {},
    closed: () => {},
    close: () => void socket.destroy(),
  };
  socket.on('data', (chunk: Buffer) => {
    for (const line of splitter.push(chunk)) transport.receive(line);
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => transport.closed());
  return connect(transport);
}
