/** Sessions of every version that was ever committed open, and go on. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromBase64url, fromUtf8, utf8 } from '@tacet/base';
import { Person } from '@tacet/client/acceptance/person';
import { createLibsignalSession } from '../../src/session-libsignal/index.ts';
import type { Golden, Situation } from './golden.ts';

const folder = join(import.meta.dirname, '../../../../vectors/session');
const port = createLibsignalSession();

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const golden = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Golden;

  test(`${file}: the bundle verifies`, () => {
    assert.equal(golden.format, 1);
    assert.equal(port.readBundle(fromBase64url(golden.bundle)).identityKey.length, 33);
  });

  for (const situation of golden.situations) {
    test(`${file}: ${situation.name}, and they talk on`, () => replay(situation));
  }
}

async function replay(situation: Situation): Promise<void> {
  const people = new Map(
    Object.entries(situation.people).map(([name, records]) => [
      name,
      new Person(
        port,
        new Map(Object.entries(records).map(([key, value]) => [key, fromBase64url(value)])),
      ),
    ]),
  );
  const person = (name: string): Person => people.get(name) ?? assert.fail(name);
  for (const { to, from, ciphertext, plaintext } of situation.pending) {
    const read = await person(to).receive(from, fromBase64url(ciphertext));
    assert.equal(fromUtf8(read), plaintext);
  }
  for (const [one, other] of situation.pairs) {
    for (const [from, to] of [
      [one, other],
      [other, one],
      [one, other],
    ] as const) {
      const ciphertext = await person(from).send(to, utf8('and on'));
      assert.deepEqual(await person(to).receive(from, ciphertext), utf8('and on'));
    }
  }
}
