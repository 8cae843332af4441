/** What to do next, by error code: shown under the message by command line and windows. */
const HINTS: Readonly<Record<string, string>> = {
  locked: 'unlock the profile: tacet unlock',
  'profile-missing': 'make the profile first: tacet profile create',
  'profile-exists': 'choose another name with --profile, or use the profile that is there',
  'profile-passphrase': 'check the passphrase and try again; nothing was changed',
  'profile-newer': 'this profile was written by a newer Tacet: install that version',
  'daemon-not-running': 'start it: tacet up',
  'daemon-running': 'stop it first: tacet down',
  'contact-unknown': 'see who is there: tacet contact list',
  'invitation-malformed': 'copy the whole link, from its first to its last character',
  'invitation-used': 'ask for a new invitation; each works once',
  'invitation-expired': 'ask for a new invitation',
  'network-missing': 'join a network first: tacet network join CARD',
  'text-too-long': 'send it in several messages',
  'method-unknown': 'daemon and caller may be of different versions: tacet version',
  'answer-invalid': 'daemon and caller may be of different versions: tacet down, then tacet up',
};

export function hintFor(code: string): string | null {
  return Object.hasOwn(HINTS, code) ? (HINTS[code] ?? null) : null;
}
