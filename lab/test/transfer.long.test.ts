/** How long files take by level, against what was said before and what the slots allow. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Millis, SECOND } from '@tacet/base';
import type { FilePreview, Level } from '@tacet/client';
import { pairAt, RATES, realSlot, SHORT, type Timed, timeFile } from './transfer-steps.ts';

const SEEDS = Array.from({ length: 10 }, (_, n) => n + 1);

type How = Exclude<Level, 'fast'> | 'transfer';

async function play(how: How, size: number, seed: number): Promise<Timed> {
  const pair = await pairAt(`${how} ${size} ${seed}`, how === 'balanced' ? how : 'strong');
  const transfer = how === 'transfer' ? [pair.alice, pair.bob] : [];
  return timeFile(pair, size, { transfer, inUse: how === 'balanced' });
}

/** Both copies of all boxes, in slots without loops. */
function floor(how: How, { boxes }: FilePreview): Millis {
  const { slotMs, inUseSlotMs, transferSlotMs } = RATES;
  const period = { strong: slotMs, balanced: inUseSlotMs, transfer: transferSlotMs }[how];
  return 2 * boxes * realSlot(period);
}

function isInRange(how: How, { took, preview }: Timed): boolean {
  const { leastMs, mostMs } = how === 'transfer' ? (preview.transfer ?? preview) : preview;
  return leastMs <= took && took <= mostMs;
}

async function playAll(how: How, size: number, seeds: readonly number[]): Promise<Timed[]> {
  const all: Timed[] = [];
  for (const seed of seeds) all.push(await play(how, size, seed));
  const ratios = all.map((one) => one.took / floor(how, one.preview)).sort((a, b) => a - b);
  const took = all.map((one) => Math.round(one.took / SECOND)).sort((a, b) => a - b);
  const right = all.filter((one) => isInRange(how, one)).length;
  console.log(
    `${how} ${size}: ${took.join(' ')} s; ${ratios.map((r) => r.toFixed(2)).join(' ')}; ${right} right`,
  );
  assert.ok(
    right >= Math.ceil(0.9 * all.length),
    `${how} ${size}: ${right} of ${all.length} ranges right`,
  );
  return all;
}

for (const how of ['strong', 'balanced'] as const) {
  for (const size of [100_000, 1_000_000, 10_000_000]) {
    test(`${how}, ${size} bytes: at most 1.15 times what the slots allow, and as was said`, async () => {
      const seeds = size > 1_000_000 ? [1] : SEEDS;
      for (const one of await playAll(how, size, seeds)) {
        assert.ok(one.took <= 1.15 * floor(how, one.preview));
      }
    });
  }
}

test('Transfer: 1 MB within 30 s from when both lines are in it, ten of ten, and as was said', async () => {
  const all = await playAll('transfer', 1_000_000, SEEDS);
  const moving = all.map((one) => Math.round(one.moving / SECOND));
  console.log(`moving: ${moving.join(' ')} s`);
  assert.ok(Math.max(...moving) <= 30);
});

test('Transfer: 100 kB and 10 MB as was said, 10 MB at most 1.15 times what the slots allow', async () => {
  await playAll('transfer', 100_000, SEEDS);
  for (const one of await playAll('transfer', 10_000_000, SEEDS.slice(0, 3))) {
    assert.ok(one.moving <= 1.15 * floor('transfer', one.preview));
  }
});

test('where only one of both consents it takes what was said of that', async () => {
  for (const who of ['alice', 'bob'] as const) {
    const pair = await pairAt(`transfer of ${who}`, 'strong', SHORT);
    const { took, preview } = await timeFile(pair, 300_000, { transfer: [pair[who]] });
    const { leastMs, mostMs } = preview.transfer?.oneSided ?? assert.fail('no Transfer');
    assert.ok(leastMs <= took && took <= mostMs, `${took} ms is not ${leastMs} to ${mostMs}`);
  }
});
