/** What a text is that somebody was given, and why it cannot work, before anything is sent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64url, MINUTE, randomBytes } from '@tacet/base';
import type { NetworkId } from '@tacet/directory';
import { seededRng } from '@tacet/testkit';
import { encodeLink } from '../../src/meeting/link.ts';
import { encodeMeetCode } from '../../src/trust/meet-code.ts';
import { World } from '../trust/world.ts';

const rng = seededRng('links');

test('each link that can never work is told apart, and nothing is sent for it', async () => {
  const world = new World('links');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  const check = (link: string): string => {
    const { kind, problem } = bob.machine.checkLink(link, world.now);
    return `${kind} ${problem}`;
  };
  const here = world.networkId as NetworkId;
  const elsewhere = randomBytes(rng, 32) as NetworkId;
  const link = encodeLink(randomBytes(rng, 32), here, null);
  assert.equal(check(link), 'invitation null');
  assert.equal(check(` ${link}\n`), 'invitation null');
  assert.equal(check(link.slice(0, -2)), 'invitation invitation-malformed');
  assert.equal(check(link.replace('invite/1', 'invite/2')), 'invitation link-newer');
  assert.equal(check(link.replace('invite/1', 'address/9')), 'address link-newer');
  assert.equal(check(link.replace('invite/1', 'address/1')), 'address address-malformed');
  assert.equal(
    check(encodeLink(randomBytes(rng, 32), elsewhere, null)),
    'invitation invitation-network',
  );
  for (const other of ['', 'hello', 'https://example.org/#x', link.replace('tacet', 'other')]) {
    assert.equal(check(other), 'unknown link-unknown');
  }
  assert.equal(check('tacet:network/1/AAAA'), 'network card-malformed');
  assert.equal(check('tacet:network/3/AAAA'), 'network link-newer');
  const code = (endsAt: number, network: Uint8Array) =>
    encodeMeetCode({
      keySetHash: randomBytes(rng, 32),
      nonce: randomBytes(rng, 16),
      secret: randomBytes(rng, 32),
      network: network.slice(0, 8),
      endsAt,
      name: 'x',
    });
  assert.equal(check(code(world.now + 5 * MINUTE, here)), 'meet null');
  assert.equal(check(code(world.now - MINUTE, here)), 'meet meet-expired');
  assert.equal(check(code(world.now + 5 * MINUTE, elsewhere)), 'meet invitation-network');
  assert.equal(bob.machine.contacts().length, 0);

  // Who opens it is told the same.
  const later = link.replace('invite/1', 'invite/2');
  assert.throws(() => bob.machine.acceptInvitation({ link: later }, world.now), {
    code: 'link-newer',
  });
  alice.act((client, now) => client.createInvitation({ label: 'x' }, now));
  await world.run(2 * MINUTE);
  const own = alice.machine.invitations()[0]?.link ?? '';
  assert.equal(alice.machine.checkLink(own, world.now).problem, 'invitation-own');
  assert.ok(own.includes(base64url(here.subarray(0, 8))));
  // A box that stands at neither home: told within a few minutes, by whoever opened it.
  bob.act((client, now) => client.acceptInvitation({ link, name: 'nobody' }, now));
  await world.run(4 * MINUTE);
  assert.equal(bob.machine.contact('nobody').reason, 'invitation-missing');
  bob.act((client, now) => client.dismissMeeting('nobody', now));
  bob.act((client, now) => client.acceptInvitation({ link: own }, now));
  await world.run(8 * MINUTE);
  assert.equal(check(own), 'invitation invitation-used');
});
