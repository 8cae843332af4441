/**
 * Echo from the network document, for real: its address is made by a daemon beside the network, the
 * authority's configuration names the file, the next document carries it, and who has the card alone
 * meets Echo by one command and hears it answer (docs/spec/15-trust.md, 9).
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tacet } from '../lib/tacet.ts';
import { FAST, Town } from '../lib/town.ts';

const EPOCH = 90_000;
const PATIENCE = 180_000;
const PARAMETERS = {
  ...FAST,
  ...{ slotMs: 250, inUseSlotMs: 250 },
  // Small documents, which come within an epoch.
  ...{ epochMs: EPOCH, graceMs: EPOCH / 4, keysAhead: 2, validEpochs: 3 },
};

/** As an operator does: the file, its name in the configuration, a restart. */
async function name(town: Town, address: string): Promise<void> {
  const authority = town.network.names('authority')[0] ?? assert.fail('no authority');
  const folder = town.network.folder(authority);
  writeFileSync(join(folder, 'echo.address'), `${address}\n`);
  const described = town.network.processes.find((one) => one.name === authority);
  const config = join(town.network.dir, described?.config ?? assert.fail());
  const had = JSON.parse(readFileSync(config, 'utf8')) as Record<string, unknown>;
  writeFileSync(config, JSON.stringify({ ...had, echo: join(folder, 'echo.address') }));
  await town.network.kill(authority);
  await town.network.run(authority);
}

test('Echo in the network document: one command meets it, and it answers', async () => {
  const daemonArgs = (who: string): string[] => (who === 'echo' ? ['--echo'] : []);
  await Town.with({ parameters: PARAMETERS, daemonArgs }, async (town) => {
    const home = join(town.dir, 'people');
    const run = (who: string, ...argv: string[]) => tacet(home, who, argv, { timeout: PATIENCE });
    await town.person('echo');
    const alice = await town.person('alice');
    const before = await run('alice', 'echo');
    assert.equal(before.code, 5);
    assert.match(before.err, /names? (?:an|no) Echo/);
    const made = await run('echo', 'address', 'create', 'everybody');
    assert.equal(made.code, 0, made.err);
    await name(town, made.out.trim());
    let met = before;
    await town.until('the document names Echo, and it is met', 2 * PATIENCE, async () => {
      met = await run('alice', 'echo', '--timeout', '30s');
      // Not named yet; or under way, which the same command follows further.
      assert.ok([0, 5, 8].includes(met.code), met.err);
      return met.code === 0;
    });
    assert.equal(met.out, 'Echo: ready\n');
    const sent = await run('alice', 'send', 'Echo', 'is anybody there?', '--wait', 'delivered');
    assert.equal(sent.code, 0, sent.err);
    await town.until('Echo answers', PATIENCE, async () => {
      const { contacts } = await alice.api.call('contact.list', {});
      const last = contacts.find((one) => one.name === 'Echo')?.lastMessage;
      return last?.direction === 'in' && last.text === 'is anybody there?';
    });
    // It knows a guest, and no name.
    const list = await run('echo', 'contact', 'list', '--json');
    const [guest, ...more] = JSON.parse(list.out).contacts;
    assert.deepEqual([guest.name, guest.givenName, more.length], ['guest', 'someone', 0]);
    assert.equal(list.out.includes('alice'), false);
    assert.deepEqual(town.crashed(), []);
  });
});
