/** Pictures made anew: what goes with them, what does not, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError, randomInt } from '@tacet/base';
import type { PictureBudget } from '@tacet/client';
import { seededRng } from '@tacet/testkit';
import {
  CANARY,
  JPEG,
  jpegWith,
  PNG,
  pngClaiming,
  pngWithText,
  WEBP,
  webpWithExif,
} from '@tacet/testkit/pictures';
import { thumbHashToAverageRGBA } from 'thumbhash';
import { Pictures } from '../../src/pictures/index.ts';
import { shrink } from '../../src/pictures/shrink.ts';

const pictures = new Pictures();
const BUDGET: PictureBudget = { bytes: 150_000, side: 1_600 };
const code = (expected: string) => (error: unknown) => isAppError(error, expected);
/** In two pieces, as it comes from cells. */
const remake = (bytes: Uint8Array, budget = BUDGET) => {
  const [first, rest] = [bytes.subarray(0, 100), bytes.subarray(100)];
  return pictures.remake([new Uint8Array(first), new Uint8Array(rest)], budget);
};

/** Names of the chunks of a WebP, which must end where it says. */
function chunksOf(bytes: Uint8Array): string[] {
  const view = Buffer.from(bytes);
  assert.equal(view.toString('latin1', 0, 4), 'RIFF');
  assert.equal(view.readUInt32LE(4) + 8, view.length);
  const names: string[] = [];
  for (let at = 12; at < view.length; ) {
    names.push(view.toString('latin1', at, at + 4));
    const length = view.readUInt32LE(at + 4);
    at += 8 + length + (length % 2);
  }
  return names;
}

test('nothing a camera or a program wrote into a picture is in the one that is sent', async () => {
  const given = { jpeg: jpegWith(1), png: pngWithText(), webp: webpWithExif() };
  for (const [kind, bytes] of Object.entries(given)) {
    assert.ok(bytes.includes(CANARY), `control: ${kind} had it`);
    const made = await remake(bytes);
    assert.deepEqual([made.width, made.height], [48, 32], kind);
    assert.ok(!Buffer.from(made.bytes).includes('canary'), kind);
    assert.ok(!Buffer.from(made.bytes).includes('Exif'), kind);
    for (const name of chunksOf(made.bytes)) assert.match(name, /^VP8[ L]$/, kind);
  }
});

test('the same pixels make the same bytes, whatever stood beside them', async () => {
  const plain = await remake(JPEG);
  assert.deepEqual((await remake(jpegWith(1))).bytes, plain.bytes);
  const known = await remake(PNG);
  assert.deepEqual((await remake(pngWithText())).bytes, known.bytes);
});

test('a picture taken sideways stands upright, as nothing tells its reader any more', async () => {
  const upright = await remake(jpegWith(1));
  assert.deepEqual([upright.width, upright.height], [48, 32]);
  const turned = await remake(jpegWith(6));
  assert.deepEqual([turned.width, turned.height], [32, 48]);
  assert.notDeepEqual(turned.bytes, upright.bytes);
});

test('a preview has its colours in less than fifty bytes', async () => {
  const { preview } = await remake(PNG);
  assert.ok(preview.length < 50);
  const { r, g, b, a } = thumbHashToAverageRGBA(preview);
  assert.ok(Math.abs(r - 0.49) < 0.1 && g < 0.15 && Math.abs(b - 0.49) < 0.1 && a === 1);
});

test('a smaller picture is the mean of areas, colours by how opaque they are', () => {
  const grey = (value: number, alpha = 255) => [value, value, value, alpha];
  const of = (width: number, rows: readonly number[][][]) => {
    return { data: Uint8ClampedArray.from(rows.flat(2)), width, height: rows.length };
  };
  const squares = of(4, [
    [grey(0), grey(200), grey(90, 0), grey(10)],
    [grey(100), grey(100), grey(90, 0), grey(30)],
  ]);
  assert.deepEqual([...shrink(squares, 2, 1).data], [...grey(100), ...grey(20, 128)]);
  // A pixel of the new one stands for one and a half of the old ones.
  const line = of(3, [[grey(0), grey(90), grey(255)]]);
  assert.deepEqual([...shrink(line, 2, 1).data], [...grey(30), ...grey(200)]);
  assert.deepEqual(shrink(line, 3, 1).data, line.data);
  assert.deepEqual([...shrink(of(2, [[grey(9, 0), grey(7, 0)]]), 1, 1).data], [0, 0, 0, 0]);
});

test('it fits its budget in bytes and pixels, and is never made larger', async () => {
  const small = await remake(PNG, { bytes: 150_000, side: 24 });
  assert.deepEqual([small.width, small.height], [24, 16]);
  const odd = await remake(PNG, { bytes: 150_000, side: 7 });
  assert.deepEqual([odd.width, odd.height], [7, 5]);
  const { length } = (await remake(PNG)).bytes;
  const tight = await remake(PNG, { bytes: length - 20, side: 1_600 });
  assert.ok(tight.bytes.length <= length - 20);
  const least = await remake(PNG, { bytes: 1, side: 1_600 });
  assert.deepEqual([least.width, least.height], [1, 1], 'no budget is too small to end');
});

test('what is no picture, of a kind that is not read, or cut off is refused in one sentence', async () => {
  const bad: Record<string, Buffer> = {
    empty: Buffer.alloc(0),
    text: Buffer.from('<html><script>alert(1)</script></html>'),
    svg: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'),
    gif: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
    'half a JPEG': JPEG.subarray(0, 40),
    'half a PNG': PNG.subarray(0, 60),
    'half a WebP': WEBP.subarray(0, 40),
    'a JPEG called PNG by its first bytes': Buffer.concat([PNG.subarray(0, 33), JPEG]),
    zeros: Buffer.alloc(5_000),
  };
  for (const [name, bytes] of Object.entries(bad)) {
    await assert.rejects(remake(bytes), code('picture-unreadable'), name);
  }
});

test('a bomb is refused by what its header says, before memory is taken', async () => {
  await assert.rejects(remake(pngClaiming(60_000, 60_000)), code('picture-large'));
  // Fewer than the limit, and a lie: its decoder finds out.
  await assert.rejects(remake(pngClaiming(6_000, 6_000)), code('picture-unreadable'));
  await assert.rejects(remake(pngClaiming(0, 7)), code('picture-unreadable'));
});

test('behind the end of a picture may stand another file; none of it goes along', async () => {
  const archive = Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.from(CANARY)]);
  const made = await remake(Buffer.concat([JPEG, archive]));
  assert.ok(!Buffer.from(made.bytes).includes('canary') && !Buffer.from(made.bytes).includes('PK'));
});

test('damaged pictures are made or refused, and the next one is made', async () => {
  const rng = seededRng('damaged pictures');
  const ends = { made: 0, refused: 0 };
  for (const whole of [JPEG, PNG, WEBP]) {
    for (let n = 0; n < 8; n++) {
      const bytes = Buffer.from(whole);
      for (let k = 0; k <= n; k++) bytes[randomInt(rng, bytes.length)] = randomInt(rng, 256);
      const outcome = await remake(bytes).then(
        () => 'made' as const,
        (error: unknown) => {
          assert.ok(isAppError(error), String(error));
          assert.match(error.code, /^picture-(unreadable|large)$/);
          return 'refused' as const;
        },
      );
      ends[outcome] += 1;
    }
    await remake(whole);
  }
  assert.ok(ends.made > 0 && ends.refused > 0, JSON.stringify(ends));
});
