import assert from 'node:assert/strict';
import { linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { equalBytes } from '@tacet/base';
import { testBox } from '@tacet/relay/acceptance';
import { Day } from '../../src/boxes-sqlite/day.ts';
import { LIMITS, RECORD_LENGTH } from '../../src/boxes-sqlite/limits.ts';
import { CHUNK_PLACES } from '../../src/boxes-sqlite/places.ts';
import { type Step, traced } from './disk-trace.ts';
import { tempDir } from './temp.ts';

type TestBox = ReturnType<typeof testBox>;

const DAY = 20_021;
/** A day on which something is erased. */
const DUE = 20_001;
const SECTOR = 512;
/** More writes than this between two syncs: only none, all, and all but one of them. */
const ALL_SUBSETS = 6;

let seed = 1;
const draw = (n: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((seed / 2 ** 32) * n);
};
const openDay = (dir: string): Day => new Day({ dir, day: DAY, salt: 7, draw });

function markOf({ mark }: TestBox): [number, number] {
  const words = new Int32Array(mark.slice().buffer);
  return [words[0] ?? 0, words[1] ?? 0];
}

function put(day: Day, boxes: readonly TestBox[]): void {
  for (let i = 0; i < boxes.length; i += LIMITS.batchOperations) {
    const batch = boxes.slice(i, i + LIMITS.batchOperations);
    for (const box of batch) day.insert(...markOf(box), box.record);
    day.commit();
  }
}

type Files = ReadonlyMap<string, Buffer>;
type Write = Extract<Step, { kind: 'write' }>;

function filesIn(dir: string, wanted: (name: string) => boolean = () => true): Files {
  const names = readdirSync(dir).filter(wanted);
  return new Map(names.map((name) => [name, readFileSync(join(dir, name))]));
}

function applied(files: Files, steps: readonly Step[]): Files {
  const after = new Map(files);
  // Those of `files` stay as they are: each is copied before its first write, not before every one.
  const copied = new Set<string>();
  for (const step of steps) {
    const before = after.get(step.name) ?? assert.fail(`${step.name} is new`);
    if (step.kind === 'write') {
      const end = step.at + step.bytes.length;
      let now = before;
      if (!copied.has(step.name) || before.length < end) {
        now = Buffer.alloc(Math.max(before.length, end));
        before.copy(now);
        copied.add(step.name);
      }
      step.bytes.copy(now, step.at);
      after.set(step.name, now);
    } else if (step.kind === 'cut') {
      after.set(step.name, before.subarray(0, step.size));
    }
  }
  return after;
}

/** Either half of a write, cut where a sector of the disk ends; none of one within a sector. */
function halves(write: Write): Write[] {
  const middle = write.at + write.bytes.length / 2;
  const cut = SECTOR * Math.floor(middle / SECTOR) - write.at;
  if (cut <= 0) return [];
  const { bytes } = write;
  return [
    { ...write, bytes: bytes.subarray(0, cut) },
    { ...write, at: write.at + cut, bytes: bytes.subarray(cut) },
  ];
}

function subsetsOf(pending: readonly Step[]): (readonly Step[])[] {
  const few = pending.length <= ALL_SUBSETS;
  // Of a long row of like writes some will do.
  const some = pending.filter((_, i) => i < 16 || i % 32 === 0);
  const subsets = few
    ? Array.from({ length: 2 ** pending.length }, (_, bits) =>
        pending.filter((_, i) => (bits >> i) & 1),
      )
    : [[], pending, ...some.map((left) => pending.filter((step) => step !== left))];
  const torn = some.flatMap((step) =>
    step.kind === 'write'
      ? halves(step).map((half) => pending.map((other) => (other === step ? half : other)))
      : [],
  );
  return [...subsets, ...torn];
}

/** What a power failure may leave: all that was synced, and of the rest any part. */
function* images(before: Files, steps: readonly Step[]): Generator<{ at: number; files: Files }> {
  let durable = before;
  let pending: Step[] = [];
  for (const [at, step] of [...steps, null].entries()) {
    if (step !== null && step.kind !== 'sync') {
      pending.push(step);
      continue;
    }
    for (const kept of subsetsOf(pending)) yield { at, files: applied(durable, kept) };
    const synced = pending.filter(({ name }) => name === step?.name);
    durable = applied(durable, synced);
    pending = pending.filter(({ name }) => name !== step?.name);
  }
}

function check(image: Files, records: string, boxes: readonly TestBox[], label: string): void {
  const dir = tempDir();
  for (const [name, bytes] of image) writeFileSync(join(dir, name), bytes);
  linkSync(records, join(dir, `boxes-${DAY}.records`));
  const day = openDay(dir);
  const row = new Uint8Array(RECORD_LENGTH);
  for (const box of boxes) {
    const place = day.find(...markOf(box));
    assert.ok(place >= 0 && day.read(place, row, 0), `${label}: a box is lost`);
    assert.ok(equalBytes(row, box.record), `${label}: another record`);
  }
  day.close();
}

/** A day with a table of one chunk, and so many more boxes in its log. */
function dayWith(more: number): { dir: string; day: Day; boxes: readonly TestBox[] } {
  const dir = tempDir();
  const day = openDay(dir);
  const boxes = Array.from({ length: 100 + more }, (_, i) => testBox(i));
  put(day, boxes.slice(0, 100));
  day.checkpoint();
  put(day, boxes.slice(100));
  return { dir, day, boxes };
}

for (const [what, more] of [
  ['grows by two chunks', 2 * CHUNK_PLACES],
  ['stays as large as it was', 100],
] as const) {
  test(`a power failure loses no box while a table ${what}`, () => {
    const { dir, day, boxes } = dayWith(more);
    const before = filesIn(dir, (name) => !name.endsWith('.records'));
    const steps = traced(dir, () => day.checkpoint());
    const written = steps.filter((step): step is Write => step.kind === 'write');
    const ends = written.map(({ name, at, bytes }) => ({ name, end: at + bytes.length }));
    const grown = ends.filter(
      ({ name, end }) => name.endsWith('.marks') && end > (before.get(name)?.length ?? 0),
    );
    assert.equal(grown.length > 0, more > CHUNK_PLACES);
    assert.ok(written.some(({ name }) => name.endsWith('.changes')));
    assert.ok(steps.some(({ kind }) => kind === 'cut'));
    const records = join(dir, `boxes-${DAY}.records`);
    let count = 0;
    for (const { at, files } of images(before, steps)) {
      check(files, records, boxes, `before step ${at} of ${steps.length}`);
      count += 1;
    }
    assert.ok(count > steps.length, `${count} images`);
    day.close();
  });
}

/** Either what was there before or what is left of it; then it is erased to the end. */
function checkErasing(image: Files, boxes: readonly TestBox[], doomed: number, label: string) {
  const dir = tempDir();
  for (const [name, bytes] of image) writeFileSync(join(dir, name), bytes);
  const day = openDay(dir);
  const row = new Uint8Array(RECORD_LENGTH);
  const look = (when: string) => {
    for (const [i, box] of boxes.entries()) {
      const place = day.find(...markOf(box));
      assert.ok(place >= 0, `${label}, ${when}: box ${i} is known`);
      const found = day.read(place, row, 0);
      assert.ok(found || i < doomed, `${label}, ${when}: box ${i} is there`);
      if (found) assert.ok(equalBytes(row, box.record), `${label}, ${when}: box ${i} is whole`);
      const other = testBox(i, { version: 1 }).record;
      assert.equal(day.compare(place, box.record), 'same', `${label}, ${when}: box ${i}`);
      assert.equal(day.compare(place, other), 'taken', `${label}, ${when}: box ${i}`);
    }
  };
  look('at the start');
  while (day.eraseSome(DUE));
  look('erased');
  day.close();
  const files = [...filesIn(dir).values()];
  for (const [i, { record }] of boxes.entries()) {
    const parts = [0, 32, 64, 2_376].map((at) => record.subarray(at, at + 24));
    const left = parts.filter((part) => files.some((file) => file.includes(part))).length;
    assert.equal(left, i < doomed ? 0 : parts.length, `${label}: what files have of box ${i}`);
  }
}

test('a power failure while records are erased loses no other, and not what is left of them', () => {
  const dir = tempDir();
  const day = openDay(dir);
  const boxes = Array.from({ length: 16 }, (_, i) => testBox(i));
  const doomed = 5;
  put(day, boxes);
  for (const box of boxes.slice(0, doomed)) day.doom(day.find(...markOf(box)), box.id, DUE);
  day.commit();
  day.checkpoint();
  const before = filesIn(dir);
  const steps = traced(dir, () => assert.equal(day.eraseSome(DUE), false));
  let count = 0;
  for (const { at, files } of images(before, steps)) {
    checkErasing(files, boxes, doomed, `image ${count}, before step ${at} of ${steps.length}`);
    count += 1;
  }
  assert.ok(count > 50, `${count} images`);
  day.close();
});
