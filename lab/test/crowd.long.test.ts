/** The estimate of the crowd against known numbers of people; `npm run lab -- crowd` is the long form. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crowdReport } from '../src/crowd/report.ts';

test('the range holds 50, 200 and 1,000 people, and misses them when cover is written at another rate', (t) => {
  const report = crowdReport(10, 7, (line) => t.diagnostic(line));
  for (const row of report.rows) {
    assert.ok(row.held >= 9, `${row.people} people: held in ${row.held} of 10`);
    assert.ok(row.heldAtWrongRate <= 1, `${row.people}: ${row.heldAtWrongRate} at a wrong rate`);
    assert.ok(row.high / row.low < 3.5, `${row.low} to ${row.high}`);
    assert.ok(row.oneLiar < 1.15, 'one edge of five cannot make a crowd up');
    assert.ok(row.oneSilent > 0.6, 'one edge of five cannot make it vanish');
  }
});
