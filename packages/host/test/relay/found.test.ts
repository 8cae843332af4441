/** From operators' own keys to a network: init, requests, founding, joining, admission. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { hex, isAppError } from '@tacet/base';
import { encodeCard, relayHashOf } from '@tacet/directory';
import {
  admit,
  decodeOperatorRequest,
  decodeRelayCard,
  dismiss,
  encodeOperatorRequest,
  encodeRelayCard,
  foundFromRequests,
  initFolder,
  isFounder,
  joinNetwork,
  type OperatorRequest,
  placesFrom,
  type RelayCard,
  readAllowed,
  readConfig,
} from '../../src/relay/index.ts';
import { readKeys } from '../../src/relay/keys.ts';
import { tempDir } from './temp.ts';

const hasCode = (code: string) => (error: unknown) => isAppError(error, code);
const NOW = Date.now();

interface Operator {
  readonly dir: string;
  readonly request: OperatorRequest;
}

async function operator(family: string, roles: string, host = '127.0.0.1'): Promise<Operator> {
  const dir = join(tempDir(), 'relay');
  const request = await initFolder({
    dir,
    places: placesFrom(roles.split(',')) ?? [],
    family,
    country: 'DE',
    host,
    listen: null,
    basePort: 0,
    capacity: 100,
  });
  return { dir, request };
}

async function threeFriends(): Promise<{ operators: Operator[]; card: RelayCard; dir: string }> {
  const operators = [
    await operator('alice', 'authority,mix-1,edge'),
    await operator('bob', 'authority,mix-2,edge'),
    await operator('carol', 'authority,mix-3,edge'),
  ];
  const dir = join(tempDir(), 'net');
  const card = foundFromRequests(
    { dir, name: 'friends', demonstration: true, set: { slotMs: 250 } },
    operators.map(({ request }) => request),
  );
  return { operators, card, dir };
}

test('three operators found a network; each folder joins it with its own keys', async () => {
  const { operators, card, dir } = await threeFriends();
  assert.equal(card.authorities.length, 3);
  assert.equal(card.card.threshold, 2);
  assert.equal(card.parameters.slotMs, 250);
  assert.deepEqual([card.parameters.keysAhead, card.parameters.validEpochs], [2, 3]);
  assert.equal(card.card.edges.length, 3);
  const written = readFileSync(join(dir, 'relay.card'), 'utf8');
  assert.equal(encodeRelayCard(decodeRelayCard(written)), encodeRelayCard(card));
  assert.deepEqual(readdirSync(dir).sort(), ['network.card', 'relay.card'], 'no key is made');
  for (const { dir: folder, request } of operators) {
    assert.ok(!existsSync(join(folder, 'network.json')));
    const description = joinNetwork(folder, card);
    assert.equal(description.processes.length, 3);
    assert.ok(isFounder(folder, card));
    for (const { name, role, config: path } of description.processes) {
      const { config } = readConfig(join(folder, path), {});
      assert.equal(config.role, role);
      if (config.role === 'authority') {
        assert.equal(config.peers.length, 2);
        assert.equal(readAllowed(config.allowed).length, 6);
      } else {
        assert.equal(config.authorities.length, 3);
        const own = hex(relayHashOf(readKeys(join(folder, name, 'data')).identity.publicKey));
        assert.ok(request.relays.some(({ relay }) => hex(relay) === own));
      }
    }
    assert.throws(() => joinNetwork(folder, card), hasCode('network-exists'));
    assert.equal(statSync(join(folder, 'relay.card')).mode & 0o077, 0);
  }
});

test('a relay joins later: asks, is admitted once, is dismissed', async () => {
  const { operators, card } = await threeFriends();
  const [first] = operators;
  assert.ok(first);
  joinNetwork(first.dir, card);
  const allowed = join(first.dir, 'authority', 'allowed.json');
  const dave = await operator('dave', 'mix-3,edge');
  joinNetwork(dave.dir, card);
  assert.ok(!isFounder(dave.dir, card));
  const request = decodeOperatorRequest(
    readFileSync(join(dave.dir, 'request.json'), 'utf8'),
    Date.now(),
  );
  assert.equal(admit(allowed, request).length, 2);
  assert.equal(admit(allowed, request).length, 0);
  assert.equal(readAllowed(allowed).length, 8);
  const name = hex(request.relays[0]?.relay ?? new Uint8Array());
  assert.throws(() => dismiss(allowed, name.slice(0, 7)), hasCode('allow-unknown'));
  assert.throws(() => dismiss(allowed, 'ffffffffffffffff'), hasCode('allow-unknown'));
  assert.equal(dismiss(allowed, name.slice(0, 16)).family, 'dave');
  assert.equal(readAllowed(allowed).length, 7);
});

test('an authority cannot join later, nor be admitted', async () => {
  const { card } = await threeFriends();
  const late = await operator('dave', 'authority,mix-1');
  assert.throws(() => joinNetwork(late.dir, card), hasCode('authority-not-of-card'));
  const list = join(late.dir, 'allowed.json');
  assert.throws(() => admit(list, late.request), hasCode('request-authority'));
});

test('what is missing for a network is named', async () => {
  const one = await operator('alice', 'authority,mix-1,edge');
  const found = () =>
    foundFromRequests({ dir: join(tempDir(), 'n'), name: 'n', demonstration: true, set: {} }, [
      one.request,
    ]);
  assert.throws(found, (error) => {
    return isAppError(error, 'found-incomplete') && /a mix-2, a mix-3/.test(error.message);
  });
  const twice = [one.request, one.request];
  const rest = await operator('bob', 'mix-2,mix-3');
  assert.throws(
    () =>
      foundFromRequests({ dir: join(tempDir(), 'n'), name: 'n', demonstration: true, set: {} }, [
        ...twice,
        rest.request,
      ]),
    hasCode('found-incomplete'),
  );
});

test('a request that was changed on its way is refused, wherever it was changed', async () => {
  const { request } = await operator('alice', 'authority,edge', '192.0.2.1');
  const text = encodeOperatorRequest(request);
  const back = decodeOperatorRequest(text, NOW + 60_000);
  assert.deepEqual(back.authority, request.authority);
  assert.deepEqual(
    back.relays.map(({ relay }) => hex(relay)),
    request.relays.map(({ relay }) => hex(relay)),
  );
  const value = JSON.parse(text);
  const change = (text: string, at: number) =>
    text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  const [descriptor] = value.relays;
  const broken = [
    '',
    '{}',
    '[]',
    text.slice(0, -5),
    JSON.stringify({ ...value, more: 1 }),
    JSON.stringify({ ...value, form: 'tacet-relay-request/2' }),
    JSON.stringify({ ...value, relays: [change(descriptor, 40)] }),
    JSON.stringify({ ...value, relays: [change(descriptor, descriptor.length - 40)] }),
    JSON.stringify({ ...value, relays: [descriptor.slice(0, -4)] }),
    JSON.stringify({ ...value, relays: [7] }),
    JSON.stringify({ ...value, authority: 7 }),
    JSON.stringify({ ...value, authority: { ...value.authority, address: 'nowhere' } }),
    JSON.stringify({ ...value, authority: { ...value.authority, keyHash: 'ab'.repeat(32) } }),
    JSON.stringify({
      ...value,
      authority: { ...value.authority, proof: change(value.authority.proof, 3_000) },
    }),
    'x'.repeat(2_000_000),
  ];
  for (const wrong of broken) {
    assert.throws(() => decodeOperatorRequest(wrong, NOW), hasCode('request-file'));
  }
});

test('a relay card is whole or refused; the card for people is told apart', async () => {
  const { card } = await threeFriends();
  const text = encodeRelayCard(card);
  assert.equal(encodeRelayCard(decodeRelayCard(text)), text);
  const value = JSON.parse(text);
  for (const wrong of [
    '',
    'null',
    text.slice(0, -9),
    JSON.stringify({ ...value, form: 'x' }),
    JSON.stringify({ ...value, card: 'tacet:network/1/xx' }),
    JSON.stringify({ ...value, authorities: value.authorities.slice(1) }),
    JSON.stringify({ ...value, authorities: [{ ...value.authorities[0], hash: 'x' }] }),
    JSON.stringify({ ...value, parameters: { ...value.parameters, slotMs: 1 } }),
    JSON.stringify({ ...value, relays: [{}] }),
  ]) {
    assert.throws(() => decodeRelayCard(wrong), hasCode('relay-card'), wrong.slice(0, 60));
  }
  assert.throws(
    () => decodeRelayCard(encodeCard(card.card)),
    (error) => isAppError(error, 'relay-card') && /for people/.test(error.message),
  );
});

test('roles are words with commas between; a word again is one more', () => {
  const names = (text: string) => placesFrom(text.split(','))?.map(({ name }) => name) ?? null;
  assert.deepEqual(names('authority,mix-1,mix-3,edge'), ['authority', 'mix-1', 'mix-3', 'edge']);
  assert.deepEqual(names('edge,edge,edge,mix-2,mix-2'), [
    ...['edge', 'edge-2', 'edge-3', 'mix-2', 'mix-2-2'],
  ]);
  for (const wrong of ['', 'mix', 'mix-4', 'edge,', 'authority,authority']) {
    assert.equal(names(wrong), null, wrong);
  }
});
