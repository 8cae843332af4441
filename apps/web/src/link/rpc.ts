/** Typed calls. A 401 means this session is over: whoever listens clears the page. */
import {
  decodeResponse,
  encodeRequest,
  type MethodName,
  type ParamsOf,
  RemoteError,
  type ResultOf,
} from '@tacet/api/page';
import { AppError } from '@tacet/base';
import { post, unreachable } from './http.ts';
import { sessionSecret } from './session.ts';

let next = 1;
let sessionEnded: () => void = () => undefined;

export function onSessionEnd(listener: () => void): void {
  sessionEnded = listener;
}

/** Throws RemoteError, `window-session` after a lock, `window-unreachable` when nobody answers. */
export async function call<M extends MethodName>(
  method: M,
  params: ParamsOf<M>,
): Promise<ResultOf<M>> {
  const session = sessionSecret();
  if (session === null) throw ended();
  const body = encodeRequest({ id: next++, method, params });
  const { status, response } = await post('/rpc', body, { session });
  if (status === 401) {
    if (session === sessionSecret()) sessionEnded();
    throw ended();
  }
  if (status !== 200) throw unreachable();
  const answer = decodeResponse(await textOf(response));
  if ('error' in answer) throw new RemoteError(answer.error);
  return answer.result as ResultOf<M>;
}

async function textOf(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw unreachable(error);
  }
}

function ended(): AppError {
  return new AppError('window-session', 'state', 'this window is locked');
}
