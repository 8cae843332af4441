/**
 * Echo: takes everybody who asks at its address, and answers every text with the same text, through
 * the API any bot uses. Its place in the
 * event log is acknowledged after the answer is saved, and the answer's client id comes from the
 * question, so that neither a crash nor a repeat loses or doubles one.
 */
import { isAppError } from '@tacet/base';
import { type DaemonCore, localApi } from '@tacet/host/daemon';

const CONSUMER = 'echo';
const PAUSE_MS = 500;
/** Worth another try later: nothing is wrong with the question. */
const LATER: ReadonlySet<string> = new Set(['locked', 'profile-missing', 'outbox-full']);

type Api = ReturnType<typeof localApi>;

/** Runs until `signal` is aborted or the daemon stops. */
export async function runEcho(core: DaemonCore, signal: AbortSignal): Promise<void> {
  const api = localApi(core);
  signal.addEventListener('abort', () => api.close());
  while (!signal.aborted) {
    try {
      await answerAll(api, signal);
    } catch (error) {
      if (signal.aborted || isAppError(error, 'daemon-stopping')) return;
      if (!isAppError(error) || !LATER.has(error.code)) throw error;
      await pause(signal);
    }
  }
}

async function answerAll(api: Api, signal: AbortSignal): Promise<void> {
  let { acknowledged: cursor } = await api.call('events.position', { consumer: CONSUMER });
  await takeRequests(api);
  while (!signal.aborted) {
    const page = await api.call('events.read', { cursor, max: 100, waitMs: 60_000 });
    for (const event of page.events) {
      if (event.kind === 'message') await answer(api, event.subject);
      if (event.kind === 'request') await takeRequests(api);
      cursor = event.cursor;
      if (event.kind === 'message') await api.call('events.ack', { consumer: CONSUMER, cursor });
    }
  }
}

/** Whoever asks: Echo knows nobody. */
async function takeRequests(api: Api): Promise<void> {
  const { requests } = await api.call('request.list', {});
  for (const { id } of requests) {
    try {
      await api.call('request.accept', { id, name: 'guest' });
    } catch (error) {
      // Its invitation has ended, or is of somebody blocked.
      if (!isAppError(error) || error.kind === 'bug' || error.kind === 'storage') throw error;
      await api.call('request.delete', { id });
    }
  }
}

async function answer(api: Api, id: string): Promise<void> {
  try {
    const message = await api.call('message.get', { id });
    if (message.direction !== 'in') return;
    const { contactId, text } = message;
    await api.call('message.send', { contactId, text, clientId: `echo-${id}` });
    await api.call('conversation.read', { contactId });
  } catch (error) {
    // What is gone or can never be answered is passed over.
    if (isAppError(error) && ['missing', 'usage'].includes(error.kind)) return;
    if (isAppError(error, 'contact-ended')) return;
    throw error;
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PAUSE_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
