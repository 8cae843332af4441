/** Methods of blocking and deleting (packages/api/src/methods/blocking.ts). */
import type { blockingMethods } from '@tacet/api';
import type { HandlersOf } from '../scene.ts';

export const blockingHandlers: HandlersOf<typeof blockingMethods> = {
  'contact.block': ({ person, turn }, { contactId }) =>
    turn((now) => person.blockContact(contactId, now)),
  'contact.unblock': ({ person, turn }, { contactId }) =>
    turn((now) => person.unblockContact(contactId, now)),
  'contact.delete': ({ person, turn }, { contactId, block }) =>
    turn((now) => {
      person.deleteContact(contactId, block ?? false, now);
      return {};
    }),
};
