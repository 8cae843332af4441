/** The one-time ticket: reuse, race, expiry, guessing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SECOND } from '@tacet/base';
import { post } from './lib/raw.ts';
import { openSession, rpcBody, type Setup, startServer, ticketOf } from './lib/setup.ts';

function redeem({ port }: Setup, ticket: unknown) {
  return post(port, { target: '/session', body: JSON.stringify({ ticket }) });
}

describe('window: tickets', () => {
  it('a ticket works once', async (t) => {
    const setup = await startServer(t);
    const ticket = ticketOf(setup.server.ticket());
    assert.match(ticket, /^[A-Za-z0-9_-]{43}$/);
    assert.equal((await redeem(setup, ticket)).status, 200);
    assert.equal((await redeem(setup, ticket)).status, 403);
    assert.equal(setup.server.sessions().length, 1);
  });

  it('of two redemptions at once exactly one wins', async (t) => {
    const setup = await startServer(t);
    for (let round = 0; round < 10; round++) {
      const ticket = ticketOf(setup.server.ticket());
      const answers = await Promise.all([redeem(setup, ticket), redeem(setup, ticket)]);
      const statuses = answers.map(({ status }) => status).sort();
      assert.deepEqual(statuses, [200, 403]);
      setup.clock.time += SECOND;
    }
  });

  it('a ticket older than thirty seconds is worth nothing', async (t) => {
    const setup = await startServer(t);
    const late = ticketOf(setup.server.ticket());
    setup.clock.time += 30 * SECOND;
    assert.equal((await redeem(setup, late)).status, 403);
    const early = ticketOf(setup.server.ticket());
    setup.clock.time += 30 * SECOND - 1;
    assert.equal((await redeem(setup, early)).status, 200);
  });

  it('guessing is slowed after twenty wrong tickets, and time heals it', async (t) => {
    const setup = await startServer(t);
    const ticket = ticketOf(setup.server.ticket());
    const statuses = new Map<number, number>();
    for (let i = 0; i < 30; i++) {
      const { status } = await redeem(setup, 'A'.repeat(43));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    assert.deepEqual(
      [...statuses],
      [
        [403, 20],
        [429, 10],
      ],
    );
    setup.clock.time += 2 * SECOND;
    assert.equal((await redeem(setup, ticket)).status, 200);
  });

  it('anything that is not a ticket is refused and opens nothing', async (t) => {
    const setup = await startServer(t);
    setup.server.ticket();
    for (const wrong of ['', 'x', null, 7, {}, [], true, 'A'.repeat(42), `${'A'.repeat(42)}=`]) {
      assert.equal((await redeem(setup, wrong)).status, 403, String(wrong));
    }
    const bodies = ['', 'null', '[]', '"x"', '{', '{"__proto__":{"ticket":1}}', '\u{1f600}'];
    for (const body of bodies) {
      assert.equal((await post(setup.port, { target: '/session', body })).status, 400, body);
    }
    assert.equal(setup.server.sessions().length, 0);
  });

  it('the oldest of too many tickets is void, and a lock voids all', async (t) => {
    const setup = await startServer(t);
    const tickets = Array.from({ length: 9 }, () => ticketOf(setup.server.ticket()));
    assert.equal((await redeem(setup, tickets[0])).status, 403);
    assert.equal((await redeem(setup, tickets[1])).status, 200);
    setup.daemon.lock();
    assert.equal((await redeem(setup, tickets[8])).status, 403);
  });

  it('a session secret is no ticket, a ticket is no session secret', async (t) => {
    const setup = await startServer(t);
    const { session, reopen } = await openSession(setup);
    for (const secret of [session, reopen]) {
      assert.equal((await redeem(setup, secret)).status, 403);
    }
    for (const secret of [ticketOf(setup.server.ticket()), reopen, '', `${session}A`]) {
      const headers = { 'tacet-session': secret };
      assert.equal((await post(setup.port, { headers, body: rpcBody('status') })).status, 401);
    }
    const twice = { 'tacet-session': [session, session] };
    assert.equal((await post(setup.port, { headers: twice, body: rpcBody('status') })).status, 401);
  });
});
