/** Echo comes with the network card, and is told no name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, utf8 } from '@tacet/base';
import { NETWORK } from '@tacet/testkit/model';
import { echoAddress, splitCard } from '../../src/echo/echo.ts';
import { World } from '../trust/world.ts';

test('Echo: met through the address behind the network card, without a name', async () => {
  const world = new World('echo');
  const [alice, echo] = await world.join('alice', 'echo');
  assert.ok(alice && echo);
  assert.throws(() => alice.machine.meetEcho(world.now), { code: 'echo-missing' });
  const { link } = world.ask(echo, (client, now) => client.addresses.create({ label: 'all' }, now));
  assert.ok(link !== null);
  alice.act((client, now) => client.joinNetwork(`${NETWORK.cardText}\n${link}\n`, now));
  // The card alone takes nothing away.
  alice.act((client, now) => client.joinNetwork(NETWORK.cardText, now));
  const asked = world.ask(alice, (client, now) => client.meetEcho(now));
  assert.deepEqual([asked.name, asked.state, asked.trust], ['Echo', 'meeting', 'link']);
  assert.equal(world.ask(alice, (client, now) => client.meetEcho(now)).id, asked.id);
  await world.run(10 * MINUTE);
  const [request] = echo.machine.addresses.requests();
  assert.equal(request?.name, 'someone');
  echo.act((client, now) => client.acceptRequest({ id: request?.id ?? '', name: 'guest' }, now));
  await world.run(15 * MINUTE);
  assert.equal(alice.machine.contact('Echo').state, 'ready');
  const guest = echo.machine.contact('guest');
  assert.deepEqual([guest.state, guest.givenName], ['ready', 'someone']);
  for (const table of ['contacts', 'address_requests', 'visits', 'messages']) {
    for (const row of echo.store.all(`SELECT * FROM ${table}`)) {
      for (const value of Object.values(row)) {
        if (typeof value === 'string') assert.doesNotMatch(value, /alice/);
        else if (value instanceof Uint8Array) {
          assert.equal(Buffer.from(value).includes('alice'), false, table);
        }
      }
    }
  }
  assert.equal(world.ask(alice, (client, now) => client.meetEcho(now)).id, asked.id);
});

test('Echo: an address of another network or out of form stops the joining', async () => {
  const world = new World('wrong echo');
  const [alice, echo] = await world.join('alice', 'echo');
  assert.ok(alice && echo);
  const { link } = world.ask(echo, (client, now) => client.addresses.create({ label: 'all' }, now));
  const join = (text: string) => () => alice.machine.joinNetwork(text, world.now);
  assert.throws(join(`${NETWORK.cardText} tacet://address/1#AAAA`), { code: 'address-malformed' });
  assert.throws(join(`${NETWORK.cardText} ${link} more`), /./);
  assert.throws(() => alice.machine.meetEcho(world.now), { code: 'echo-missing' });
  // What the document names comes first.
  assert.ok(link !== null);
  const named = echoAddress(alice.store, utf8(`${link}\n`));
  assert.equal(named.card.name, 'echo');
  assert.throws(() => echoAddress(alice.store, new Uint8Array(0)), { code: 'echo-missing' });
  assert.throws(() => echoAddress(alice.store, utf8('x')), { code: 'address-malformed' });
  assert.deepEqual(splitCard(' a\nb '), { card: 'a', echo: 'b' });
});
