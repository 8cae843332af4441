/** What to do next, by error code: shown under the message by command line and windows. */
import type { ErrorKind } from '@tacet/base';

const NEW_INVITATION = 'ask for a new invitation; each works once and for one person';

const HINTS: Readonly<Record<string, string>> = {
  locked: 'unlock the profile: tacet unlock',
  'profile-missing': 'make the profile: tacet profile create',
  'profile-exists': 'use it, or choose another name with --profile',
  'passphrase-wrong': 'check the passphrase and try again; nothing was changed',
  'passphrase-wait': 'a minute at most; nothing was changed',
  'profile-newer': 'install the newer version; nothing was changed',
  'profile-unreadable':
    'keep the files as they are, and make a profile of another name: from a backup, tacet --profile NAME backup restore FOLDER; or of what is left, tacet --profile NAME salvage THIS',
  'daemon-not-running': 'start it: tacet up',
  'daemon-running': 'stop it first: tacet down',
  'disk-low': 'make room on the disk, then want or send the file again',
  'recovery-phrase-wrong':
    'look whether it is of this backup: a new phrase opens only backups made after it',
  'recovery-phrase-malformed': 'compare it with what you wrote down, word by word',
  'recovery-phrase-missing': 'make one, and the first backup: tacet backup create',
  'recovery-phrase-unconfirmed': 'make another: tacet backup create',
  'backup-nowhere': 'say where: tacet backup create --folder DIR',
  'backup-missing': 'name its folder, the one with 0.head in it; or make one: tacet backup create',
  'backup-damaged':
    'if the profile is well, make all of it anew: tacet backup create --whole; else try another copy of the folder',
  'backup-ahead':
    'end the other daemon, or choose another folder: tacet backup create --folder DIR',
  'backup-folder-full':
    'make room there, or choose another folder: tacet backup create --folder DIR',
  'backup-folder-failed':
    'put its disk in, or choose another folder: tacet backup create --folder DIR',
  'backup-folder-foreign': 'choose another folder: tacet backup create --folder DIR',
  'backup-folder-other': 'choose another folder: tacet backup create --folder DIR',
  'backup-failed': 'see why: tacet backup status',
  'disk-full': 'make room on the disk, then: tacet down, and tacet up',
  'profile-storage-failed': 'look at the disk, then: tacet down, and tacet up',
  'contact-unknown': 'see who is there: tacet contact list',
  'card-malformed': 'copy the whole card, from `tacet:network/` to its last character',
  'invitation-malformed': 'copy the whole link, from `tacet://` to its last character',
  'invitation-used': NEW_INVITATION,
  'invitation-missing': NEW_INVITATION,
  'invitation-revoked': NEW_INVITATION,
  'invitation-expired': NEW_INVITATION,
  'invitation-refused': NEW_INVITATION,
  'invitation-replaced': 'somebody interfered: ask for a new invitation on another way',
  'echo-missing': 'join again with a card that names it: tacet network join "CARD ADDRESS"',
  'link-newer': 'a newer version made it: update Tacet',
  'link-unknown': 'this is nothing of Tacet’s: ask for an invitation or an address',
  'invitation-own': 'this is your own: send it to a friend',
  'invitation-network': 'open it with a profile of that network, or ask for a full invitation',
  'invitation-unanswered': 'nothing is lost: it goes on until the invitation ends',
  'network-joined': 'this profile stays on its network: make another profile for that one',
  'meet-expired': 'ask for a fresh code, and look at both clocks',
  'meet-malformed': 'scan the whole code again',
  'meet-swapped': 'do not trust who showed it: ask for a code on their own screen',
  'meet-other-person': 'ask whose code it is before you go on',
  'introduction-replaced': 'ask who introduced you; do not trust who came',
  'code-limit': 'compare safety numbers instead: tacet trust number',
  'key-refused': 'ask them by another way whether that was them',
  'key-set-mismatch': 'ask them by another way whether that was them',
  'request-replaced': 'do not trust who asked; the person named may know nothing of it',
  'address-other-identity': 'ask the owner by another way; compare safety numbers',
  'address-flooded': 'replace the address: tacet address rotate',
  'requests-full': 'decide on requests, or replace the address: tacet address rotate',
  'invitation-taken': 'make a new one, and look at who may have this profile’s secrets',
  'invitation-spoiled': 'make a new one, and give its link on another way',
  'meet-unproven': 'scan each other again, side by side',
  'code-broken': 'compare safety numbers side by side: tacet trust number',
  'store-copied': 'end one of the two, then: tacet profile resume',
  'restored-elsewhere': 'if this one is to go on, end the other, then: tacet profile resume',
  'session-of-before': 'scan each other’s codes, or make a new invitation for them',
  'session-expired': 'make a new invitation for them: tacet invite create',
  'address-malformed': 'copy the whole address, from `tacet://` to its last character',
  'address-full': 'it goes on by itself; the owner may have to replace the address',
  'address-revoked': 'ask its owner for the new address',
  'request-unknown': 'see who asks: tacet request list',
  'network-missing': 'join a network first: tacet network join CARD, or accept a full invitation',
  'letter-unknown': 'see which there are: tacet letter list',
  'letter-final': 'dismiss it: tacet letter dismiss',
  'content-failed': 'see it with tacet letter list; update Tacet, then: tacet letter retry',
  'envelope-failed': 'see it with tacet letter list; update Tacet, then: tacet letter retry',
  'work-failed': 'what it was is in tacet letter list, or the meeting says so; update Tacet',
  'text-too-long': 'send it in several messages',
  'method-unknown': 'daemon and caller may be of different versions: tacet version',
  'answer-invalid': 'daemon and caller may be of different versions: tacet down, then tacet up',
};

/** Of every code of its kind that has no hint of its own. */
const BY_KIND: Readonly<Partial<Record<ErrorKind, string>>> = {
  bug: 'a mistake in Tacet: tacet down, then tacet up; if it stays, update, and report the code with what daemon.log says beside it',
};

/** @param kind where only the code is known, nothing is said of its kind */
export function hintFor(code: string, kind?: ErrorKind): string | null {
  if (Object.hasOwn(HINTS, code)) return HINTS[code] ?? null;
  return kind === undefined ? null : (BY_KIND[kind] ?? null);
}
