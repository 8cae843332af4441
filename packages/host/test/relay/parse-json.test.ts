import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { parseJson } from '../../src/relay/parse-json.ts';

test('what names each key once is read as JSON.parse reads it', () => {
  for (const text of [
    '0',
    '"a"',
    '[]',
    '{"a":{"a":1},"b":[{"a":1},{"a":2}]}',
    '{"a":"\\": \\"a\\":","b\\"":"\\\\"}',
    ' { "a" : null , "__proto__" : 1 } ',
    `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  ]) {
    assert.equal(JSON.stringify(parseJson(text)), JSON.stringify(JSON.parse(text)));
  }
});

test('a key that stands twice in one object is refused, however it is spelled', () => {
  for (const text of [
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '[{"b":1},{"b":{"a":1,"b":2,"a":3}}]',
    '{"__proto__":1,"__proto__":2}',
    '{"\\u001b":1,"\\u001b":2}',
  ]) {
    assert.throws(
      () => parseJson(text),
      (error) => isAppError(error, 'key-twice') && !error.message.includes('\u001b'),
      text,
    );
  }
  assert.throws(() => parseJson('{"a":1,'), SyntaxError);
});
