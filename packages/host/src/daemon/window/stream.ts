/**
 * The event stream of a window: the answer of one POST that does not end, one JSON object a
 * line. It reads the durable log, so a page that comes back with its cursor misses nothing.
 * Lines: {"event"}, {"alive":cursor} when quiet, and {"end":reason} last.
 */
import type { ServerResponse } from 'node:http';
import type { EventView, ResultOf } from '@tacet/api';
import { isAppError } from '@tacet/base';
import { STREAM_LINGER, STREAM_PAGE, STREAM_WAIT } from './limits.ts';
import type { EndReason, WindowCaller, WindowCore } from './port.ts';
import type { Session } from './sessions.ts';

/** Runs until the session ends, the page leaves, or the log cannot be read. False: too many. */
export async function serveEvents(
  core: WindowCore,
  session: Session,
  cursor: number,
  response: ServerResponse,
): Promise<boolean> {
  let ended = false;
  const gone = new AbortController();
  const end = (reason: EndReason): void => {
    if (ended) return;
    ended = true;
    gone.abort();
    if (response.destroyed) return;
    response.end(line({ end: reason }));
    setTimeout(() => response.destroy(), STREAM_LINGER).unref();
  };
  const leave = session.addStream(end);
  if (leave === null) return false;
  response.once('close', () => {
    ended = true;
    gone.abort();
  });
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
  const isEnded = (): boolean => ended;
  try {
    while (!isEnded()) {
      const page = await readEvents(
        core,
        { kind: 'window', session: session.id, signal: gone.signal },
        cursor,
      );
      if (isEnded()) break;
      cursor = page.cursor;
      const lines = page.events.map((event: EventView) => line({ event }));
      const text = lines.length > 0 ? lines.join('') : line({ alive: cursor });
      if (!response.write(text)) await drained(response);
    }
  } catch (error) {
    end(isAppError(error, 'locked') ? 'locked' : 'failed');
  } finally {
    leave();
  }
  return true;
}

async function readEvents(core: WindowCore, caller: WindowCaller, cursor: number) {
  const params = { cursor, max: STREAM_PAGE, waitMs: STREAM_WAIT };
  const result = await core.call('events.read', params, caller);
  return result as ResultOf<'events.read'>;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
