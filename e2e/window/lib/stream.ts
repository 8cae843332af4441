/** An event stream read line by line from a socket of its own. */
import { pageHeaders } from './raw.ts';

export interface EventStream {
  readonly status: number;
  /** The next line as a value; null at the end. */
  next(): Promise<unknown>;
  cancel(): Promise<void>;
}

export async function openStream(
  port: number,
  session: string,
  cursor: unknown,
): Promise<EventStream> {
  const { host: _host, ...headers } = pageHeaders(port);
  const response = await fetch(`http://localhost:${port}/events`, {
    method: 'POST',
    headers: { ...headers, 'tacet-session': session },
    body: JSON.stringify({ cursor }),
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  return {
    status: response.status,
    async next() {
      for (;;) {
        const end = held.indexOf('\n');
        if (end !== -1) {
          const line = held.slice(0, end);
          held = held.slice(end + 1);
          return JSON.parse(line);
        }
        const chunk = await reader?.read();
        if (chunk === undefined || chunk.done) return null;
        held += chunk.value;
      }
    },
    async cancel() {
      await reader?.cancel();
    },
  };
}
