/** The decoders inside a packet, against the reference's encoders (house style: decoders). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '@tacet/base';
import { GEOMETRY as G, type ReplyBlock } from '@tacet/onion';
import { checkDecoder, seededRng } from '@tacet/testkit';
import fc from 'fast-check';
import { epochOf, indexOf, writePrefix } from '../src/prefix.ts';
import { endCheckHolds, readRequestPayload, writeRequestPayload } from '../src/request.ts';
import { decodeRouting, type Routing } from '../src/routing.ts';
import {
  bitOfEach,
  formHoldsFlipped,
  INNER_PAYLOADS,
  OUTER_PAYLOADS,
  read,
  write,
} from './flips.ts';
import { prefixOf, requestPlaintext, routingBlock } from './reference/onion.ts';
import type { Octets } from './reference/primitives.ts';
import { bytes, RUNS, toggle } from './support.ts';

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const mac = bytes(16) as Octets;

test('prefix: what is written is read, for all layers, epochs and indices', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4 }), u32, u16, (layer, epoch, index) => {
      const out = new Uint8Array(8);
      writePrefix(out, { layer, epoch, index });
      assert.equal(hex(out), hex(prefixOf(layer, epoch, index)));
      assert.deepEqual([out[1], epochOf(out), indexOf(out)], [layer, epoch, index]);
    }),
    { numRuns: RUNS },
  );
});

test('routing block: forward and request round trip, at the layers where they may stand', () => {
  fc.assert(
    fc.property(u16, u32, fc.boolean(), (next, delay, flag) => {
      const flags = flag ? 1 : 0;
      const forward = routingBlock({ command: 1, flags, next, delay, mac });
      for (const layer of [1, 2, 3]) {
        assert.deepEqual(decodeRouting(forward, layer), {
          command: 'forward',
          mac: flag,
          next,
          delayMs: delay,
        });
      }
      assert.equal(decodeRouting(forward, 4), null);
      const request = routingBlock({ command: 2, flags: 1, next: 0, delay, mac });
      assert.equal(decodeRouting(request, 4)?.delayMs, delay);
      assert.equal(decodeRouting(request, 3), null);
    }),
    { numRuns: RUNS },
  );
});

const BLOCKS = [
  { layer: 2, fields: { command: 1, flags: 1, next: 0xffff, delay: 27_630 } },
  { layer: 3, fields: { command: 1, flags: 0, next: 0, delay: 0xffff_ffff } },
  { layer: 4, fields: { command: 2, flags: 1, next: 0, delay: 60_000 } },
  { layer: 4, fields: { command: 3, flags: 0, next: 0, delay: 0 } },
  { layer: 1, fields: { command: 4, flags: 0, next: 0, delay: 0 } },
] as const;
const NUMBERS = { forward: 1, request: 2, reply: 3, end: 4 } as const;

/** Id and payload MAC are not the decoder's: they stay as they were. */
function encodeAgain({ command, mac: flag, next, delayMs }: Routing, from: Uint8Array): Uint8Array {
  const fields = { command: NUMBERS[command], flags: flag ? 1 : 0, next, delay: delayMs };
  const block = Uint8Array.from(routingBlock({ ...fields, mac }));
  block.set(from.subarray(8), 8);
  return block;
}

test('routing block: each other length is refused, in every layer', () => {
  for (const { layer, fields } of BLOCKS) {
    const block = routingBlock({ ...fields, mac });
    assert.ok(decodeRouting(block, layer));
    const longer = new Uint8Array(80);
    longer.set(block);
    for (let n = 0; n <= longer.length; n++) {
      const read = decodeRouting(longer.subarray(0, n), layer);
      assert.equal(read !== null, n === G.routing, `${n} octets`);
    }
  }
});

test('routing block: a flipped bit is refused or says what it then means, also at random', () => {
  const judge = (block: Uint8Array, layer: number, what: string): void => {
    const read = decodeRouting(block, layer);
    if (read !== null) assert.equal(hex(encodeAgain(read, block)), hex(block), what);
  };
  for (const { layer, fields } of BLOCKS) {
    const block = Uint8Array.from(routingBlock({ ...fields, mac }));
    for (let bit = 0; bit < block.length * 8; bit++) {
      toggle(block, bit);
      judge(block, layer, `bit ${bit}`);
      toggle(block, bit);
    }
  }
  const few = fc.uint8Array({ minLength: G.routing, maxLength: G.routing });
  fc.assert(
    fc.property(few, fc.nat(5), fc.boolean(), (block, layer, known) => {
      // A random command is nearly always unknown: half of them are known ones, with no id.
      if (known) block.set([1 + ((block[0] ?? 0) % 4), (block[1] ?? 0) % 2]);
      if (known) block.fill(0, 8, 24);
      judge(block, layer, hex(block));
    }),
    { numRuns: RUNS * 10 },
  );
});

