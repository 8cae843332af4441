import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { initial, safeName, safeText, snippet } from '../src/words/safe.ts';

const runs = { numRuns: Number(process.env['FC_RUNS'] ?? 100) };
const hostile = fc.string({ unit: 'binary', maxLength: 200 });

describe('words of other people', () => {
  it('a name is one line without direction, control or invisible signs', () => {
    assert.equal(safeName('Bob\u202etxt.exe\n\u0000\u200b Smith '), 'Bobtxt.exe Smith');
    assert.equal(safeName(' \u2066\u2069\u{e0041} '), 'No name');
    assert.equal(safeName('نور الدين'), 'نور الدين');
    fc.assert(
      fc.property(hostile, (name) => {
        assert.doesNotMatch(
          safeName(name),
          /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b]/u,
        );
        assert.notEqual(safeName(name), '');
      }),
      runs,
    );
  });

  it('a text keeps its lines; controls that hide something are shown', () => {
    assert.equal(safeText('a\r\nb\rc\td'), 'a\nb\nc\td');
    assert.equal(safeText('x\u202ey\u0007\u001b[2J'), 'x\ufffdy\ufffd\ufffd[2J');
    fc.assert(
      fc.property(hostile, (text) => {
        assert.doesNotMatch(
          safeText(text).replace(/[\n\t]/g, ''),
          /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u,
        );
      }),
      runs,
    );
  });

  it('a snippet is one short line', () => {
    assert.equal(snippet('  one\n two '), 'one two');
    assert.equal(snippet('x'.repeat(500)).length, 141);
  });

  it('the first sign of a name is a whole one', () => {
    assert.equal(initial('ée'), 'É');
    assert.equal(initial('👩‍👩‍👧 family'), '👩‍👩‍👧');
    assert.equal(initial(''), 'N');
  });
});
