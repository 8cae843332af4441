/** Two windows, two daemons, a network of processes; one daemon is killed while the other side writes to it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { DaemonProcess } from '../lib/daemon.ts';
import type { Town } from '../lib/town.ts';
import { startWatch } from '../window/lib/browser.ts';
import { enter, openChat, openTown, row, SOON, twoPeople, write } from './stage.ts';

describe('browser: a daemon is killed', { timeout: 240_000 }, () => {
  let town: Town;
  let alice: DaemonProcess;
  let bob: DaemonProcess;
  let failed = true;

  before(async () => {
    town = await openTown();
    [alice, bob] = await twoPeople(town);
  });
  after(() => town.close(failed));

  it('a daemon killed and started again loses nothing that was written', async (t) => {
    const watch = await startWatch(t);
    const hers = await watch.newPage();
    await enter(hers, alice);
    await openChat(hers, 'Bob');
    await write(hers, 'Can you hear me?');
    await row(hers, 'You: Can you hear me.*Delivered').waitFor(SOON);
    await bob.kill();
    await write(hers, 'Are you still there?');
    await row(hers, 'You: Are you still there.*In the mailbox').waitFor(SOON);
    await bob.start();
    const his = await watch.newPage();
    await enter(his, bob);
    await openChat(his, 'Alice');
    await row(his, 'Alice: Are you still there').waitFor(SOON);
    await row(hers, 'You: Are you still there.*Delivered').waitFor(SOON);
    assert.equal(await row(his, 'Alice: ').count(), 2);
    failed = false;
  });
});
