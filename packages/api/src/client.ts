/**
 * The typed client: one for the command line, bots and windows. It knows nothing about sockets;
 * a `Transport` carries whole messages both ways.
 */
import { AppError } from '@tacet/base';
import { checkResult } from './check.ts';
import type { MethodName, ParamsOf, ResultOf } from './methods.ts';
import { RemoteError } from './remote-error.ts';
import { decodeResponse, encodeRequest, type RpcResponse } from './rpc.ts';

/** Carries whole messages. `closed` is called once, whoever ended it. */
export interface Transport {
  send(message: string): void;
  /** Set once by `connect`, before the first `send`. */
  receive: (message: string) => void;
  closed: () => void;
  close(): void;
}

export interface Api {
  /** Throws RemoteError, or `daemon-gone` when the connection ends first. */
  call<M extends MethodName>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>>;
  /** Any method, nothing checked on this side. */
  raw(method: string, params: unknown): Promise<unknown>;
  close(): void;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

export function connect(transport: Transport): Api {
  const waiting = new Map<number, Waiting>();
  let next = 1;
  let open = true;

  function end(error: unknown): void {
    open = false;
    for (const entry of waiting.values()) entry.reject(error);
    waiting.clear();
  }

  transport.closed = () => end(gone());
  transport.receive = (message) => {
    let response: RpcResponse;
    try {
      response = decodeResponse(message);
    } catch (error) {
      end(error);
      transport.close();
      return;
    }
    // An error without an id answers no particular call: the stream is broken for all of them.
    if (response.id === null) {
      if ('error' in response) end(new RemoteError(response.error));
      transport.close();
      return;
    }
    const entry = waiting.get(Number(response.id));
    if (entry === undefined) return;
    waiting.delete(Number(response.id));
    if ('error' in response) entry.reject(new RemoteError(response.error));
    else entry.resolve(response.result);
  };

  function raw(method: string, params: unknown): Promise<unknown> {
    if (!open) return Promise.reject(gone());
    const id = next++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.set(id, { resolve, reject });
    try {
      transport.send(encodeRequest({ id, method, params }));
    } catch (error) {
      waiting.delete(id);
      reject(error);
    }
    return promise;
  }

  return {
    raw,
    async call(method, params) {
      return checkResult(method, await raw(method, params));
    },
    close() {
      end(gone());
      transport.close();
    },
  };
}

function gone(): AppError {
  return new AppError('daemon-gone', 'state', 'the connection to the daemon ended');
}
