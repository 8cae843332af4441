/**
 * Prints a golden file of sessions: `node make-golden.ts > vectors/session/<version>.json`. Run
 * once per version of libsignal or of our formats; a file that was committed is never made again.
 */
import { base64url, utf8 } from '@tacet/base';
import { Person } from '@tacet/client/acceptance/person';
import { createLibsignalSession } from '../../src/session-libsignal/index.ts';
import type { Golden, Pending, Records, Situation } from './golden.ts';

const port = createLibsignalSession();

function recordsOf(person: Person): Records {
  return Object.fromEntries([...person.records].map(([name, bytes]) => [name, base64url(bytes)]));
}

async function pendingFrom(
  from: Person,
  names: { from: string; to: string },
  text: string,
): Promise<Pending> {
  const ciphertext = base64url(await from.send(names.to, utf8(text)));
  return { ...names, ciphertext, plaintext: text };
}

function freeze(name: string, people: Record<string, Person>, pending: Pending[]): Situation {
  const records = Object.fromEntries(
    Object.entries(people).map(([who, person]) => [who, recordsOf(person)]),
  );
  return { name, people: records, pending, pairs: [['ann', 'bob']] };
}

const toBob = { from: 'ann', to: 'bob' };
const toAnn = { from: 'bob', to: 'ann' };

async function exchange(ann: Person, bob: Person, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await bob.receive('ann', await ann.send('bob', utf8(`a${round}`)));
    await ann.receive('bob', await bob.send('ann', utf8(`b${round}`)));
  }
}

async function pair(): Promise<{ ann: Person; bob: Person }> {
  const [ann, bob] = [await Person.create(port), await Person.create(port)];
  await ann.meet('bob', (await bob.invite()).bundle);
  return { ann, bob };
}

async function firstMessages(): Promise<Situation> {
  const { ann, bob } = await pair();
  const one = await pendingFrom(ann, toBob, 'first');
  const two = await pendingFrom(ann, toBob, 'second');
  return freeze('first messages under way, out of order', { ann, bob }, [two, one]);
}

async function established(): Promise<Situation> {
  const { ann, bob } = await pair();
  await exchange(ann, bob, 12);
  const [skipped, later, last] = [
    await pendingFrom(ann, toBob, 'skipped'),
    await pendingFrom(ann, toBob, 'later'),
    await pendingFrom(ann, toBob, 'last'),
  ];
  const back = await pendingFrom(bob, toAnn, 'meanwhile');
  return freeze('established, one skipped', { ann, bob }, [last, skipped, back, later]);
}

async function metAgain(): Promise<Situation> {
  const { ann, bob } = await pair();
  await exchange(ann, bob, 2);
  const old = await pendingFrom(ann, toBob, 'from the old session');
  await ann.meet('bob', (await bob.invite()).bundle);
  const fresh = await pendingFrom(ann, toBob, 'from the new one');
  return freeze('met again with a message of the old session under way', { ann, bob }, [
    fresh,
    old,
  ]);
}

async function glare(): Promise<Situation> {
  const [ann, bob] = [await Person.create(port), await Person.create(port)];
  const [a, b] = [await ann.invite(), await bob.invite()];
  await ann.meet('bob', b.bundle);
  await bob.meet('ann', a.bundle);
  const fromAnn = await pendingFrom(ann, toBob, 'ann began');
  const fromBob = await pendingFrom(bob, toAnn, 'bob began');
  return freeze('both began', { ann, bob }, [fromAnn, fromBob]);
}

const golden: Golden = {
  provenance:
    'made by packages/adapters/test/session-libsignal/make-golden.ts with ' +
    '@signalapp/libsignal-client 0.103.0 on linux-x64; never made again',
  format: 1,
  bundle: base64url((await (await Person.create(port)).invite()).bundle),
  situations: [await firstMessages(), await established(), await metAgain(), await glare()],
};
process.stdout.write(`${JSON.stringify(golden, null, 1)}\n`);
