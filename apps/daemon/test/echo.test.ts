import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@tacet/base';
import type { DaemonCore } from '@tacet/host/daemon';
import { contactView, messageView } from '@tacet/testkit/views';
import { runEcho } from '../src/echo.ts';

interface Incoming {
  readonly id: string;
  readonly direction: 'in' | 'out';
  readonly text: string;
}

/** The part of a daemon Echo uses, in memory; what it keeps survives a "restart" of the bot. */
class Core implements DaemonCore {
  onTokenEnd(): () => void {
    return () => {};
  }

  readonly messages: Incoming[] = [];
  readonly sent = new Map<string, string>();
  readonly events = { subscribe: () => () => {} };
  acknowledged = 0;
  /** Waiting at its address. */
  readonly requests = new Set<string>();
  readonly accepted: string[] = [];
  calls = 0;
  /** Errors to throw, by method, once each. */
  readonly trouble = new Map<string, AppError>();
  private waiting: (() => void)[] = [];
  onLock = () => () => {};

  arrive(text: string, direction: 'in' | 'out' = 'in'): void {
    this.messages.push({ id: String(this.messages.length + 1), direction, text });
    for (const wake of this.waiting.splice(0)) wake();
  }

  call: DaemonCore['call'] = async (method, given, { signal }) => {
    const params = given as Record<string, never>;
    this.calls += 1;
    const error = this.trouble.get(method);
    this.trouble.delete(method);
    if (error !== undefined) throw error;
    switch (method) {
      case 'events.position':
        return { newest: this.messages.length, acknowledged: this.acknowledged };
      case 'events.read':
        return await this.read(Number(params['cursor']), signal);
      case 'events.ack':
        this.acknowledged = Math.max(this.acknowledged, Number(params['cursor']));
        return {};
      case 'request.list':
        return { requests: [...this.requests].map(requestView) };
      case 'request.accept':
        this.requests.delete(params['id'] ?? '');
        this.accepted.push(params['id'] ?? '');
        return contactView({ id: '1' });
      case 'request.delete':
        this.requests.delete(params['id'] ?? '');
        return {};
      case 'message.get':
        return { ...view(this.messages[Number(params['id']) - 1]), evidence: [] };
      case 'message.send':
        this.sent.set(params['clientId'] ?? '', params['text'] ?? '');
        return view({ id: '99', direction: 'out', text: '' });
      default:
        return {};
    }
  };

  private async read(cursor: number, signal: AbortSignal | undefined) {
    if (cursor === this.messages.length) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
        signal?.addEventListener('abort', () => resolve());
      });
    }
    const events = this.messages
      .slice(cursor)
      .map(({ id }) => ({ cursor: Number(id), at: 0, kind: 'message', subject: id }));
    return { events, cursor: events.at(-1)?.cursor ?? cursor, oldest: 1, lost: 0 };
  }
}

function requestView(id: string) {
  return { id, addressId: '1', name: '', text: '', claims: 'a person', cameAt: 0, endsAt: 0 };
}

function view(message: Incoming | undefined) {
  return messageView({ id: '0', text: '', sentAt: 0, ...message });
}

async function until(met: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!met()) {
    assert.ok(performance.now() < end, 'it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test('every text is answered with the same text, own ones are not', async () => {
  const core = new Core();
  core.arrive('before it ran');
  const stop = new AbortController();
  const done = runEcho(core, stop.signal);
  await until(() => core.sent.size === 1);
  core.arrive('mine', 'out');
  core.arrive('second');
  await until(() => core.acknowledged === 3);
  assert.deepEqual(
    [...core.sent],
    [
      ['echo-1', 'before it ran'],
      ['echo-3', 'second'],
    ],
  );
  stop.abort();
  await done;
});

test('killed before it acknowledged, it repeats the answer under the same id', async () => {
  const core = new Core();
  core.arrive('once');
  core.trouble.set('events.ack', new AppError('internal', 'bug', 'killed here'));
  await assert.rejects(runEcho(core, new AbortController().signal));
  assert.equal(core.acknowledged, 0);
  const stop = new AbortController();
  const done = runEcho(core, stop.signal);
  await until(() => core.acknowledged === 1);
  assert.deepEqual([...core.sent], [['echo-1', 'once']]);
  stop.abort();
  await done;
});

test('whoever asks is taken; who cannot be is deleted', async () => {
  const core = new Core();
  core.requests.add('7').add('8');
  core.trouble.set('request.accept', new AppError('request-ended', 'refused', 'its end came'));
  const stop = new AbortController();
  const done = runEcho(core, stop.signal);
  await until(() => core.requests.size === 0);
  assert.deepEqual(core.accepted, ['8']);
  stop.abort();
  await done;
});

test('it waits while the profile is locked and while its outbox is full', async () => {
  const core = new Core();
  core.arrive('patience');
  core.trouble.set('events.position', new AppError('locked', 'state', 'locked'));
  core.trouble.set('message.send', new AppError('outbox-full', 'refused', 'full'));
  const stop = new AbortController();
  const done = runEcho(core, stop.signal);
  await until(() => core.acknowledged === 1);
  assert.equal(core.sent.get('echo-1'), 'patience');
  stop.abort();
  await done;
});

test('what can never be answered is passed over', async () => {
  const core = new Core();
  core.arrive('to nobody');
  core.arrive('to somebody');
  core.trouble.set('message.send', new AppError('contact-ended', 'refused', 'ended'));
  const stop = new AbortController();
  const done = runEcho(core, stop.signal);
  await until(() => core.acknowledged === 2);
  assert.deepEqual([...core.sent.values()], ['to somebody']);
  stop.abort();
  await done;
});

test('it ends with the daemon', async () => {
  const core = new Core();
  core.trouble.set('events.position', new AppError('daemon-stopping', 'state', 'stopping'));
  await runEcho(core, new AbortController().signal);
});
