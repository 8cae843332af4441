/** The methods that need an opened profile, each a line or two over the person's machine. */
import { maySee } from './admission.ts';
import { addressHandlers } from './methods/addresses.ts';
import { backupHandlers } from './methods/backups.ts';
import { blockingHandlers } from './methods/blocking.ts';
import { conversationHandlers } from './methods/conversations.ts';
import { eventHandlers } from './methods/events.ts';
import { fileHandlers } from './methods/files.ts';
import { identityHandlers } from './methods/identities.ts';
import { letterHandlers } from './methods/letters.ts';
import { levelHandlers } from './methods/levels.ts';
import { searchHandlers } from './methods/search.ts';
import { talkHandlers } from './methods/talk.ts';
import { tokenHandlers } from './methods/tokens.ts';
import { trustHandlers } from './methods/trust.ts';
import { whyHandlers } from './methods/why.ts';
import type { Handlers } from './scene.ts';
import { checkSocks } from './way-out.ts';

export const handlers: Handlers = {
  'network.join': ({ person, turn }, { card }) =>
    turn((now) => {
      person.joinNetwork(card, now);
      return person.status(now);
    }),
  'network.status': ({ person, turn }) =>
    turn((now) => {
      const { card, network, link, pause, clockAhead, disputes } = person.status(now);
      return { card, network, link, pause, clockAhead, disputes, socks: person.socks };
    }),
  'network.socks': ({ person, turn }, { server }) =>
    turn((now) => {
      person.setSocks(checkSocks(server), now);
      return { socks: person.socks };
    }),

  'invite.create': ({ person, turn }, params) =>
    turn((now) => person.createInvitation(params, now)),
  'invite.accept': ({ person, turn }, params) =>
    turn((now) => person.acceptInvitation(params, now)),
  'invite.list': ({ person, turn }) => turn(() => ({ invitations: [...person.invitations()] })),
  'invite.revoke': ({ person, turn }, { id }) =>
    turn((now) => {
      person.revokeInvitation(id, now);
      return {};
    }),

  'contact.list': ({ person, turn }, _, caller) =>
    turn(() => ({ contacts: person.contacts().filter(({ id }) => maySee(caller, id)) })),
  'contact.get': ({ person, turn }, { contact }) => turn(() => person.contact(contact)),
  'contact.rename': ({ person, turn }, { contactId, name }) =>
    turn((now) => person.renameContact(contactId, name, now)),
  'contact.dismiss': ({ person, turn }, { contactId }) =>
    turn((now) => {
      person.dismissMeeting(contactId, now);
      return {};
    }),

  ...talkHandlers,
  ...letterHandlers,
  ...fileHandlers,
  'message.list': ({ person, turn }, params) =>
    turn(() => ({ messages: [...person.messages(params)] })),
  'message.get': ({ person, turn }, { id }) =>
    turn(() => {
      const { evidence, ...message } = person.message(id);
      return { ...message, evidence: [...evidence] };
    }),
  'conversation.read': ({ person, turn }, { contactId }) =>
    turn((now) => {
      person.markRead(contactId, now);
      return {};
    }),

  ...backupHandlers,
  ...addressHandlers,
  ...blockingHandlers,
  ...identityHandlers,
  ...conversationHandlers,
  ...trustHandlers,

  'profile.idle': ({ person, idle, turn }, { minutes }) =>
    turn(() => {
      if (minutes !== undefined) {
        person.setLockAfter(minutes);
        idle.set(minutes);
      }
      return { minutes: person.lockAfter };
    }),
  'profile.resume': ({ person, turn }) =>
    turn((now) => {
      person.resume(now);
      return person.status(now);
    }),

  ...eventHandlers,
  ...searchHandlers,
  ...whyHandlers,
  ...tokenHandlers,

  ...levelHandlers,

  'window.heartbeat': ({ person, presence, turn }, { visible }, caller) =>
    turn((now) => {
      presence.heartbeat(caller.session ?? caller.kind, visible, now);
      person.setWindowInUse(presence.inUse(now), now);
      return {};
    }),
};
