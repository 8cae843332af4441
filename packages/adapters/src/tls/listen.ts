/** Starts a server and turns the system's refusals into errors that say what to do. */
import type { Server } from 'node:net';
import { AppError } from '@tacet/base';

/** Rejects with `port-in-use`, `port-refused` or `address-unknown`. */
export function listenOn(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(listenError(error));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      server.on('error', () => undefined);
      resolve();
    });
  });
}

function listenError(error: NodeJS.ErrnoException): AppError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new AppError(
        'port-in-use',
        'state',
        'a port of the configuration is in use: stop the other program or choose another port',
      );
    case 'EACCES':
      return new AppError(
        'port-refused',
        'state',
        'the system refuses a port of the configuration: choose one above 1023 or grant the right',
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new AppError(
        'address-unknown',
        'usage',
        'a listening address of the configuration is none of this machine',
      );
    default:
      return new AppError(
        'listen-failed',
        'network',
        'a port of the configuration cannot be opened',
        {
          cause: error,
        },
      );
  }
}
