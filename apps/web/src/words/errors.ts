/** Refusals as sentences for a window. Codes are stable; the daemon's own sentence is the rest. */
import { AppError } from '@tacet/base';

const sentences: Readonly<Record<string, string>> = {
  'profile-passphrase': 'That passphrase is not right. Nothing was changed.',
  'window-wait': 'One moment: wait a little before the next try.',
  'window-reopen': 'This window is over. Open a new one: tacet open',
  'window-session': 'This window is locked.',
  'window-unreachable': 'Tacet on this computer does not answer.',
  'window-ticket': 'That address was already used or is too old. Each works once, for 30 seconds.',
  'invitation-malformed':
    'That is not a whole invitation. Copy it from its first to its last character.',
  'invitation-used': 'That invitation was already used. Each works once: ask for a new one.',
  'invitation-expired': 'That invitation is too old. Ask for a new one.',
  'invitation-replaced':
    'Somebody changed this invitation on its way. Do not use it; ask for a new one by another way.',
  'card-malformed':
    'That is not a whole network card. Copy it from its first to its last character.',
  'network-missing': 'Join a network first.',
  'text-too-long': 'That is more than one message can hold. Send it in several.',
  'contact-unknown': 'That contact is not here any more.',
  'profile-newer': 'This profile was written by a newer Tacet. Install that version to open it.',
  'profile-busy': 'Another Tacet has this profile open. Close that one first.',
  'profile-unreadable': 'The profile on this disk cannot be read. Nothing was changed.',
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
