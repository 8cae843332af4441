import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { type Reply, ServerError } from '../../src/boxes-redis/resp.ts';
import { slotOf } from '../../src/boxes-redis/slots.ts';
import { readTopology, redirectionOf } from '../../src/boxes-redis/topology.ts';

const host = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

test('slots are those of the cluster specification', () => {
  // The check value of CRC-16/XMODEM, and slots a Redis 7.0 server names for these keys.
  assert.equal(slotOf('123456789'), 0x31c3);
  assert.equal(slotOf('foo'), 12_182);
  assert.equal(slotOf('somekey'), 11_058);
  assert.equal(slotOf(''), 0);
});

test('ranges name primaries first, then replicas', () => {
  const reply: Reply = [
    [0, 8_191, [host('10.0.0.1'), 7_000, host('a'), []], [host('10.0.0.4'), 7_003, host('d')]],
    [8_192, 16_382, [host(''), 7_001, host('b')]],
  ];
  const topology = readTopology(reply, '10.0.0.9');
  assert.equal(topology.owners[0], '10.0.0.1:7000');
  assert.equal(topology.owners[16_382], '10.0.0.9:7001');
  assert.equal(topology.owners[16_383], undefined);
  assert.deepEqual([...topology.primaries.keys()], ['10.0.0.1:7000', '10.0.0.9:7001']);
  assert.deepEqual([...topology.all.keys()], ['10.0.0.1:7000', '10.0.0.4:7003', '10.0.0.9:7001']);
});

test('a map out of form is refused', () => {
  const node = [host('h'), 7_000];
  const refused: Reply[] = [
    null,
    7,
    [7],
    [[0, 1]],
    [[0, 16_384, node]],
    [[-1, 3, node]],
    [[0, 1, [host('h'), 0]]],
    [[0, 1, [host('h'), 65_536]]],
    [['0', 1, node]],
  ];
  for (const reply of refused) {
    assert.throws(
      () => readTopology(reply, 'h'),
      (error) => isAppError(error, 'boxes-protocol'),
    );
  }
  assert.throws(
    () => readTopology(new ServerError('ERR This instance has cluster support disabled'), 'h'),
    (error) => isAppError(error, 'boxes-not-cluster'),
  );
});

test('redirections name slot and node; the host may be left out', () => {
  assert.deepEqual(redirectionOf(new ServerError('MOVED 3999 127.0.0.1:6381'), 'h'), {
    kind: 'moved',
    slot: 3_999,
    to: { host: '127.0.0.1', port: 6_381 },
  });
  assert.deepEqual(redirectionOf(new ServerError('ASK 3 :6381'), 'h'), {
    kind: 'ask',
    slot: 3,
    to: { host: 'h', port: 6_381 },
  });
  assert.equal(redirectionOf(new ServerError('MOVED 3 ::1:6381'), 'h')?.to.host, '::1');
  for (const text of ['MOVED 16384 h:1', 'MOVED 1 h:0', 'MOVED 1 h', 'ERR MOVED 1 h:1', 'OOM']) {
    assert.equal(redirectionOf(new ServerError(text), 'h'), null, text);
  }
});
