/** Methods of conversations (packages/api/src/methods/conversations.ts). */
import type { conversationMethods } from '@tacet/api';
import { maySee } from '../admission.ts';
import type { HandlersOf } from '../scene.ts';

export const conversationHandlers: HandlersOf<typeof conversationMethods> = {
  'conversation.list': ({ person, turn }, params, caller) =>
    turn(() => ({
      conversations: person.conversations.list(params).filter(({ id }) => maySee(caller, id)),
    })),
  'conversation.get': ({ person, turn }, { contactId }) =>
    turn(() => person.conversations.get(contactId)),
  'conversation.pin': ({ person, turn }, { contactId, pinned }) =>
    turn((now) => person.conversations.pin(contactId, pinned, now)),
  'conversation.archive': ({ person, turn }, { contactId, archived }) =>
    turn((now) => person.conversations.archive(contactId, archived, now)),
  'conversation.mute': ({ person, turn }, { contactId, mute }) =>
    turn((now) => person.conversations.mute(contactId, mute, now)),
  'conversation.settings': ({ person, turn }, { contactId, ...change }) =>
    turn((now) => person.conversations.settings(contactId, change, now)),
  'draft.set': ({ person, turn }, { contactId, ...draft }) =>
    turn((now) => person.conversations.setDraft(contactId, draft, now)),
  'message.pin': ({ person, turn }, { id, pinned }) =>
    turn((now) => {
      person.conversations.pinMessage(id, pinned, now);
      return {};
    }),
  'message.pins': ({ person, turn }, { contactId }) =>
    turn(() => ({ messages: [...person.conversations.pinnedMessages(contactId)] })),
  'message.around': ({ person, turn }, { id, limit }) =>
    turn(() => {
      const { messages, older, newer } = person.conversations.around(id, limit);
      return { messages: [...messages], older, newer };
    }),
  'note.open': ({ person, turn }) => turn((now) => person.conversations.notes(now)),
};
