/** A TCP stream to a target through a SOCKS server. It never goes around the server. */
import { connect, type Socket } from 'node:net';
import { AppError, isAppError } from '@tacet/base';
import type { Address } from '@tacet/directory';
import { SocksMachine } from './machine.ts';
import type { SocksRoute } from './route.ts';

/**
 * Exactly one of the two is called, once, unless the socket is destroyed before: `onOpen` with the
 * socket paused and nothing read from it that belongs to the target; `onFail` with
 * `socks-unreachable` or what `SocksMachine.take` throws.
 * @returns the socket, to be destroyed by who does not want to wait any more
 */
export function openThroughSocks(
  route: SocksRoute,
  target: Address,
  onOpen: (socket: Socket) => void,
  onFail: (error: AppError) => void,
): Socket {
  const machine = new SocksMachine(target, route.isolation);
  const socket = connect({ ...route.server, noDelay: true });
  let settled = false;
  const fail = (error: AppError): void => {
    if (settled) return;
    settled = true;
    socket.destroy();
    onFail(error);
  };
  const onData = (piece: Buffer): void => {
    try {
      const step = machine.take(piece);
      if (step.kind === 'write') socket.write(step.bytes);
      if (step.kind !== 'open') return;
    } catch (error) {
      if (!isAppError(error)) throw error;
      fail(error);
      return;
    }
    settled = true;
    socket.off('data', onData);
    socket.pause();
    onOpen(socket);
  };
  socket.on('error', (cause) => fail(unreachable(cause)));
  socket.once('close', () => fail(unreachable()));
  socket.once('connect', () => socket.write(machine.start()));
  socket.on('data', onData);
  return socket;
}

function unreachable(cause?: unknown): AppError {
  const message = 'the SOCKS server does not answer: is it running? Nothing is sent without it';
  return new AppError('socks-unreachable', 'network', message, { cause });
}
