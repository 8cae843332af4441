/**
 * Bots beside a daemon that is killed again and again: one writes, one reads. Nothing is lost,
 * nothing is there twice, and every event comes at least once and in order.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Api } from '@tacet/api';
import { dialDaemon } from '../src/socket.ts';

const home = mkdtempSync(join(tmpdir(), 'tacet-bots-'));
const passphrase = join(home, 'passphrase');
const token = join(home, 'reader.token');
const bin = fileURLToPath(new URL('../bin/tacet.mjs', import.meta.url));

/** Runs `tacet`; answers what it printed as JSON. */
function tacet(...args: readonly string[]): Record<string, unknown> {
  const run = spawnSync(process.execPath, [bin, ...args, '--json'], {
    env: { ...process.env, TACET_HOME: home },
    encoding: 'utf8',
  });
  assert.equal(run.status, 0, `${args.join(' ')}: ${run.stderr}`);
  return run.stdout === '' ? {} : (JSON.parse(run.stdout) as Record<string, unknown>);
}

const kill = (): void => {
  process.kill(Number(tacet('rpc', 'status')['pid']), 'SIGKILL');
};

before(() => {
  writeFileSync(passphrase, 'a long enough one\n', { mode: 0o600 });
  tacet('profile', 'create', 'Alice', '--passphrase-file', passphrase);
});
after(() => {
  spawnSync(process.execPath, [bin, 'down'], { env: { ...process.env, TACET_HOME: home } });
  rmSync(home, { recursive: true, force: true });
});

const dial = (): Promise<Api> => dialDaemon(join(home, 'default', 'daemon.sock'));

test('a token is written to a file of its owner, and one that is not is refused', () => {
  const made = tacet('token', 'create', 'reader', '--scope', 'read', '--file', token);
  assert.equal(JSON.stringify(made).includes(readFileSync(token, 'utf8').trim()), false);
  assert.equal(statSync(token).mode & 0o777, 0o600);
  tacet('conversation', 'list', '--token-file', token);
  const refused = spawnSync(process.execPath, [bin, '--token-file', token, 'note', 'x'], {
    env: { ...process.env, TACET_HOME: home },
    encoding: 'utf8',
  });
  assert.deepEqual([refused.status, /does not allow/.test(refused.stderr)], [7, true]);
});

test('killed six times: each note once, each event at least once and in order', async () => {
  const { id: contactId } = tacet('rpc', 'note.open') as { id: string };
  const secret = readFileSync(token, 'utf8').trim();
  const seen: number[] = [];
  let written = 0;
  let over = false;

  /** Writes until it is told to stop; what it does not know to be saved it says again. */
  const writer = async (): Promise<void> => {
    let api = await dial();
    while (!over) {
      try {
        const note = { contactId, text: `note ${written}`, clientId: `note-${written}` };
        await api.call('message.send', note);
        written += 1;
      } catch {
        api.close();
        api = await again(dial);
      }
    }
    api.close();
  };
  /** Acts on events, then acknowledges; after each death from the place that was kept. */
  const reader = async (): Promise<void> => {
    const enter = async (): Promise<Api> => {
      const api = await dial();
      await api.call('auth', { token: secret });
      return api;
    };
    let api = await again(enter);
    let { acknowledged: cursor } = await api.call('events.position', { consumer: 'main' });
    for (let idle = 0; !over || idle === 0; ) {
      try {
        const page = await api.call('events.read', { cursor, max: 20, waitMs: 100 });
        assert.equal(page.lost, 0);
        idle = page.events.length === 0 ? 1 : 0;
        for (const event of page.events) seen.push(event.cursor);
        cursor = page.cursor;
        if (page.events.length > 0) await api.call('events.ack', { consumer: 'main', cursor });
        // Within its rate.
        await pause(100);
      } catch (error) {
        assert.notEqual(error instanceof assert.AssertionError, true, String(error));
        api.close();
        api = await again(enter);
        ({ acknowledged: cursor } = await api.call('events.position', { consumer: 'main' }));
      }
    }
    api.close();
  };

  const bots = [writer(), reader()];
  for (let round = 0; round < 6; round++) {
    await pause(300 + round * 130);
    kill();
    tacet('up');
    tacet('unlock', '--passphrase-file', passphrase);
  }
  await pause(500);
  over = true;
  await Promise.all(bots);

  const api = await dial();
  const texts: string[] = [];
  for (let before: string | undefined; ; ) {
    const page = { contactId, limit: 200, ...(before === undefined ? {} : { before }) };
    const { messages } = await api.call('message.list', page);
    if (messages.length === 0) break;
    texts.unshift(...messages.map(({ text }) => text));
    before = messages[0]?.id;
  }
  const { newest } = await api.call('events.position', {});
  api.close();
  assert.ok(written > 20, `${written} notes`);
  assert.deepEqual(
    texts,
    Array.from({ length: written }, (_, n) => `note ${n}`),
  );
  const firsts = seen.filter((cursor, index) => seen.indexOf(cursor) === index);
  assert.deepEqual(
    firsts,
    Array.from({ length: newest }, (_, n) => n + 1),
  );
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function again(open: () => Promise<Api>): Promise<Api> {
  for (let tries = 0; ; tries++) {
    try {
      const api = await open();
      await api.call('conversation.list', {});
      return api;
    } catch (error) {
      // The daemon starts, or waits for its passphrase.
      if (tries > 200) throw error;
      await pause(50);
    }
  }
}
