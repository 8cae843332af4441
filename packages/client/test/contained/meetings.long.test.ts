/** A meeting, at either end, whose work cannot be saved: it ends and says so, or goes on after a start. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import { ModelPerson } from '@tacet/testkit/model';
import { BrokenWork } from './broken-work.ts';
import { pair, say } from './pair.ts';
import { faultsOf, textsIn } from './poison.ts';

/** What Alice's daemon does when she invites, or is invited; notices are hello and key set. */
const INVITES = ['bundle/', 'answer/', 'notice/'] as const;
const ACCEPTS = ['visit/', 'notice/'] as const;

for (const [role, works] of Object.entries({ inviter: INVITES, guest: ACCEPTS })) {
  for (const work of works) {
    test(`invariant: a meeting fails at any statement, always: it ends or goes on after a start, and friends write (${role}, ${work})`, async () => {
      const [world, alice, bob] = await pair(`meeting ${role} ${work}`);
      faultsOf(alice);
      let statement: string | null = 'first';
      const ends = { met: 0, ended: 0 };
      for (let at = 1; statement !== null; at++) {
        const [other] = await world.join(`guest${at}`);
        assert.ok(other instanceof ModelPerson);
        const broken = new BrokenWork(at, ({ key }) => key.startsWith(work));
        broken.plantIn(alice);
        const [inviter, guest] = role === 'inviter' ? [alice, other] : [other, alice];
        const id = world.ask(inviter, (client, now) =>
          client.createInvitation({ label: `no ${at}` }, now),
        ).id;
        await world.run(3 * MINUTE);
        const shown = () => inviter.machine.invitations().find((one) => one.id === id);
        let contactId: string | null = null;
        const accept = (): void => {
          const link = shown()?.link ?? null;
          if (link === null) return;
          contactId = world.ask(guest, (client, now) => client.acceptInvitation({ link }, now)).id;
        };
        accept();
        await world.run(20 * MINUTE);
        say(world, alice, `to bob ${at}`);
        say(world, bob, `to alice ${at}`);
        await world.run(10 * MINUTE);
        statement = broken.statement;
        assert.ok(textsIn(bob).includes(`to bob ${at}`), statement ?? 'none');
        assert.ok(textsIn(alice).includes(`to alice ${at}`), statement ?? 'none');
        alice.store.fault = null;
        alice.stop();
        alice.start();
        await world.run(HOUR);
        // A bundle that rested is made now.
        if (contactId === null) accept();
        await world.run(2 * HOUR);
        const known = role === 'guest' ? contactId : (shown()?.contactId ?? null);
        const contact = alice.machine.contacts().find((one) => one.id === known);
        if (contact?.state === 'ready') {
          ends.met += 1;
          alice.act((client, now) =>
            client.sendText({ contactId: contact.id, text: 'hello', clientId: null }, now),
          );
          await world.run(HOUR / 2);
          assert.deepEqual(textsIn(other), ['hello'], statement ?? 'none');
        } else {
          ends.ended += 1;
          const reason = contact === undefined ? shown()?.reason : contact.reason;
          assert.match(`${reason}`, /-failed$/, `${contact?.state}: ${statement}`);
        }
        other.stop();
      }
      assert.ok(ends.met > 0, JSON.stringify(ends));
    });
  }
}
