/** Methods of what is said (packages/api/src/methods/talk.ts). */
import type { talkMethods } from '@tacet/api';
import type { HandlersOf } from '../scene.ts';

export const talkHandlers: HandlersOf<typeof talkMethods> = {
  'message.send': ({ person, turn }, params) => turn((now) => person.sendText(params, now)),
  'message.react': ({ person, turn }, params) => turn((now) => person.talk.react(params, now)),
  'message.edit': ({ person, turn }, params) => turn((now) => person.talk.edit(params, now)),
  'message.delete': ({ person, turn }, params) =>
    turn((now) => {
      person.talk.delete(params, now);
      return {};
    }),
  'message.history': ({ person, turn }, { id }) =>
    turn(() => ({ versions: [...person.talk.history(id)] })),
  'timer.set': ({ person, turn }, params) => turn((now) => person.talk.setTimer(params, now)),
  'profile.rename': ({ person, turn }, params) =>
    turn((now) => {
      person.talk.rename(params, now);
      return person.status(now);
    }),
};