test('routing block: every first and second octet is known or refused', () => {
  for (let command = 0; command < 256; command++) {
    for (let flags = 0; flags < 256; flags++) {
      const block = routingBlock({ command, flags, next: 0, delay: 0, mac });
      const atMix = decodeRouting(block, 2)?.command ?? null;
      const atEdge = decodeRouting(block, 4)?.command ?? null;
      const expectedMix =
        command === 1 && flags < 2 ? 'forward' : command === 4 && flags === 0 ? 'end' : null;
      const expectedEdge =
        command === 2 && flags === 1 ? 'request' : command === 3 && flags === 0 ? 'reply' : null;
      assert.deepEqual([atMix, atEdge], [expectedMix, expectedEdge]);
    }
  }
});

test('routing block: an unused field with one bit set is refused', () => {
  const cases = [
    { layer: 1, fields: { command: 1, flags: 1, next: 5, delay: 7 }, unused: [[64, 192]] },
    {
      layer: 4,
      fields: { command: 2, flags: 1, next: 0, delay: 7 },
      unused: [
        [16, 32],
        [64, 192],
      ],
    },
    { layer: 4, fields: { command: 3, flags: 0, next: 0, delay: 0 }, unused: [[16, 64]] },
    { layer: 3, fields: { command: 4, flags: 0, next: 0, delay: 0 }, unused: [[16, 64]] },
  ];
  for (const { layer, fields, unused } of cases) {
    const block = routingBlock({ ...fields, mac });
    assert.ok(decodeRouting(block, layer));
    for (const [from = 0, to = 0] of unused) {
      for (let bit = from; bit < to; bit++) {
        toggle(block, bit);
        assert.equal(decodeRouting(block, layer), null, `bit ${bit}`);
        toggle(block, bit);
      }
    }
  }
});

test('request payload: round trip with and without a reply block, same bytes as the reference', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: G.requestData }), fc.boolean(), (data, withBlock) => {
      const block = withBlock ? (bytes(G.replyBlock) as ReplyBlock) : null;
      const out = bytes(G.payload);
      writeRequestPayload(out, data, block);
      assert.equal(hex(out), hex(requestPlaintext(data, block as Octets | null)));
      assert.deepEqual(readRequestPayload(out), { data: Uint8Array.from(data), block });
    }),
    { numRuns: Math.ceil(RUNS / 4) },
  );
});

test('request payload: undefined bits, long lengths and dirty padding are refused', () => {
  const payload = new Uint8Array(G.payload);
  const word = (value: number) => {
    writeRequestPayload(payload, new Uint8Array(0), null);
    new DataView(payload.buffer).setUint16(16, value);
    return readRequestPayload(payload);
  };
  for (let value = 0; value < 0x1_0000; value += 1) {
    const good = (value & 0x7000) === 0 && (value & 0x0fff) <= 2_816;
    // Only lengths near the limits: each call looks at 7,576 octets.
    if (good && (value & 0x0fff) > 2 && (value & 0x0fff) < 2_815) continue;
    if (!good && value % 251 !== 0 && Math.abs((value & 0x0fff) - 2_816) > 2) continue;
    assert.equal(word(value) !== null, good, value.toString(16));
  }
  writeRequestPayload(payload, bytes(100), null);
  for (const at of [18, 4_759, 4_860, 7_575]) {
    toggle(payload, at * 8);
    assert.equal(readRequestPayload(payload), null, `octet ${at}`);
    toggle(payload, at * 8);
  }
  assert.ok(readRequestPayload(payload));
});

test('request payload: the rules of every decoder, and a bit of each octet flipped', () => {
  for (const payload of [...INNER_PAYLOADS, ...OUTER_PAYLOADS]) {
    checkDecoder({
      decode: read,
      encode: write,
      valid: write(payload),
      rng: seededRng('payloads'),
      fuzzRuns: RUNS,
    });
  }
  formHoldsFlipped(bitOfEach(G.payload));
});

test('request payload: zeros behind it, which look like padding, are refused', () => {
  const longer = new Uint8Array(G.payload + 600);
  longer.set(write({ data: bytes(9), block: null }));
  for (let n = 0; n <= longer.length; n++) {
    const cut = longer.subarray(0, n);
    assert.equal(readRequestPayload(cut) !== null, n === G.payload, `${n} octets`);
    assert.equal(endCheckHolds(cut), n === G.payload, `${n} octets`);
  }
});

test('request payload: results are copies', () => {
  const payload = new Uint8Array(G.payload);
  writeRequestPayload(payload, bytes(9), bytes(G.replyBlock) as ReplyBlock);
  const request = readRequestPayload(payload);
  assert.ok(request?.block);
  const before = [hex(request.data), hex(request.block)];
  payload.fill(0xff);
  assert.deepEqual([hex(request.data), hex(request.block)], before);
});
