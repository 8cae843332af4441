/** The typed client over a daemon in the same process: bots and tests use the API as it is. */
import { type Api, connect, decodeRequest, encodeError, encodeResult, idOf } from '@tacet/api';
import type { DaemonCore } from './core.ts';

export function localApi(core: DaemonCore): Api {
  const gone = new AbortController();
  const transport = {
    receive: (_message: string) => {},
    closed: () => {},
    send(message: string) {
      void answer(core, message, gone.signal).then((text) => {
        if (!gone.signal.aborted) transport.receive(text);
      });
    },
    close: () => gone.abort(),
  };
  return connect(transport);
}

async function answer(core: DaemonCore, message: string, signal: AbortSignal): Promise<string> {
  try {
    const { id, method, params } = decodeRequest(message);
    return encodeResult(id, await core.call(method, params, { kind: 'inside', signal }));
  } catch (error) {
    return encodeError(idOf(message), error);
  }
}
