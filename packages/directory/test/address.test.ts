import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAddress } from '../src/address.ts';
import { RUNS } from './support/refusals.ts';

test('names, IPv4 and IPv6 with a port', () => {
  const cases: readonly [string, string, number][] = [
    ['relay.example.org:443', 'relay.example.org', 443],
    ['localhost:1', 'localhost', 1],
    ['a:65535', 'a', 65_535],
    ['xn--bcher-kva.example:443', 'xn--bcher-kva.example', 443],
    ['127.0.0.1:8443', '127.0.0.1', 8_443],
    ['[::1]:443', '::1', 443],
    ['[::]:443', '::', 443],
    ['[2001:db8::8a2e:370:7334]:443', '2001:db8::8a2e:370:7334', 443],
    ['[fe80:0:0:1::]:443', 'fe80:0:0:1::', 443],
    ['[1:2:3:4:5:6:7:8]:443', '1:2:3:4:5:6:7:8', 443],
    ['[1:0:3:4:5:6:7:8]:443', '1:0:3:4:5:6:7:8', 443],
  ];
  for (const [text, host, port] of cases)
    assert.deepEqual(parseAddress(text), { host, port }, text);
});

test('everything else, and every second spelling, is refused', () => {
  const wrong = [
    '',
    ':443',
    'host',
    'host:',
    'host:0',
    'host:65536',
    'host:0443',
    'host:+443',
    'host:4 43',
    'Host:443',
    'host.:443',
    '.host:443',
    'ho..st:443',
    '-host:443',
    'host-:443',
    'ho_st:443',
    'hôte:443',
    'host:443 ',
    ' host:443',
    'user@host:443',
    'https://host:443',
    'host/path:443',
    `${'a'.repeat(64)}:443`,
    `${`${'a'.repeat(63)}.`.repeat(4)}b:443`,
    '1.2.3:443',
    '1.2.3.4.5:443',
    '01.2.3.4:443',
    '1.2.3.256:443',
    'host.123:443',
    '::1:443',
    '[::1]',
    '[::1]443',
    '[::1',
    '[]:443',
    '[:::]:443',
    '[1::2::3]:443',
    '[0:0:0:0:0:0:0:1]:443',
    '[2001:DB8::1]:443',
    '[2001:0db8::1]:443',
    '[1:2:3:4:5:6:7::8]:443',
    '[1:0:0:4:5:6:7:8]:443',
    '[1::4:0:0:0:8]:443',
    '[::ffff:127.0.0.1]:443',
    '[fe80::1%eth0]:443',
    '[127.0.0.1]:443',
    '[localhost]:443',
  ];
  for (const text of wrong) assert.equal(parseAddress(text), null, text);
});

test('what is taken is what Node takes for that kind of host', () => {
  const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
  fc.assert(
    fc.property(host, fc.nat(70_000), (text, port) => {
      const v6 = text.includes(':');
      const parsed = parseAddress(v6 ? `[${text}]:${port}` : `${text}:${port}`);
      if (parsed === null) return;
      assert.equal(parsed.host, text);
      assert.equal(isIPv6(parsed.host), v6);
      if (/^[0-9.]+$/.test(text)) assert.ok(isIPv4(text));
      if (v6) assert.equal(new URL(`http://[${text}]/`).hostname, `[${text}]`);
    }),
    { numRuns: RUNS * 5 },
  );
});

test('the spelling that URL gives an IPv6 address is taken', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 0, 1, 0xdb8, 0xffff), { minLength: 8, maxLength: 8 }),
      (g) => {
        const { hostname } = new URL(`http://[${g.map((n) => n.toString(16)).join(':')}]/`);
        assert.notEqual(parseAddress(`${hostname}:443`), null, hostname);
      },
    ),
    { numRuns: RUNS },
  );
});

test('what is taken is spelled as it was given: each character changed, left out, put in, cut', () => {
  const good = ['edge-1.example.org:443', '192.0.2.17:7701', '[2001:db8::1:0:0:2]:65535'];
  const spelled = (text: string): void => {
    const found = parseAddress(text);
    if (found === null) return;
    const host = found.host.includes(':') ? `[${found.host}]` : found.host;
    assert.equal(`${host}:${found.port}`, text);
  };
  for (const text of good) {
    assert.ok(parseAddress(text));
    for (const behind of [' ', '\n', '\u0000', ':1', '/', '#', '.', text]) {
      assert.equal(parseAddress(text + behind), null, JSON.stringify(behind));
    }
    for (let at = 0; at < text.length; at++) {
      spelled(text.slice(0, at));
      for (const put of ['', '0', '9', 'a', 'Z', '-', '.', ':', '[', ']', ' ', '%', 'é', '\n']) {
        spelled(text.slice(0, at) + put + text.slice(at + 1));
        spelled(text.slice(0, at) + put + text.slice(at));
      }
    }
  }
  for (const n of [254, 300, 100_000]) assert.equal(parseAddress(`${'a'.repeat(n)}:1`), null);
});
