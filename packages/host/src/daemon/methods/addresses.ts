/** Methods of addresses and requests (packages/api/src/methods/addresses.ts). */
import type { addressMethods } from '@tacet/api';
import type { HandlersOf } from '../scene.ts';

export const addressHandlers: HandlersOf<typeof addressMethods> = {
  'address.create': ({ person, turn }, params) =>
    turn((now) => person.addresses.create(params, now)),
  'address.list': ({ person, turn }) => turn(() => ({ addresses: [...person.addresses.list()] })),
  'address.show': ({ person, turn }, { id }) => turn(() => person.addresses.show(id)),
  'address.rotate': ({ person, turn }, params) =>
    turn((now) => person.addresses.rotate(params, now)),
  'address.revoke': ({ person, turn }, { id }) => turn((now) => person.addresses.revoke(id, now)),
  'address.check': ({ person, turn }, { address }) => turn(() => person.addresses.look(address)),

  'request.send': ({ person, turn }, params) => turn((now) => person.sendRequest(params, now)),
  'request.list': ({ person, turn }) =>
    turn(() => ({ requests: [...person.addresses.requests()] })),
  'request.accept': ({ person, turn }, params) => turn((now) => person.acceptRequest(params, now)),
  'request.delete': ({ person, turn }, { id }) =>
    turn((now) => {
      person.addresses.deleteRequest(id, now);
      return {};
    }),
  'request.block': ({ person, turn }, { id }) =>
    turn((now) => {
      person.addresses.blockRequest(id, now);
      return {};
    }),
};
