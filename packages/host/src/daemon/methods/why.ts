/** Method of "why is it late" (packages/api/src/methods/why.ts). */
import type { whyMethods } from '@tacet/api';
import type { HandlersOf } from '../scene.ts';

export const whyHandlers: HandlersOf<typeof whyMethods> = {
  'message.why': ({ person, turn }, { id }) => turn((now) => person.why.explain(id, now)),
};
