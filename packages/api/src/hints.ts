/** What to do next, by error code: shown under the message by command line and windows. */
const NEW_INVITATION = 'ask for a new invitation; each works once and for one person';

const HINTS: Readonly<Record<string, string>> = {
  locked: 'unlock the profile: tacet unlock',
  'profile-missing': 'make the profile: tacet profile create',
  'profile-exists': 'use it, or choose another name with --profile',
  'passphrase-wrong': 'check the passphrase and try again; nothing was changed',
  'profile-newer': 'install the newer version; nothing was changed',
  'profile-unreadable': 'keep the files as they are and restore a backup elsewhere',
  'daemon-not-running': 'start it: tacet up',
  'daemon-running': 'stop it first: tacet down',
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
  'address-malformed': 'copy the whole address, from `tacet://` to its last character',
  'address-full': 'it goes on by itself; the owner may have to replace the address',
  'address-revoked': 'ask its owner for the new address',
  'request-unknown': 'see who asks: tacet request list',
  'network-missing': 'join a network first: tacet network join CARD, or accept a full invitation',
  'text-too-long': 'send it in several messages',
  'method-unknown': 'daemon and caller may be of different versions: tacet version',
  'answer-invalid': 'daemon and caller may be of different versions: tacet down, then tacet up',
};

export function hintFor(code: string): string | null {
  return Object.hasOwn(HINTS, code) ? (HINTS[code] ?? null) : null;
}
