/** Starts a server and turns the system's refusals into errors that say what to do. */
import { once } from 'node:events';
import type { Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '@tacet/base';

/** A program that just ended, or one that tries ports, has closed its own by then. */
const TRIES = 6;
const PAUSE_MS = 500;

/**
 * Waits up to 2.5 s for a port that another program still has.
 * Rejects with `port-in-use`, `port-refused`, `address-unknown` or `listen-failed`.
 */
export async function listenOn(server: Server, host: string, port: number): Promise<void> {
  for (let left = TRIES - 1; ; left--) {
    try {
      server.listen(port, host);
      await once(server, 'listening');
      break;
    } catch (error) {
      const refused = error as NodeJS.ErrnoException;
      if (refused.code !== 'EADDRINUSE' || left === 0) throw listenError(refused);
      await pause(PAUSE_MS);
    }
  }
  server.on('error', () => undefined);
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
