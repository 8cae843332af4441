import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRng } from '@tacet/crypto';
import type { Injection, PacketInjector, ReplyBlock } from '@tacet/onion';
import { Outgoing } from '../../src/edge/ticket.ts';

test('records that were read, and the answer made of them, are overwritten once it is on its way', () => {
  const handed: Uint8Array[] = [];
  const seen: Uint8Array[] = [];
  const injector: PacketInjector = {
    enter: () => ({ drop: 'length' }),
    reply: (_block, data): Injection | null => {
      handed.push(data);
      seen.push(data.slice());
      return null;
    },
  };
  const record = new Uint8Array(2_400).fill(7);
  const outgoing = new Outgoing();
  const block = new Uint8Array() as ReplyBlock;
  const ticket = { block, epoch: 0, delayMs: 0, arrivedAt: 0 };
  outgoing.push(ticket, [null, record, null], 0, 0);
  assert.equal(outgoing.take(injector, systemRng, 1_000, 1_000), null);
  assert.ok(
    seen[0]?.subarray(5 + 2_400, 5 + 4_800).every((byte) => byte === 7),
    'it was answered',
  );
  assert.ok(handed[0]?.every((byte) => byte === 0));
  assert.ok(record.every((byte) => byte === 0));
});
