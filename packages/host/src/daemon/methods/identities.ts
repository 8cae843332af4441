/** Methods of identities (packages/api/src/methods/identities.ts). */
import type { identityMethods } from '@tacet/api';
import type { HandlersOf } from '../scene.ts';

export const identityHandlers: HandlersOf<typeof identityMethods> = {
  'identity.create': ({ person, turn }, params) =>
    turn((now) => person.identities.create(params, now)),
  'identity.list': ({ person, turn }) =>
    turn(() => ({ identities: [...person.identities.list()] })),
  'identity.delete': ({ person, turn }, { identity }) =>
    turn((now) => {
      person.identities.delete(identity, now);
      return {};
    }),
};
