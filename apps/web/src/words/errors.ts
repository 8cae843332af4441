/** Refusals as sentences for a window. Codes are stable; the daemon's own sentence is the rest. */
import { AppError } from '@tacet/base';

const sentences: Readonly<Record<string, string>> = {
  'passphrase-wrong': 'That passphrase is not right. Nothing was changed.',
  'keychain-empty': 'The keychain holds nothing for this profile. Use its passphrase.',
  'keychain-unavailable': 'No keychain answers on this computer. Use a passphrase.',
  'window-wait': 'One moment: wait a little before the next try.',
  'passphrase-wait': 'One moment: wait a little before the next try.',
  'window-reopen': 'This window is over. Open a new one: tacet open',
  'window-stranger':
    'This window no longer belongs to your Tacet. Close it and open a new one: tacet open',
  'window-session': 'This window is locked.',
  'window-unreachable': 'Tacet on this computer does not answer.',
  'window-ticket': 'That address was already used or is too old. Each works once, for 30 seconds.',
  'invitation-malformed':
    'That is not a whole invitation. Copy it from its first to its last character.',
  'invitation-used': 'That invitation was already used. Each works once: ask for a new one.',
  'invitation-answered': 'Somebody has used that invitation; it cannot be taken back.',
  'invitation-missing': 'Nothing is stored for that invitation any more. Ask for a new one.',
  'invitation-revoked': 'This invitation was taken back by whoever made it.',
  'invitation-expired': 'This invitation has ended without an answer. Ask for a new one.',
  'invitation-refused': 'The other side could not read your answer. Ask for a new invitation.',
  'invitation-unanswered': 'No answer yet.',
  'invitation-spoiled': 'Somebody else had the link and disturbed it. Make a new invitation.',
  'invitation-network': 'That invitation belongs to another network.',
  'invitation-own': 'That is your own invitation. Send it to somebody.',
  'invitation-replaced':
    'Somebody changed this invitation on its way. Do not use it; ask for a new one by another way.',
  'card-malformed':
    'That is not a whole network card. Copy it from its first to its last character.',
  'network-missing': 'Join a network first.',
  'text-too-long': 'That is more than one message can hold. Send it in several.',
  'contact-unknown': 'That contact is not here any more.',
  'profile-newer': 'This profile was written by a newer Tacet. Install that version to open it.',
  'profile-in-use': 'Another Tacet has this profile open. Close that one first.',
  'profile-unreadable': 'The profile is damaged. Keep its files as they are.',
  'contact-met': 'Only a meeting that failed can be taken off the list.',
  'contact-ended': 'Meeting this contact failed. Invite them again.',
  'session-expired': 'This contact has not answered for thirty days. Meet again by an invitation.',
  'session-identity-changed': 'The key is not the one known for this contact.',
  'voice-unreadable': 'That is no voice note that can be played.',
  'voice-long': 'That is more than a voice note can hold.',
  'file-too-slow': 'This network is too slow for it: it would not arrive in time.',
  'file-incomplete': 'Not all of it is here yet.',
  'recovery-phrase-malformed':
    'That is no recovery phrase: twelve words of the list, in their order.',
  'recovery-phrase-wrong': 'That phrase does not open this backup.',
  'backup-missing': 'There is no backup in that folder yet.',
  'backup-folder-failed': 'The folder cannot be read or written. Is its disk there?',
  'backup-folder-foreign': 'Another profile’s backup is in that folder. Choose another one.',
  'backup-folder-full': 'There is no room left in that folder. The last backup is whole.',
  'backup-folder-other': 'Something else is in that folder. Choose an empty one.',
  'backup-folder-place': 'Give the whole path of a folder outside of the profile.',
  'backup-nowhere': 'This profile was restored: say where its backups go from now on.',
  'backup-damaged': 'A part of the backup is missing or damaged. Make a new one.',
  locked: 'The profile is locked.',
};

export function sentenceOf(error: unknown): string {
  if (!(error instanceof AppError)) return 'Something went wrong in this window. Try again.';
  return sentenceOfCode(error.code) ?? asSentence(error.message);
}

export function sentenceOfCode(code: string): string | null {
  return Object.hasOwn(sentences, code) ? (sentences[code] ?? null) : null;
}

function asSentence(text: string): string {
  const first = text.slice(0, 1).toLocaleUpperCase();
  return `${first}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
