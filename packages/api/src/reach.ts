/**
 * Whose conversations each method touches, for callers with a token (docs/spec/18-conversations.md,
 * 6). Every method stands here: one that is missing does not compile.
 */
import type { MethodName } from './methods.ts';

export type Reach = (
  | { readonly about: 'nothing' }
  /** The whole profile: not for a token that may see some contacts only. */
  | { readonly about: 'all' }
  /** Shows only what is about the contacts of the token: its handler leaves the rest out. */
  | { readonly about: 'listed' }
  /** `param` names one contact, or one message or dead letter of one. */
  | { readonly about: 'contact' | 'message' | 'letter'; readonly param: string }
) & {
  /** Its answer shows what others wrote, always or with this parameter: it takes `read`, too. */
  readonly shows?: true | string;
};

const nothing: Reach = { about: 'nothing' };
const all: Reach = { about: 'all' };
const listed: Reach = { about: 'listed' };
const contact = (param = 'contactId'): Reach => ({ about: 'contact', param });
const message = (param = 'id'): Reach => ({ about: 'message', param });
const letter: Reach = { about: 'letter', param: 'id' };
const shown = (reach: Reach, shows: true | string = true): Reach => ({ ...reach, shows });

export const REACH: Readonly<Record<MethodName, Reach>> = {
  auth: nothing,
  status: all,
  'profile.create': all,
  'profile.unlock': all,
  'profile.lock': all,
  'profile.idle': all,
  'profile.reseal': all,
  'profile.salvage': all,
  'profile.wipe': all,
  'vault.add': all,
  'vault.duress': all,
  'profile.resume': all,
  'profile.rename': all,
  'backup.phrase': all,
  'backup.set': all,
  'backup.create': all,
  'backup.status': all,
  'backup.test': all,
  'backup.restore': all,
  'network.join': all,
  'network.status': all,
  'network.socks': all,
  'network.facts': nothing,
  'invite.create': all,
  'invite.accept': all,
  'invite.list': all,
  'invite.revoke': all,
  'contact.list': listed,
  'contact.get': contact('contact'),
  'contact.rename': shown(contact()),
  'contact.dismiss': contact(),
  'contact.block': shown(contact()),
  'contact.unblock': shown(contact()),
  'contact.delete': contact(),
  'contact.trust': contact(),
  'contact.safetyNumber': contact(),
  'contact.verify': shown(contact()),
  'contact.reach': contact(),
  'code.start': contact(),
  'code.get': contact(),
  'code.say': contact(),
  'code.stop': contact(),
  // The answer has the message that is quoted in it.
  'message.send': shown(contact(), 'replyTo'),
  'message.react': shown(message()),
  'message.edit': shown(message()),
  'message.delete': message(),
  'message.history': message(),
  'timer.set': contact(),
  'letter.list': listed,
  'letter.ofContact': contact(),
  'letter.retry': shown(letter),
  'letter.dismiss': letter,
  // Bytes that are brought in are nobody's yet.
  'file.begin': nothing,
  'file.put': nothing,
  'file.send': contact(),
  'picture.remake': nothing,
  'voice.remake': nothing,
  'file.cancel': nothing,
  'file.preview': nothing,
  'file.want': shown(message()),
  'file.decline': shown(message()),
  'file.withdraw': shown(message()),
  'file.read': message(),
  'voice.read': message(),
  'message.list': contact(),
  'message.get': message(),
  'message.why': message(),
  'message.pin': message(),
  'message.pins': contact(),
  'message.around': message(),
  'conversation.read': contact(),
  'conversation.list': listed,
  'conversation.get': contact(),
  'conversation.pin': shown(contact()),
  'conversation.archive': shown(contact()),
  'conversation.mute': shown(contact()),
  'conversation.settings': shown(contact()),
  'draft.set': shown(contact()),
  'note.open': shown(all),
  'address.create': all,
  'address.list': all,
  'address.show': all,
  'address.rotate': all,
  'address.revoke': all,
  'address.check': all,
  'link.check': all,
  'request.send': all,
  'request.list': all,
  'request.accept': all,
  'request.delete': all,
  'request.block': all,
  'identity.create': all,
  'identity.list': all,
  'identity.delete': all,
  'meet.code': all,
  'echo.meet': all,
  'meet.codeState': all,
  'meet.scan': all,
  'meet.scans': all,
  'introduce.offer': all,
  'introduce.list': all,
  'introduce.decide': all,
  'level.set': all,
  'level.preview': all,
  'level.compare': all,
  'data.usage': all,
  'stats.delivery': all,
  'stats.crowd': all,
  'events.position': nothing,
  'events.read': listed,
  'events.ack': nothing,
  'events.forget': nothing,
  'alarm.list': all,
  'search.find': listed,
  'token.create': all,
  'token.list': all,
  'token.revoke': all,
  'window.open': all,
  'window.heartbeat': all,
  'daemon.stop': all,
};
