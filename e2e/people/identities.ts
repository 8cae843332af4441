/** Somebody who is another person to one contact: a name and keys of its own. */
import { introduce } from '../lib/meet.ts';
import type { Person } from './person.ts';
import { type Chapter, Witness } from './stage.ts';

const WHO = 'erin';
const TO = 'carol';
const NAME = 'E. at work';
const PATIENCE = 60_000;

export const identity: Chapter = {
  name: 'another identity',
  expected: 'who knows it sees its name and keys and not those of the profile, and they can write',
  async play(stage) {
    const [who, to] = [stage.person(WHO), stage.person(TO)];
    const witness = new Witness(stage, PATIENCE);
    const { id } = await who.persist((api) => api.call('identity.create', { name: NAME }));
    const find = async (wanted: string) => {
      const { identities } = await who.persist((api) => api.call('identity.list', {}));
      return identities.find((one) => one.id === wanted);
    };
    await witness.see('its keys are made', async () => (await find(id))?.state === 'ready');
    const ids = await introduce(stage.town, who.daemon, to.daemon, id);
    who.contacts.set(TO, ids.atHost);
    to.contacts.set(WHO, ids.atGuest);
    const seen = await to.persist((api) => api.call('contact.get', { contact: ids.atGuest }));
    witness.must('the name that is seen', seen.givenName, NAME);
    const [own, other] = [await find('0'), await find(id)];
    witness.must('an address of its own', own?.address === other?.address, false);
    return { seen: `${TO} knows ${WHO} as ${NAME}`, faults: witness.faults };
  },
};

/** As whom each contact knows this person. */
export async function auditIdentities(person: Person): Promise<string[]> {
  const { contacts } = await person.daemon.api.call('contact.list', {});
  return contacts.flatMap(({ name, givenName, identity: known }) => {
    const wrong: string[] = [];
    const isOther = person.name === WHO && name === TO;
    if (isOther !== (known.id !== '0')) wrong.push(`${person.name} is ${known.name} to ${name}`);
    const calls = person.name === TO && name === WHO ? NAME : name;
    if (givenName !== calls) wrong.push(`${person.name}: ${name} says ${givenName}, not ${calls}`);
    return wrong;
  });
}
