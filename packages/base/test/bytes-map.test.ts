import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BytesMap, hex, randomBytes, randomInt } from '@tacet/base';
import { seededRng } from '@tacet/testkit';

test('does what a map of texts does, also for names that share their first bytes', () => {
  const rng = seededRng('bytes map');
  const map = new BytesMap<number>();
  const model = new Map<string, number>();
  const names = Array.from({ length: 60 }, (_, n) => {
    const name = randomBytes(rng, 8);
    if (n % 3 !== 0) name.set([0, 0, 0, n % 3]);
    return name;
  });
  for (let n = 0; n < 20_000; n++) {
    const name = names[randomInt(rng, names.length)] as Uint8Array;
    const key = hex(name);
    switch (randomInt(rng, 3)) {
      case 0:
        map.set(name, n);
        model.set(key, n);
        break;
      case 1:
        assert.equal(map.delete(name.slice()), model.delete(key));
        break;
      default:
        assert.equal(map.get(name.slice()), model.get(key));
    }
    assert.equal(map.size, model.size);
  }
  const entries = [...map.entries()].map(([name, value]) => [hex(name), value] as const);
  assert.deepEqual(new Map(entries), model);
  assert.equal(entries.length, model.size);
});

test('what is visited may be deleted, and the rest is still visited', () => {
  const map = new BytesMap<number>();
  for (let n = 0; n < 30; n++) map.set(Uint8Array.of(0, 0, 0, n % 3, n), n);
  const seen = [];
  for (const [name, n] of map.entries()) {
    seen.push(n);
    map.delete(name);
  }
  assert.equal(map.size, 0);
  assert.equal(seen.length, 30);
});

test('names of different lengths are different', () => {
  const map = new BytesMap<string>();
  map.set(new Uint8Array(3), 'three');
  map.set(new Uint8Array(4), 'four');
  assert.equal(map.get(new Uint8Array(3)), 'three');
  assert.equal(map.get(new Uint8Array(4)), 'four');
});
