/** Methods of search (packages/api/src/methods/search.ts). */
import type { searchMethods } from '@tacet/api';
import type { HandlersOf } from '../scene.ts';

export const searchHandlers: HandlersOf<typeof searchMethods> = {
  'search.find': ({ person, turn }, request) =>
    turn(() => {
      const { hits, next } = person.search.find(request);
      return { hits: [...hits], next };
    }),
};
