/**
 * What happened, in a sentence, by code: why a contact or an invitation is as it is, and alarms.
 * What to do about it is a hint (hints.ts).
 */
const SET_ASIDE = 'it was set aside and holds nothing up';

const SAYINGS: Readonly<Record<string, string>> = {
  'invitation-used': 'the invitation was used by somebody else',
  'invitation-missing': 'nothing is stored for this invitation any more',
  'invitation-revoked': 'the invitation was taken back',
  'invitation-expired': 'the invitation has ended without an answer',
  'invitation-refused': 'the other side could not read the answer',
  'invitation-replaced':
    'what is stored for the invitation does not match its link: somebody else put it there; nothing was answered',
  'invitation-unanswered': 'no answer yet; it goes on until the invitation ends',
  'invitation-spoiled':
    'somebody who had the link put something that is no answer in place of one; the invitation is used up',
  'invitation-taken':
    'somebody else wrote into the boxes of the invitation first; it was taken back',
  'invitation-disturbed':
    'somebody with the link of an invitation filled the place of its outcome; that was ignored',
  'invitation-network': 'this profile left the network of the invitation for another',
  'request-replaced':
    'the invitation behind the request is not of the person it names: somebody else wrote it; nothing was answered',
  'request-unanswered': 'the request was not answered in its time',
  'request-withdrawn': 'the request was given up here',
  'requests-full': 'more requests came than there is room for; they come again',
  'address-full': 'all boxes of the address that were tried are taken; it goes on by itself',
  'address-revoked': 'the owner has ended the address',
  'address-disturbed':
    'somebody who has an address filled the box in which its owner says that it has ended; that was ignored',
  'address-flooded': 'somebody fills the boxes of an address with what is no request',
  'address-other-identity':
    'whoever answered a request has other keys than the address names: another identity of its owner, or somebody else',
  'contact-blocked': 'these keys are blocked here',
  'contacts-full': 'somebody answered an invitation and there is no room for another contact',
  'meet-swapped':
    'the invitation in the scanned code is not of the person whose keys it names; nothing was answered',
  'meet-unproven': 'a contact claims to have scanned a code that was not shown here lately',
  'introduction-replaced':
    'who came by the introduction is not whom the introducer named; they were refused',
  'introduction-same':
    'a contact proposed to introduce you to yourself, or to themselves; that was declined',
  'introductions-full': 'a contact proposes more introductions than are kept',
  'code-broken':
    'in a short code the other side revealed something else than it had committed to: somebody may stand between you',
  'code-limit': 'a contact began more short codes in a day than are allowed; it was stopped',
  'key-refused':
    'other keys of a contact came that the old ones did not confirm; they were refused',
  'key-set-mismatch':
    'a contact sent a key set that is not the one it was met with; it was refused',
  'session-identity-changed':
    'a message came under another key than the contact’s; it was not read',
  'session-expired': 'the contact has not answered for thirty days; meet again',
  'session-undecryptable': 'a message came that could not be read; its sender writes it again',
  'session-duplicate': 'a message came whose key was given up; its sender writes it again',
  'session-missing': `a message came for which there is no session; ${SET_ASIDE}`,
  'profile-storage-failed':
    'bytes of a file could not be read or written on this disk; it is tried again',
  'disk-full': 'the disk is full: a file cannot be kept; it is tried again',
  'cell-unreadable': 'a part of an own file is damaged on this disk; it is no longer sent',
  'file-damaged': 'what came is not the file that was announced; it was thrown away',
  'file-lost': 'parts of a file were asked for sixteen times and never came',
  'session-record-unreadable': 'the record of a session cannot be read: look at the disk',
  'session-failed': `a message came that the session could not take; ${SET_ASIDE}`,
  'senseless-box': `a box held something that is no message; ${SET_ASIDE}`,
  'envelope-malformed': `a message out of form came; ${SET_ASIDE}`,
  'content-malformed': `what a contact sent is out of form; ${SET_ASIDE}`,
  'content-failed': `what a contact sent could not be saved: a mistake in Tacet; ${SET_ASIDE}`,
  'envelope-failed':
    'a message could not be saved: a mistake in Tacet; it was not receipted, and its sender writes it again',
  'word-failed':
    'a receipt or another word beside a message could not be saved: a mistake in Tacet; it is said again',
  'work-failed': 'this could not be done: a mistake in Tacet; everything else goes on',
  'work-resting':
    'something could not be done at all: a mistake in Tacet; it is tried again at the next start',
  'box-failed':
    'what stood in a box could not be saved: a mistake in Tacet; it is read again after the next start',
  'input-failed':
    'something the network sent could not be taken: a mistake in Tacet; all else goes on',
  'task-failed': 'something done now and then failed: a mistake in Tacet; it is tried again',
  'content-refused': 'a contact tried to change what it may not; nothing was changed',
  'bundle-failed': 'the keys of an invitation could not be made; it was taken back',
  'identity-failed': 'the keys of an identity could not be made',
  'box-taken':
    'something else stood in a box of this profile; what was to stand there goes on in others',
  'gap-repair': 'a message of this profile is missing at the other side; it is written again',
  'store-copied':
    'a copy of this profile runs somewhere; nothing is sent until one of the two is ended',
  'restored-elsewhere':
    'this profile was restored from a backup somewhere and goes on there; this daemon sends nothing more',
  'restore-refused':
    'somebody claims that a contact was restored from a backup, or answered such a claim, and it does not hold; nothing was changed',
  'backup-failed': 'a backup could not be made; it is tried again each hour',
  'backup-ahead': 'a later backup than this profile has made is there: another daemon writes there',
  'backup-damaged': 'the backup in the folder is damaged',
  'backup-folder-full': 'there is no room left where backups go',
  'backup-folder-failed': 'the folder cannot be read or written; is its disk there?',
  'backup-folder-foreign': 'the recovery phrase does not open the backup in the folder',
  'backup-folder-other': 'something else is in the folder',
  'rolling-room': 'there is too little room on the disk',
  'not-in-backup': 'its bytes were not in the backup',
  'mix-suspected': 'a relay of the network seems to lose packets',
  'no-progress': 'messages wait, and nothing has moved for longer than it should',
  'document-equivocation':
    'the network showed two documents for one epoch; both are kept as evidence',
  'document-mismatch': 'a contact was shown another network document than this profile',
};

/** Null for what is no reason and no alarm. */
export function sayingOf(code: string): string | null {
  return Object.hasOwn(SAYINGS, code) ? (SAYINGS[code] ?? null) : null;
}
