/** Methods of tokens (packages/api/src/methods/tokens.ts). */
import type { tokenMethods } from '@tacet/api';
import { tokenInvalid } from '../admission.ts';
import type { HandlersOf } from '../scene.ts';

export const tokenHandlers: HandlersOf<typeof tokenMethods> = {
  auth: ({ person, turn }, { token }) =>
    turn((now) => {
      const grant = person.tokens.open(token, now);
      if (grant === null) throw tokenInvalid();
      return grant;
    }),
  'token.create': ({ person, turn }, request) => turn((now) => person.tokens.create(request, now)),
  'token.list': ({ person, turn }) => turn(() => ({ tokens: [...person.tokens.list()] })),
  'token.revoke': ({ person, admission, turn }, { id }) =>
    turn(() => {
      person.tokens.revoke(id);
      admission.revoked(id);
      return {};
    }),
};
