/** One door to the daemon: POST with our marker, JSON both ways, same origin only. */
import { AppError } from '@tacet/base';

export interface Reply {
  readonly status: number;
  readonly response: Response;
}

/** Throws `window-unreachable` when nobody answers. */
export async function post(
  path: string,
  body: string,
  options: { session?: string; signal?: AbortSignal } = {},
): Promise<Reply> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'tacet-window': '1',
  };
  if (options.session !== undefined) headers['tacet-session'] = options.session;
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers,
      body,
      // Not 'same-origin': with our referrer policy that would send `Origin: null`.
      mode: 'cors',
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return { status: response.status, response };
  } catch (error) {
    throw unreachable(error);
  }
}

export function unreachable(cause?: unknown): AppError {
  return new AppError('window-unreachable', 'network', 'tacet on this computer does not answer', {
    cause,
  });
}
