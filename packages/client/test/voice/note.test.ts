/** Voice notes (docs/spec/19-files.md, 9): what their bytes say, what they do not, and hostile ones. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isAppError, randomBytes } from '@tacet/base';
import { checkDecoder, seededRng } from '@tacet/testkit';
import { checkNote, makeNote } from '../../src/voice/note.ts';
import { readPackets } from '../../src/voice/read.ts';
import { writeWebm } from '../../src/voice/write.ts';

const LARGE = { bytes: 600_000, duration: 240_000 };
const USUAL = { bytes: 150_000, duration: 60_000 };
/** Hybrid, 20 ms a frame, mono. */
const HYBRID = 15 << 3;
const code = (expected: string) => (error: unknown) => isAppError(error, expected);
const rng = seededRng('voice notes');

const path = new URL('../../../../vectors/files/voice.json', import.meta.url);
const { recordings } = JSON.parse(readFileSync(path, 'utf8')) as {
  recordings: readonly { base64: string }[];
};
const recorded = recordings.map(({ base64 }) => new Uint8Array(Buffer.from(base64, 'base64')));

/** One frame of so many bytes. */
function packet(size: number): Uint8Array {
  const bytes = randomBytes(rng, size);
  bytes[0] = HYBRID;
  return bytes;
}

function packets(count: number, size: (n: number) => number): Uint8Array[] {
  return Array.from({ length: count }, (_, n) => packet(size(n)));
}

test('every length, flip and loss: what is taken is exactly what would be made', () => {
  const valid = writeWebm(
    packets(3, () => 40),
    20,
  );
  checkDecoder({
    decode: (bytes) => {
      checkNote(bytes);
      return makeNote(bytes, LARGE).bytes;
    },
    encode: (note) => note,
    valid,
    rng,
    places: Number.POSITIVE_INFINITY,
  });
  for (let bit = 0; bit < valid.length * 8; bit++) {
    const bytes = valid.slice();
    const at = Math.floor(bit / 8);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
    const isTaken = taken(bytes);
    // Within a frame everything is sound.
    const inPacket = (valid.length - 1 - at) % 47 < 40 && at >= valid.length - 3 * 47;
    if (!inPacket) assert.ok(!isTaken, `bit ${bit}`);
  }
});

function taken(bytes: Uint8Array): boolean {
  try {
    checkNote(bytes);
    return true;
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return false;
  }
}

test('recordings cut off or damaged at each byte of their ends are made or refused', () => {
  for (const bytes of recorded) {
    for (let at = 0; at < bytes.length; at++) {
      // Between them there are blocks, one like the other.
      if (at > 400 && at < bytes.length - 100) continue;
      outcome(bytes.subarray(0, at));
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      outcome(damaged);
    }
  }
});

/** A note or a refusal; anything else is a mistake. */
function outcome(bytes: Uint8Array): void {
  try {
    makeNote(bytes, LARGE);
  } catch (error) {
    assert.ok(isAppError(error) && error.code.startsWith('voice-'), String(error));
  }
}

test('how many bytes a note has follows from duration and rate, not from what is said', () => {
  const loud = makeNote(
    writeWebm(
      packets(500, () => 40),
      20,
    ),
    USUAL,
  );
  const silent = makeNote(
    writeWebm(
      packets(500, () => 1),
      20,
    ),
    USUAL,
  );
  const mixed = packets(500, (n) => 1 + (n % 40));
  const lively = makeNote(webmOf(mixed), USUAL);
  assert.equal(silent.bytes.length, loud.bytes.length);
  assert.equal(lively.bytes.length, loud.bytes.length);
  assert.equal(loud.duration, 10_000);
  for (const one of readPackets(lively.bytes)) assert.equal(one.length, 40);
  const rich = makeNote(webmOf(packets(500, (n) => (n === 77 ? 41 : 2))), USUAL);
  assert.equal(rich.bytes.length - loud.bytes.length, 500 * 20, 'the next rate, for all of them');
  assert.throws(() => makeNote(webmOf(packets(9, () => 81)), USUAL), code('voice-rate'));
});

/** Packets of several sizes, as a recorder lays them down. */
function webmOf(list: readonly Uint8Array[]): Uint8Array {
  const start = writeWebm([packet(40)], 20);
  const open = Buffer.from(start)
    .toString('hex')
    .replace(/18538067.{8}/, '1853806701ffffffffffffff');
  const blocks = list.map((bytes) => {
    const head = Buffer.from([0xa3, 0x40, bytes.length + 4, 0x81, 0, 0, 0x80]);
    return Buffer.concat([head, bytes]);
  });
  const before = Buffer.from(open.slice(0, open.indexOf('1f43b675')), 'hex');
  return new Uint8Array(Buffer.concat([before, Buffer.from('1f43b675ffe78100', 'hex'), ...blocks]));
}

