import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OneATurn } from '../../src/link-ws/one-a-turn.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('one piece of work in a turn, in order, whenever it was added', async () => {
  const turns = new OneATurn();
  const done: string[] = [];
  for (const name of ['a', 'b', 'c']) turns.add(() => done.push(name));
  assert.equal(done.length, 0, 'never at once');
  await turn();
  assert.equal(done.join(), 'a');
  turns.add(() => done.push('d'));
  await turn();
  assert.equal(done.join(), 'a,b');
  await turn();
  await turn();
  assert.equal(done.join(), 'a,b,c,d');
  turns.add(() => done.push('e'));
  await turn();
  assert.equal(done.at(-1), 'e', 'also after it had nothing to do');
});
