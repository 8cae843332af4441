import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { parseAddress } from '../../src/tls/options.ts';

test('addresses are host:port or [IPv6]:port', () => {
  assert.deepEqual(parseAddress('example.org:443'), { host: 'example.org', port: 443 });
  assert.deepEqual(parseAddress('127.0.0.1:1'), { host: '127.0.0.1', port: 1 });
  assert.deepEqual(parseAddress('[::1]:65535'), { host: '::1', port: 65_535 });
});

test('anything else is refused', () => {
  for (const text of [
    '',
    'host',
    'host:',
    ':1',
    'host:0',
    'host:65536',
    'host:1x',
    '::1:5',
    '[::1]',
    '[::1]5',
    '[host]:5',
    '[1.2.3.4]:5',
    'a b:5',
    'a:b:5',
    'host:000001',
    '[::1]:5 ',
  ]) {
    assert.throws(
      () => parseAddress(text),
      (error) => isAppError(error, 'address'),
      text,
    );
  }
});