test('nothing of the recorder is in a note: not its name, numbers, times or what stood in padding', () => {
  for (const bytes of recorded) {
    const before = Buffer.from(bytes);
    assert.ok(before.includes('Chrome'), 'control');
    const uid = before.subarray(before.indexOf(Buffer.from('73c5', 'hex'))).subarray(3, 10);
    const note = Buffer.from(makeNote(bytes, USUAL).bytes);
    assert.ok(!note.includes('Chrome') && !note.includes(uid));
  }
  const canary = Buffer.from('canary: in the padding');
  const stuffed = Buffer.concat([Buffer.from([HYBRID | 3, 0x41, canary.length, 1, 2, 3]), canary]);
  const given = webmOf([new Uint8Array(stuffed)]);
  assert.ok(Buffer.from(given).includes('canary'), 'control');
  assert.ok(!Buffer.from(makeNote(given, USUAL).bytes).includes('canary'));
});

test('a note that is received hides nothing in padding either', () => {
  const note = writeWebm([packet(40)], 20);
  const short = makeNote(writeWebm([packet(9)], 20), USUAL).bytes;
  assert.equal(checkNote(note), 20);
  assert.equal(checkNote(short), 20);
  const marked = short.slice();
  marked[marked.length - 1] = 1;
  assert.throws(() => checkNote(marked), code('voice-unreadable'));
});

test('it fits its budget: a minute, four minutes, and bytes', () => {
  const of = (count: number, size = 40) =>
    writeWebm(
      packets(count, () => size),
      20,
    );
  assert.equal(makeNote(of(3_000), USUAL).duration, 60_000);
  assert.throws(() => makeNote(of(3_001), USUAL), code('voice-long'));
  assert.equal(makeNote(of(12_000), LARGE).duration, 240_000);
  assert.ok(makeNote(of(12_000), LARGE).bytes.length <= LARGE.bytes);
  assert.throws(() => makeNote(of(12_001), LARGE), code('voice-long'));
  assert.throws(() => checkNote(of(12_001)), code('voice-long'));
  assert.throws(() => makeNote(of(2_500, 60), USUAL), code('voice-long'), 'by its bytes');
});

test('bombs: huge sizes, many elements, many frames and long files cost little and are refused', () => {
  const began = process.cpuUsage();
  const start = Buffer.from(writeWebm([packet(40)], 20));
  const head = start.subarray(0, start.indexOf(Buffer.from('1f43b675', 'hex')));
  const open = Buffer.from(head.toString('hex').replace(/18538067.{8}/, '18538067ff'), 'hex');
  const voids = Buffer.concat([open, Buffer.alloc(140_000, Buffer.from('ec80', 'hex'))]);
  assert.throws(() => makeNote(voids, LARGE), code('voice-unreadable'), 'elements');
  assert.throws(() => makeNote(new Uint8Array(1_048_577), LARGE), code('voice-long'));
  const many = new Uint8Array([HYBRID | 3, 0x80 | 48, ...new Array<number>(47).fill(0)]);
  assert.throws(() => makeNote(writeWebm([many], 20), LARGE), code('voice-unreadable'));
  const tiny = new Uint8Array([(16 << 3) | 3, 24]);
  const crowd = writeWebm(new Array<Uint8Array>(12_000).fill(tiny), 60);
  assert.throws(() => makeNote(crowd, LARGE), code('voice-long'));
  const nested = Buffer.concat([open, Buffer.alloc(400_000, Buffer.from('1f43b675ff', 'hex'))]);
  assert.throws(() => makeNote(nested, LARGE), code('voice-unreadable'), 'clusters without end');
  const { user, system } = process.cpuUsage(began);
  assert.ok(user + system < 1_500_000, `${user + system} us`);
});

test('a file that is two things at once is not taken', () => {
  const note = writeWebm([packet(40), packet(40)], 20);
  const page = Buffer.from('<script>alert(1)</script>');
  for (const bytes of [Buffer.concat([note, page]), Buffer.concat([page, note])]) {
    assert.throws(() => makeNote(bytes, LARGE), code('voice-unreadable'));
  }
  const hidden = webmOf([packet(40)]);
  const withPage = Buffer.concat([
    hidden,
    Buffer.from('ec', 'hex'),
    Buffer.from([0x80 | page.length]),
    page,
  ]);
  const made = makeNote(withPage, LARGE);
  assert.ok(!Buffer.from(made.bytes).includes('script'), 'what is void goes');
  assert.throws(() => checkNote(withPage), code('voice-unreadable'));
});
