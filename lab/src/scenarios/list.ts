/** Ten scenarios that must hold in simulated time and over real sockets alike. */
import assert from 'node:assert/strict';
import type { Scenario } from './stage.ts';
import { arrived, delivered, exactly, linkOf, meet, ready } from './steps.ts';

const numbered = (n: number, word: string): string[] =>
  Array.from({ length: n }, (_, i) => `${word} ${i}`);

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'two people meet by invitation and write both ways',
    about: 'texts',
    async run(stage) {
      const alice = await stage.person('alice');
      const bob = await stage.person('bob');
      await meet(stage, alice, bob);
      const a = await alice.send('bob', 'hello bob');
      const b = await bob.send('alice', 'hello alice');
      await delivered(stage, alice, [a.id]);
      await delivered(stage, bob, [b.id]);
      await exactly(bob, 'alice', ['hello bob']);
      await exactly(alice, 'bob', ['hello alice']);
    },
  },
  {
    name: 'a guest writes before the inviter has answered',
    about: 'meeting',
    async run(stage) {
      const alice = await stage.person('alice');
      const bob = await stage.person('bob');
      const link = await linkOf(stage, alice, 'bob');
      await bob.accept(link, 'alice');
      const sent = [];
      for (const text of numbered(3, 'early')) sent.push((await bob.send('alice', text)).id);
      await delivered(stage, bob, sent);
      await exactly(alice, 'bob', numbered(3, 'early'));
    },
  },
  {
    name: 'a second guest is told that the invitation was used',
    about: 'refusal',
    async run(stage) {
      const alice = await stage.person('alice');
      const bob = await stage.person('bob');
      const carol = await stage.person('carol');
      const link = await linkOf(stage, alice, 'somebody');
      await bob.accept(link, 'alice');
      await ready(stage, bob, 'alice');
      await carol.accept(link, 'alice');
      await stage.until('carol is refused', async () =>
        (await carol.contacts()).some(
          (one) => one.state === 'ended' && one.reason === 'invitation-used',
        ),
      );
      assert.equal((await alice.contacts()).length, 1);
    },
  },
  {
    name: 'a revoked invitation cannot be answered',
    about: 'refusal',
    async run(stage) {
      const alice = await stage.person('alice');
      const bob = await stage.person('bob');
      const link = await linkOf(stage, alice, 'bob');
      const [open] = await alice.invitations();
      assert.ok(open !== undefined);
      assert.equal((await alice.revoke(open.id)).state, 'revoked');
      await bob.accept(link, 'alice');
      await stage.pass(20_000);
      assert.equal((await alice.contacts()).length, 0);
      assert.notEqual((await bob.contacts())[0]?.state, 'ready');
    },
  },
  {
    name: 'a long text travels in parts and arrives whole',
    about: 'texts',
    async run(stage) {
      const alice = await stage.person('alice');
      const bob = await stage.person('bob');
      await meet(stage, alice, bob);
      const text = 'long '.repeat(3_200);
      const { id } = await alice.send('bob', text);
      await delivered(stage, alice, [id]);
      assert.ok((await alice.message(id)).parts > 5);
      await exactly(bob, 'alice', [text]);
    },
  },
  {
    name: 'thirty texts at once arrive once each',
    about: 'texts',
    async run(stage) {
      const alice = await stage.person('alice');
      const bob = await stage.person('bob');
      await meet(stage, alice, bob);
      const texts = numbered(30, 'burst');
      const sent = [];
      for (const text of texts) sent.push((await alice.send('bob', text, `id ${text}`)).id);
      // The same client ids again: nothing new.
      for (const text of texts) await alice.send('bob', text, `id ${text}`);
      await delivered(stage, alice, sent);
      await exactly(bob, 'alice', texts);
    },
  },
  {
    name: 'the receiver is killed and misses nothing',
    about: 'kills',
    async run(stage) {
      const alice = await stage.person('alice');
      const bob = await stage.person('bob');
      await meet(stage, alice, bob);
      await bob.kill();
      const sent = [];
      for (const text of numbered(5, 'away')) sent.push((await alice.send('bob', text)).id);
      await stage.pass(15_000);
      await bob.restart();
      await delivered(stage, alice, sent);
      await exactly(bob, 'alice', numbered(5, 'away'));
    },
  },
  {
    name: 'the sender is killed right after writing and loses nothing',
    about: 'kills',
    async run(stage) {
      const alice = await stage.person('alice');
      const bob = await stage.person('bob');
      await meet(stage, alice, bob);
      const sent = [];
      for (const text of numbered(5, 'kept')) sent.push((await alice.send('bob', text)).id);
      await alice.kill();
      await stage.pass(3_000);
      await alice.restart();
      await delivered(stage, alice, sent);
      await exactly(bob, 'alice', numbered(5, 'kept'));
    },
  },
  {
    name: 'a mix is killed and comes back',
    about: 'relays',
    async run(stage) {
      const alice = await stage.person('alice');
      const bob = await stage.person('bob');
      await meet(stage, alice, bob);
      await stage.killRelay('mix', 1);
      const { id } = await alice.send('bob', 'through the gap');
      await stage.pass(10_000);
      await stage.restartRelay('mix', 1);
      await delivered(stage, alice, [id]);
      await exactly(bob, 'alice', ['through the gap']);
    },
  },
  {
    name: 'an edge is killed and comes back with its boxes',
    about: 'relays',
    async run(stage) {
      const alice = await stage.person('alice');
      const bob = await stage.person('bob');
      await meet(stage, alice, bob);
      await bob.setLevel('strong');
      const first = await alice.send('bob', 'before');
      await stage.pass(4_000);
      await stage.killRelay('edge', 0);
      const second = await alice.send('bob', 'during');
      await stage.pass(10_000);
      await stage.restartRelay('edge', 0);
      await arrived(stage, bob, 'alice', ['before', 'during']);
      await delivered(stage, alice, [first.id, second.id]);
      await exactly(bob, 'alice', ['before', 'during']);
    },
  },
];
