import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, property as forAll, integer, assert as property } from 'fast-check';
import { fileName } from '../../src/files/names.ts';

const CASES: Readonly<Record<string, string>> = {
  'holiday.jpg': 'holiday.jpg',
  'Müller & Söhne (2).pdf': 'Müller & Söhne (2).pdf',
  '../../etc/passwd': '_.._etc_passwd',
  'C:\\Windows\\system32\\x.exe': 'C__Windows_system32_x.exe',
  '.bashrc': 'bashrc',
  '...': 'file',
  '': 'file',
  '   ': 'file',
  'a\u0000b\u001b[31m.txt': 'ab[31m.txt',
  // Shown from right to left it would end in jpg.
  'invoice\u202Egpj.exe': 'invoicegpj.exe',
  'invoice.pdf\u00A0\u00A0\u00A0.exe': 'invoice.pdf .exe',
  'zero\u200Bwidth.txt': 'zerowidth.txt',
  CON: '_CON',
  'nul.txt': '_nul.txt',
  'com1.tar.gz': '_com1.tar.gz',
  // Windows does not see the space.
  'nul .txt': '_nul .txt',
  'context.txt': 'context.txt',
  'name. ': 'name',
  'line\u2028end.txt': 'lineend.txt',
  // Fillers and a blank of Braille take room and show nothing.
  'invoice.pdf\u3164\u3164\u115F\u2800.exe': 'invoice.pdf.exe',
  // Composed when nothing stands between any more.
  'e\u200B\u0301': '\u00e9',
};

test('names from outside become names that can be shown and saved', () => {
  for (const [claimed, shown] of Object.entries(CASES)) {
    assert.equal(fileName(claimed), shown, JSON.stringify(claimed));
  }
});

test('a long name keeps its extension, and a long extension is none', () => {
  assert.equal(fileName(`${'a'.repeat(300)}.jpeg`), `${'a'.repeat(115)}.jpeg`);
  assert.equal([...fileName(`a.${'b'.repeat(300)}`)].length, 120);
  assert.equal([...fileName('\u{1f600}'.repeat(300))].length, 120);
  assert.equal(fileName(`con.${'a'.repeat(116)}`), `_con.${'a'.repeat(115)}`);
});

/** Any but halves of a pair. fast-check's own strings of these index all of them first, for a second. */
const codePoint = integer({ min: 0, max: 0x10ffff }).filter((at) => at < 0xd800 || at > 0xdfff);

test('whatever comes: never empty, a path, hidden or unseen, and the same again', () => {
  property(
    forAll(array(codePoint, { maxLength: 300 }), (points) => {
      const claimed = String.fromCodePoint(...points);
      const name = fileName(claimed);
      assert.ok(name.length > 0 && [...name].length <= 120);
      assert.ok(!/[/\\:*?"<>|\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name), JSON.stringify(name));
      assert.ok(!/^[. ]|[. ]$/u.test(name));
      assert.equal(fileName(name), name);
    }),
    { numRuns: 500 },
  );
});
