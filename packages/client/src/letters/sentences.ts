/**
 * What a dead letter says to a person: why, and what can be done. By reason, a code of
 * docs/errors.md; windows in other languages translate by code.
 */

export interface Advice {
  readonly why: string;
  readonly what: string;
}

const MEET_AGAIN = 'Meet again with a new invitation, and write it to them there.';
const ASKED = 'It was asked for again by itself; try again only if it stays for days.';
const NOTHING = 'Nothing of it can be saved: dismiss it.';

const SENT: Readonly<Record<string, Advice>> = {
  'session-failed': {
    why: 'It could not be encrypted: something failed on this computer.',
    what: 'Try again. It was never sent, so it cannot arrive twice.',
  },
  'work-failed': {
    why: 'It could not be prepared for sending: a mistake in Tacet.',
    what: 'Update Tacet and try again. It cannot arrive twice.',
  },
  'session-expired': {
    why: 'Nobody answered for thirty days, and a session that old is not used any more.',
    what: MEET_AGAIN,
  },
  'session-identity-changed': {
    why: 'The keys of this contact are others than those you met.',
    what: `Ask them by another way whether that was them. ${MEET_AGAIN}`,
  },
};

const MEETING: Advice = { why: 'The meeting with this contact failed.', what: MEET_AGAIN };
const UNSENT: Advice = {
  why: 'It could not be encrypted.',
  what: 'Try again. It was never sent, so it cannot arrive twice.',
};

const CAME: Readonly<Record<string, Advice>> = {
  'session-undecryptable': {
    why: 'Something came that cannot be decrypted.',
    what: ASKED,
  },
  'session-duplicate': {
    why: 'Something came so late that its key had been given up.',
    what: ASKED,
  },
  'session-identity-changed': {
    why: 'Something came under other keys than those of this contact. It was not read.',
    what: 'Compare safety numbers, or ask them by another way, before you believe anything.',
  },
  'session-failed': {
    why: 'Something came, and reading it failed on this computer.',
    what: ASKED,
  },
  'envelope-malformed': {
    why: 'They sent something that this version cannot read.',
    what: 'Update Tacet and try again, or ask them what it was.',
  },
  'content-failed': {
    why: 'Something came whole and could not be saved: a mistake in Tacet.',
    what: 'It is kept as it came. Update Tacet and try again, or ask them what it was.',
  },
  'envelope-failed': {
    why: 'Something came that could not be saved: a mistake in Tacet.',
    what: 'Its sender writes it again by itself. Update Tacet if it stays for days.',
  },
  'content-malformed': {
    why: 'They sent something that breaks the rules of what it claims to be.',
    what: 'Update Tacet and try again, or ask them what it was.',
  },
  'content-refused': {
    why: 'They asked for something they may not do, such as changing what you wrote.',
    what: 'Nothing was changed: dismiss it.',
  },
  'senseless-box': {
    why: 'Something stood in a place of theirs that makes no sense.',
    what: NOTHING,
  },
};

const UNREAD: Advice = { why: 'Something came that cannot be read.', what: NOTHING };

/** @param ended the contact is none any more */
export function adviceOf(direction: 'out' | 'in', reason: string, ended: boolean): Advice {
  const known = direction === 'out' ? SENT : CAME;
  const found = Object.hasOwn(known, reason) ? known[reason] : undefined;
  if (found !== undefined) return found;
  if (direction === 'in') return UNREAD;
  return ended ? MEETING : UNSENT;
}
