/** Sessions and streams after lock, revocation and idleness; coming back by the passphrase. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { HOUR, MINUTE, SECOND } from '@tacet/base';
import { PASSPHRASE } from './lib/fake-daemon.ts';
import { post } from './lib/raw.ts';
import { openSession, rpcBody, type Setup, startServer, ticketOf } from './lib/setup.ts';
import { openStream } from './lib/stream.ts';

async function callStatus({ port }: Setup, session: string, method = 'status') {
  return post(port, { headers: { 'tacet-session': session }, body: rpcBody(method) });
}

function reopen({ port }: Setup, secret: string, passphrase: unknown) {
  return post(port, { target: '/reopen', body: JSON.stringify({ reopen: secret, passphrase }) });
}

describe('window: locks', () => {
  it('the stream ends with the lock and says so', async (t) => {
    const setup = await startServer(t);
    const first = await openSession(setup);
    const second = await openSession(setup);
    const streams = [
      await openStream(setup.port, first.session, 0),
      await openStream(setup.port, second.session, 0),
    ];
    setup.daemon.addContact('Bob');
    for (const stream of streams) {
      assert.deepEqual((await stream.next()) as object, {
        event: { cursor: 1, at: setup.clock.time, kind: 'contact', subject: 'c1' },
      });
    }
    setup.daemon.lock();
    for (const stream of streams) {
      assert.deepEqual(await stream.next(), { end: 'locked' });
      assert.equal(await stream.next(), null);
    }
  });

  it('a session after the lock is refused for everything', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    assert.equal((await callStatus(setup, session)).status, 200);
    setup.daemon.lock();
    assert.equal((await callStatus(setup, session)).status, 401);
    assert.equal((await openStream(setup.port, session, 0)).status, 401);
    setup.daemon.state = 'open';
    assert.equal((await callStatus(setup, session)).status, 401);
    assert.equal(setup.server.sessions().length, 0);
  });

  it('a page can tell its daemon from a program that took the port', async (t) => {
    const setup = await startServer(t);
    const { id, proof, session } = await openSession(setup);
    const nonce = Buffer.alloc(32, 7).toString('base64url');
    const prove = (body: object) =>
      post(setup.port, { target: '/prove', body: JSON.stringify(body) });
    const expected = createHmac('sha256', Buffer.from(proof, 'base64url'))
      .update(Buffer.alloc(32, 7))
      .digest('base64url');
    assert.equal(JSON.parse((await prove({ id, nonce })).body).proof, expected);
    setup.daemon.lock();
    assert.equal(JSON.parse((await prove({ id, nonce })).body).proof, expected);
    for (const wrong of [
      { id: session, nonce },
      { nonce },
      { id },
      { id, nonce: 'AA' },
      { id, nonce: 7 },
    ]) {
      assert.equal((await prove(wrong)).status, 403);
    }
    const other = await startServer(t);
    const answer = await post(other.port, {
      target: '/prove',
      body: JSON.stringify({ id, nonce }),
    });
    assert.equal(answer.status, 403);
  });

  it('an answer that was on its way when the lock came is not shown', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    const body = rpcBody('events.read', { cursor: 0, max: 10, waitMs: 5_000 });
    const slow = post(setup.port, { headers: { 'tacet-session': session }, body });
    while (setup.daemon.called('events.read') === 0) await callStatus(setup, session);
    setup.daemon.lock();
    assert.equal((await slow).status, 401);
  });

  it('a locked window comes back by the passphrase, once, with new secrets', async (t) => {
    const setup = await startServer(t);
    const old = await openSession(setup);
    assert.equal((await reopen(setup, old.reopen, PASSPHRASE)).status, 403, 'not while open');
    setup.daemon.lock();
    const wrong = await reopen(setup, old.reopen, 'wrong');
    assert.match(wrong.body, /passphrase-wrong/);
    const soon = await reopen(setup, old.reopen, PASSPHRASE);
    assert.match(soon.body, /window-wait/);
    setup.clock.time += SECOND;
    const answer = JSON.parse((await reopen(setup, old.reopen, PASSPHRASE)).body);
    assert.notEqual(answer.session, old.session);
    assert.equal((await callStatus(setup, answer.session)).status, 200);
    assert.equal((await callStatus(setup, old.session)).status, 401);
    assert.equal((await reopen(setup, old.reopen, PASSPHRASE)).status, 403, 'spent');
  });

  it('a stranger cannot even guess the passphrase', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    setup.daemon.lock();
    const before = setup.daemon.calls.length;
    for (const secret of ['A'.repeat(43), session, '', ticketOf(setup.server.ticket())]) {
      assert.equal((await reopen(setup, secret, PASSPHRASE)).status, 403);
    }
    assert.equal(setup.daemon.calls.length, before);
  });

  it('a window left locked asks for the passphrase even when another has unlocked', async (t) => {
    const setup = await startServer(t);
    const old = await openSession(setup);
    setup.daemon.lock();
    setup.daemon.state = 'open';
    const wrong = await reopen(setup, old.reopen, 'anything');
    assert.match(wrong.body, /passphrase-wrong/);
    setup.clock.time += SECOND;
    const right = JSON.parse((await reopen(setup, old.reopen, PASSPHRASE)).body);
    assert.equal((await callStatus(setup, right.session)).status, 200);
  });

  it('nothing but a secret can be handed to the unlocking', async (t) => {
    const setup = await startServer(t);
    const { reopen: secret } = await openSession(setup);
    setup.daemon.lock();
    for (const extra of [{}, { name: 'x' }, { passphrase: 7 }, { passphrase: '' }]) {
      const body = JSON.stringify({ reopen: secret, ...extra });
      const answer = await post(setup.port, { target: '/reopen', body });
      assert.match(answer.body, /params-invalid|passphrase-wrong/);
      setup.clock.time += MINUTE;
    }
  });

  it('wrong passphrases wait longer and longer, one attempt at a time', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    const headers = { 'tacet-session': session };
    const attempt = async () => {
      const body = rpcBody('profile.unlock', { passphrase: 'wrong' });
      return JSON.parse((await post(setup.port, { headers, body })).body).error.data.code;
    };
    for (const pause of [1, 2, 4, 8, 16, 32, 60, 60]) {
      assert.equal(await attempt(), 'passphrase-wrong');
      setup.clock.time += pause * SECOND - 1;
      assert.equal(await attempt(), 'window-wait');
      setup.clock.time += 1;
    }
    assert.equal(setup.daemon.called('profile.unlock'), 8);
  });

  it('a revoked session and its stream end; others stay', async (t) => {
    const setup = await startServer(t);
    const first = await openSession(setup);
    const second = await openSession(setup);
    const stream = await openStream(setup.port, first.session, 0);
    const [info] = setup.server.sessions();
    assert.ok(info !== undefined && setup.server.revoke(info.id));
    assert.deepEqual(await stream.next(), { end: 'revoked' });
    assert.equal((await callStatus(setup, first.session)).status, 401);
    assert.equal((await callStatus(setup, second.session)).status, 200);
    assert.equal(setup.server.revoke('unknown'), false);
    setup.daemon.lock();
    assert.equal((await reopen(setup, first.reopen, PASSPHRASE)).status, 403, 'not after revoke');
  });

  it('a page that leaves ends its own session', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    const headers = { 'tacet-session': session };
    assert.equal((await post(setup.port, { target: '/leave', headers })).status, 200);
    assert.equal((await callStatus(setup, session)).status, 401);
  });

  it('a session not heard of for twelve hours ends; use keeps it', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    setup.clock.time += 12 * HOUR - 1;
    assert.equal((await callStatus(setup, session)).status, 200);
    setup.clock.time += 12 * HOUR - 1;
    assert.equal((await callStatus(setup, session)).status, 200);
    setup.clock.time += 12 * HOUR;
    assert.equal((await callStatus(setup, session)).status, 401);
  });

  it('one session too many ends the one not heard of for longest', async (t) => {
    const setup = await startServer(t);
    const opened: string[] = [];
    for (let i = 0; i < 16; i++) {
      opened.push((await openSession(setup)).session);
      setup.clock.time += MINUTE;
    }
    await callStatus(setup, opened[0] ?? '');
    const newest = (await openSession(setup)).session;
    assert.equal((await callStatus(setup, opened[1] ?? '')).status, 401);
    assert.equal((await callStatus(setup, opened[0] ?? '')).status, 200);
    assert.equal((await callStatus(setup, newest)).status, 200);
    assert.equal(setup.server.sessions().length, 16);
  });

  it('a stream that comes back with its cursor misses nothing', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    const first = await openStream(setup.port, session, 0);
    setup.daemon.emit('alarm', 'one');
    assert.equal(cursorOf(await first.next()), 1);
    await first.cancel();
    for (let i = 0; i < 450; i++) setup.daemon.emit('alarm', `${i}`);
    const second = await openStream(setup.port, session, 1);
    for (let cursor = 2; cursor <= 451; cursor++) {
      assert.equal(cursorOf(await second.next()), cursor);
    }
    await second.cancel();
  });

  it('streams of one session are capped, and bad cursors refused', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    for (const cursor of [-1, 1.5, '0', null, 2 ** 60]) {
      assert.equal((await openStream(setup.port, session, cursor)).status, 400, String(cursor));
    }
    const open = [];
    for (let i = 0; i < 4; i++) open.push(await openStream(setup.port, session, 0));
    assert.deepEqual(
      open.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    assert.equal((await openStream(setup.port, session, 0)).status, 429);
  });
});

function cursorOf(line: unknown): unknown {
  return (line as { event?: { cursor?: unknown } } | null)?.event?.cursor;
}
