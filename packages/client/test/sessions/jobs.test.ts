import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeSession, seededRng } from '@tacet/testkit';
import { Contacts } from '../../src/contacts/contacts.ts';
import { EventLog } from '../../src/events/log.ts';
import { erased, JobQueue } from '../../src/sessions/jobs.ts';
import { migratedStore } from '../migrated-store.ts';

for (const ends of ['well', 'badly']) {
  test(`jobs: work for a contact that is dismissed meanwhile and ends ${ends} changes nothing`, async () => {
    const store = migratedStore();
    const contacts = new Contacts(store, new EventLog(store, () => undefined));
    const id = contacts.create('Alice', '', 0);
    const said: string[] = [];
    const work = (contactId: number) =>
      erased({
        name: 'work',
        key: 'work',
        contactId,
        run: async () => assert.equal(ends, 'well'),
        commit: () => said.push('commit'),
        fail: () => said.push('fail'),
      });
    const queue = new JobQueue(store, [{ nextJob: () => work(id) }]);
    const port = createFakeSession(seededRng('jobs'));
    for (const dismissed of [false, true]) {
      const job = queue.next(1);
      assert.ok(job !== null);
      const outcome = await job.run(port);
      if (dismissed) contacts.forget(id, 1);
      queue.finish(job, outcome, 2);
    }
    assert.deepEqual(said, [ends === 'well' ? 'commit' : 'fail']);
  });
}

test('contacts: the id of one that is gone is never given again', () => {
  const store = migratedStore();
  const contacts = new Contacts(store, new EventLog(store, () => undefined));
  const first = contacts.create('Alice', '', 0);
  contacts.forget(first, 1);
  const second = contacts.create('Alice', '', 2);
  assert.ok(second > first);
  contacts.forget(second, 3);
  assert.ok(contacts.create('Alice', '', 4) > second);
});
