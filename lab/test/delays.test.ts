/** What `lab contacts` says of the time of texts, on texts made by hand and on one that was sent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '@tacet/base';
import { makeCircle, wake } from '../src/circle.ts';
import { delayFigures, type Timed } from '../src/delays.ts';
import { modelledOnion } from '../src/onion.ts';
import { type Course, Courses } from '../src/text-course.ts';
import { Trace } from '../src/trace.ts';
import { USUAL_RATES } from '../src/usual-rates.ts';
import { World } from '../src/world.ts';

const course = (part: Partial<Course>): Course => ({
  met: 'waited',
  slot: 500,
  up: 1_600,
  unread: 0,
  back: 1_600,
  down: 400,
  missed: null,
  ...part,
});

test('the slowest twentieth is named by why no read waited, or as unlucky, or as tried again', () => {
  const texts: Timed[] = Array.from({ length: 57 }, (_, n) => ({
    took: 4_000 + n,
    course: course({}),
  }));
  texts.push({
    took: 9_000,
    course: course({ met: 'announced', unread: 5_000, missed: 'in-vain' }),
  });
  texts.push({ took: 30_000, course: null });
  texts.push({ took: 8_000, course: course({ up: 6_000 }) });
  const figures = delayFigures(texts);
  assert.deepEqual(figures.slowest, { retried: 1, 'in-vain': 1, waited: 1 });
  assert.deepEqual(figures.missed, { 'in-vain': 1 });
  assert.equal(figures.retried, 1);
  assert.deepEqual(figures.met.announced, { texts: 1, took: [9, 9] });
  assert.equal(figures.met.waited?.texts, 58);
  assert.deepEqual(figures.parts.back, [1.6, 1.6]);
});

test('the parts of a text are what it took, and a read waits for it in a conversation in use', async () => {
  const courses = new Courses();
  const world = new World({
    seed: 7,
    trace: new Trace(),
    onion: (network) => courses.listen(modelledOnion(network)),
    onRequest: courses.onRequest,
    network: { edges: 4, parameters: { ...USUAL_RATES, epochMs: HOUR } },
  });
  const { centre, friends } = await makeCircle(world, 1, () => undefined);
  const [friend] = friends;
  assert.ok(friend !== undefined);
  wake(world, friend);
  for (const one of [centre, friend]) one.client.setWindowInUse(true, world.now);
  await world.run(world.now + 3 * MINUTE);
  for (const one of [centre, friend]) {
    one.client.setWindowInUse(true, world.now);
    one.client.markRead(one === centre ? friend.name : centre.name, world.now);
    world.pumpPerson(one);
  }
  await world.run(world.now + MINUTE);
  const options = { contactId: friend.name, text: 'one', clientId: null };
  const { id } = centre.client.sendText(options, world.now);
  world.pumpPerson(centre);
  await world.run(world.now + 30 * SECOND);
  const [copy] = friend.client
    .messages({ contactId: centre.name, limit: 50 })
    .filter(({ text }) => text === 'one');
  assert.ok(copy?.arrivedAt != null);
  const found = courses.of(centre, id, friend, copy.arrivedAt);
  assert.ok(found !== null);
  const saved = centre.client.message(id).evidence.find(({ what }) => what === 'saved')?.at ?? 0;
  const { slot, up, unread, back, down } = found;
  assert.ok(Math.abs(slot + up + unread + back + down - (copy.arrivedAt - saved)) < 1);
  assert.ok(slot >= 0 && up > 0 && back > 0 && down >= 0);
  assert.equal(found.met, 'waited');
  assert.equal(found.missed, null);
  assert.equal(unread, 0);
});
