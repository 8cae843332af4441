import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytes } from '../src/words/size.ts';
import { dayName, daysApart, span, spanRange } from '../src/words/time.ts';

const noon = new Date(2026, 10, 21, 12, 0).getTime();
const HOUR = 3_600_000;

describe('times and sizes', () => {
  it('spans', () => {
    const cases: [number, string][] = [
      [0, '0.1 s'],
      [420, '0.4 s'],
      [1_000, '1 s'],
      [89_000, '89 s'],
      [90_000, '2 min'],
      [89 * 60_000, '89 min'],
      [2 * HOUR, '2 h'],
      [2.5 * HOUR, '2 h 30 min'],
      [48 * HOUR, '2 days'],
    ];
    for (const [ms, text] of cases) assert.equal(span(ms), text);
    assert.equal(spanRange(4_300, 8_100), '4–8 s');
    assert.equal(spanRange(4_300, 4_300), '4 s');
    assert.equal(spanRange(40_000, 120_000), '40 s – 2 min');
  });

  it('days by the calendar, not by the hour', () => {
    assert.equal(daysApart(noon - 13 * HOUR, noon), 1);
    assert.equal(daysApart(noon - 11 * HOUR, noon), 0);
    assert.equal(dayName(noon, noon), 'Today');
    assert.equal(dayName(noon - 13 * HOUR, noon), 'Yesterday');
    const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' });
    assert.equal(dayName(noon - 72 * HOUR, noon), weekday.format(noon - 72 * HOUR));
    assert.match(dayName(noon - 24 * 400 * HOUR, noon), /2025/);
  });

  it('bytes', () => {
    assert.equal(bytes(0), '0 bytes');
    assert.equal(bytes(999), '999 bytes');
    assert.equal(bytes(12_288), '12.3 kB');
    assert.equal(bytes(999_999), '1 MB');
    assert.equal(bytes(145_200_000), '145 MB');
    assert.equal(bytes(1_640_000_000), '1.64 GB');
  });
});
