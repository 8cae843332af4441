/** Methods of dead letters (packages/api/src/methods/letters.ts). */
import type { letterMethods } from '@tacet/api';
import { maySee } from '../admission.ts';
import type { HandlersOf } from '../scene.ts';

export const letterHandlers: HandlersOf<typeof letterMethods> = {
  'letter.list': ({ person, turn }, _, caller) =>
    turn(() => ({
      letters: person.letters.list(null).filter(({ contactId }) => maySee(caller, contactId)),
    })),
  'letter.ofContact': ({ person, turn }, { contactId }) =>
    turn(() => ({ letters: [...person.letters.list(contactId)] })),
  'letter.retry': ({ person, turn }, { id }) => turn((now) => person.letters.retry(id, now)),
  'letter.dismiss': ({ person, turn }, { id }) =>
    turn((now) => {
      person.letters.dismiss(id, now);
      return {};
    }),
};
