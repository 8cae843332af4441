import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { safeJson, safeLine, safeText } from '../src/safe.ts';

const runs = { numRuns: Number(process.env['FC_RUNS'] ?? 100) };

test('escape sequences leave nothing behind', () => {
  const cases: [string, string][] = [
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u009b31mred', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009d0;title\u009cafter', 'after'],
    ['\u001bP1$tq\u001b\\x', 'x'],
    ['\u001b(0box', 'box'],
    ['\u001bcreset', 'reset'],
    ['a\u0008b\u007fc\rd', 'abcd'],
    ['\u001b[2J\u001b[1;1H', ''],
    ['\u001b]never ended', 'never ended'],
    ['\u001b[', ''],
    ['\u001b', ''],
    ['line\nand\ttab', 'line\nand\ttab'],
    ['one\r\ntwo\u2028three', 'one\ntwo\nthree'],
  ];
  for (const [given, shown] of cases) assert.equal(safeText(given), shown, JSON.stringify(given));
});

test('controls of direction become visible', () => {
  assert.equal(safeText('ab\u202egpj.exe'), 'ab<U+202E>gpj.exe');
  assert.equal(safeText('\u2066\u200f\u061c'), '<U+2066><U+200F><U+061C>');
});

test('a name stays on its line', () => {
  assert.equal(safeLine('bob\n> alice: \u001b[1myes'), 'bob > alice: yes');
});

test('letters of all scripts and emoji pass', () => {
  const text = 'Grüße שלום مرحبا 👩‍👩‍👧 日本';
  assert.equal(safeText(text), text);
});

test('no text of any kind leaves a control character', () => {
  const nasty = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\u001b', '[', ']', '\u009b', '\u009d', '\u0007', '\\', '\u202e', 'm', '\n'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
  });
  fc.assert(
    fc.property(nasty, (text) => {
      for (const c of safeText(text)) {
        const code = c.codePointAt(0) ?? 0;
        assert.ok(code === 9 || code === 10 || (code >= 32 && (code < 127 || code > 159)));
        assert.ok(!/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(c));
      }
    }),
    runs,
  );
});

test('JSON keeps its value and shows no control', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = safeJson({ text });
      assert.deepEqual(JSON.parse(json), { text });
      for (const c of json) assert.ok(c >= ' ' && (c < '\u007f' || c > '\u009f') && c !== '\u202e');
    }),
    runs,
  );
});

test('long hostile text takes no long time', () => {
  const start = performance.now();
  for (const unit of ['\u009d', '\u001b]', '\u001b[', '\u0090a']) safeText(unit.repeat(100_000));
  assert.ok(performance.now() - start < 2_000);
});
