/** Methods of trust (packages/api/src/methods/trust.ts). */
import { hintFor, type trustMethods } from '@tacet/api';
import type { HandlersOf } from '../scene.ts';

export const trustHandlers: HandlersOf<typeof trustMethods> = {
  'contact.trust': ({ person, turn }, { contactId }) =>
    turn(() => ({ facts: [...person.safety.facts(contactId)] })),
  'contact.safetyNumber': async ({ person, turn }, { contactId }) =>
    await turn((now) => person.safety.number(contactId, now)),
  'contact.verify': ({ person, turn }, { contactId, found }) =>
    turn((now) => {
      person.safety.compared(contactId, found, now);
      return {};
    }),
  'code.start': ({ person, turn }, { contactId }) =>
    turn((now) => person.codes.start(contactId, now)),
  'code.get': ({ person, turn }, { contactId }) => turn((now) => person.codes.get(contactId, now)),
  'code.say': ({ person, turn }, { contactId, found }) =>
    turn((now) => person.codes.say(contactId, found, now)),
  'code.stop': ({ person, turn }, { contactId }) =>
    turn((now) => person.codes.stop(contactId, now)),
  'meet.code': ({ person, turn }, as) => turn((now) => person.inPerson.code(asOf(as), now)),
  'meet.codeState': ({ person, turn }, { id }) => turn((now) => person.inPerson.codeView(id, now)),
  'meet.scan': ({ person, turn }, { code, ...as }) =>
    turn((now) => person.inPerson.scan(code, asOf(as), now)),
  'meet.scans': ({ person, turn }) => turn((now) => ({ scans: [...person.inPerson.scans(now)] })),
  'introduce.offer': ({ person, turn }, { firstId, secondId, note }) =>
    turn((now) => person.introductions.introduce(firstId, secondId, note ?? '', now)),
  'introduce.list': ({ person, turn }) =>
    turn(() => ({ introductions: [...person.introductions.list()] })),
  'introduce.decide': ({ person, turn }, { id, accept }) =>
    turn((now) => person.introductions.decide(id, accept, now)),
  'link.check': ({ person, turn }, { link }) =>
    turn((now) => {
      const { kind, problem } = person.checkLink(link, now);
      return { kind, problem, hint: problem === null ? null : hintFor(problem) };
    }),
  'echo.meet': ({ person, turn }) => turn((now) => person.meetEcho(now)),
  'contact.reach': ({ person, turn }, { contactId }) => turn((now) => person.reach(contactId, now)),
};

function asOf({ contactId, identity }: { contactId?: string; identity?: string }) {
  return {
    ...(contactId === undefined ? {} : { contact: contactId }),
    ...(identity === undefined ? {} : { identity }),
  };
}
