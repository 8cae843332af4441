import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import {
  buildingEpoch,
  epochAt,
  epochStart,
  guardPatience,
  publicationLead,
  resumeWait,
  scheduleOf,
} from '../src/epochs.ts';
import {
  defaultParameters,
  delayCapMs,
  demonstrationParameters,
  parametersSchema,
} from '../src/parameters.ts';
import { parse } from '../src/schema.ts';
import { throwsCode } from './support/refusals.ts';

const hourly = { epochMs: HOUR };
const short = { epochMs: 12 * SECOND };

test('an epoch begins at its first millisecond', () => {
  assert.equal(epochAt(hourly, 7 * HOUR - 1), 6);
  assert.equal(epochAt(hourly, 7 * HOUR), 7);
  assert.equal(epochStart(hourly, 7), 7 * HOUR);
});

test('packets are built for the epoch one minute ahead, less in short epochs', () => {
  assert.equal(buildingEpoch(hourly, 7 * HOUR - MINUTE - 1), 6);
  assert.equal(buildingEpoch(hourly, 7 * HOUR - MINUTE), 7);
  assert.equal(buildingEpoch(short, 7 * short.epochMs - 201), 6);
  assert.equal(buildingEpoch(short, 7 * short.epochMs - 200), 7);
});

test('the schedule of an hour is +35, +40, +50, +55 minutes of the hour before', () => {
  const { descriptors, votes, signatures, publication } = scheduleOf(hourly, 8);
  const minutes = [descriptors, votes, signatures, publication].map((t) => (t - 7 * HOUR) / MINUTE);
  assert.deepEqual(minutes, [35, 40, 50, 55]);
  assert.equal(publicationLead(hourly), 5 * MINUTE);
});

test('short epochs shrink every span in proportion', () => {
  const { descriptors, votes, signatures, publication } = scheduleOf(short, 1);
  assert.deepEqual([descriptors, votes, signatures, publication], [7_000, 8_000, 10_000, 11_000]);
  assert.equal(resumeWait(short), 200);
  assert.equal(resumeWait(hourly), MINUTE);
  assert.equal(guardPatience(short), 2_000);
  assert.equal(guardPatience(hourly), 10 * MINUTE);
});

test('both sets of parameters are within their ranges, and at their values', () => {
  for (const set of [defaultParameters, demonstrationParameters]) {
    assert.deepEqual(parse(parametersSchema, { ...set }, 'parameters'), set);
  }
  assert.equal(delayCapMs(defaultParameters), 11_052);
  assert.equal(delayCapMs(demonstrationParameters), 4_144);
  assert.equal(demonstrationParameters.crowd, false);
});

test('every number has a least and a greatest value', () => {
  for (const [name, value] of Object.entries(defaultParameters)) {
    const wrong = typeof value === 'boolean' ? [0, 'true'] : [-1, 1.5, 1e12, '1', true];
    for (const bad of wrong) {
      const changed = { ...defaultParameters, [name]: bad };
      throwsCode(() => parse(parametersSchema, changed, 'p'), 'malformed', `${name} = ${bad}`);
    }
  }
  const { slotMs: _, ...missing } = defaultParameters;
  throwsCode(() => parse(parametersSchema, missing, 'p'), 'malformed');
  throwsCode(() => parse(parametersSchema, { ...defaultParameters, more: 1 }, 'p'), 'malformed');
});

test('parameters that contradict each other are refused', () => {
  const contradictions = [
    { graceMs: 300_001, epochMs: 600_000 },
    { inUseSlotMs: 2_001 },
    { secondCopyMinMs: 60_001 },
  ];
  for (const change of contradictions) {
    throwsCode(
      () => parse(parametersSchema, { ...defaultParameters, ...change }, 'p'),
      'malformed',
    );
  }
});

test('random times fall into the epoch that starts at or before them', () => {
  const rng = seededRng('epochs');
  const word = new Uint8Array(6);
  for (let i = 0; i < 1_000; i++) {
    rng.fill(word);
    const now = word.reduce((sum, byte) => sum * 256 + byte, 0) % 253_402_300_799_999;
    const start = epochStart(hourly, epochAt(hourly, now));
    assert.ok(start <= now && now < start + HOUR);
  }
});
