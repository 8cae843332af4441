/** What a page may do only after its person gave the passphrase anew. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MINUTE } from '@tacet/base';
import { PHRASE } from './lib/fake-backups.ts';
import { PASSPHRASE } from './lib/fake-daemon.ts';
import { post } from './lib/raw.ts';
import { openSession, rpcBody, type Setup, startServer } from './lib/setup.ts';

async function codeOf({ port }: Setup, session: string, method: string, params: object) {
  const headers = { 'tacet-session': session };
  const answer = await post(port, { headers, body: rpcBody(method, params) });
  const { error } = JSON.parse(answer.body) as { error?: { data: { code: string } } };
  return error?.data.code ?? 'ok';
}

const wanted: readonly (readonly [string, object])[] = [
  ['backup.set', { phrase: PHRASE }],
  ['backup.set', { folder: '/media/stick/tacet' }],
  ['backup.set', { hours: 6, folder: '/media/stick/tacet' }],
  ['backup.test', { phrase: PHRASE, folder: '/media/stick/tacet' }],
];

describe('window: what needs the passphrase anew', () => {
  it('is refused to a page that did not give it, and reaches no daemon', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    for (const [method, params] of wanted) {
      assert.equal(await codeOf(setup, session, method, params), 'window-unconfirmed', method);
    }
    assert.equal(await codeOf(setup, session, 'backup.set', { hours: 6 }), 'ok');
    assert.deepEqual(
      setup.daemon.calls.map(({ params }) => params),
      [{ hours: 6 }],
    );
  });

  it('is done for five minutes, for the session that gave it and no other', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    const other = await openSession(setup);
    const unlock = (passphrase: string) => codeOf(setup, session, 'profile.unlock', { passphrase });
    assert.equal(await unlock('wrong'), 'passphrase-wrong');
    assert.equal(
      await codeOf(setup, session, ...(wanted[0] ?? assert.fail())),
      'window-unconfirmed',
    );
    setup.clock.time += MINUTE;
    assert.equal(await unlock(PASSPHRASE), 'ok');
    setup.clock.time += 5 * MINUTE - 1;
    for (const [method, params] of wanted) {
      assert.equal(await codeOf(setup, session, method, params), 'ok', method);
      assert.equal(await codeOf(setup, other.session, method, params), 'window-unconfirmed');
    }
    setup.clock.time += 1;
    assert.equal(
      await codeOf(setup, session, ...(wanted[0] ?? assert.fail())),
      'window-unconfirmed',
    );
  });

  it('a keychain confirms nothing', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    setup.daemon.keychain = true;
    assert.equal(await codeOf(setup, session, 'profile.unlock', { keychain: true }), 'ok');
    assert.equal(
      await codeOf(setup, session, ...(wanted[0] ?? assert.fail())),
      'window-unconfirmed',
    );
  });
});
