/** How well a contact is known, and from what. */
import type { CodeView, ContactView, TrustFactView } from '@tacet/api';
import { safeName } from './safe.ts';

export function trustWord({ trust, state, introducedBy, blocked }: ContactView): string {
  if (blocked) return 'Blocked: to them you are away';
  if (state === 'meeting') return 'Not met yet';
  if (state === 'ended') return 'Ended';
  switch (trust) {
    case 'verified':
      return 'Verified';
    case 'introduced':
      return introducedBy === null
        ? 'Introduced by a contact'
        : `Introduced by ${safeName(introducedBy)}`;
    case 'link':
      return 'Met by invitation link';
    case 'unverified':
      return 'Not verified';
  }
}

export function trustSentence({ trust }: ContactView): string {
  switch (trust) {
    case 'verified':
      return 'You compared keys. Nobody stands between you.';
    case 'introduced':
      return 'Somebody you know vouched for this contact. You have not compared keys.';
    case 'link':
      return 'Whoever held the invitation link became this contact. You have not compared keys.';
    case 'unverified':
      return 'You have not compared keys. Somebody could stand between you.';
  }
}

const warnings: Readonly<Record<NonNullable<ContactView['trustWarning']>, string>> = {
  'number-differs': 'The safety numbers differ: somebody may stand between you.',
  'code-differs': 'The short codes differ: somebody may stand between you.',
  'key-changed':
    'Their keys are new, and the session is of before. Meet again, side by side or by a new invitation, to know whom you talk to.',
  'key-refused':
    'Other keys came and were refused. Ask them, by another way, whether that was them.',
  'other-identity':
    'Their keys are not those of the address: another identity of its owner, or somebody else.',
};

/** Null where nothing speaks against the key. */
export function trustWarning({ trustWarning: word }: ContactView): string | null {
  return word === null ? null : warnings[word];
}

const facts: Readonly<Record<TrustFactView['what'], string>> = {
  'met-by-link': 'You met by a link',
  'met-by-request': 'A stranger, by an address',
  'met-by-introduction': 'You were introduced',
  introduced: 'Somebody vouched for them',
  scanned: 'You scanned each other’s codes',
  'number-same': 'You compared safety numbers: the same',
  'code-same': 'You compared a short code: the same',
  'number-differs': 'You compared safety numbers: they differ',
  'code-differs': 'You compared a short code: it differs',
  'code-differs-there': 'They compared a short code: it differs',
  withdrawn: 'You took the verification back',
  'other-identity': 'They answered with other keys than the address names',
  'key-changed': 'They have new keys, confirmed by the old ones',
  'key-refused': 'Other keys came that the old ones did not confirm: refused',
};

export function factWord({ what, by }: TrustFactView): string {
  return by === null ? facts[what] : `${facts[what]} (${safeName(by)})`;
}

/** @param name already safe to show */
export function codeSentence({ state, byUs, peerSaid }: CodeView, name: string): string {
  switch (state) {
    case 'none':
      return 'Six digits that both of you see at once. Quicker than the number, and good for one guess in a million.';
    case 'waiting':
      return byUs
        ? `Waiting for the device of ${name}. It takes part by itself as soon as it is there.`
        : `${name} began this. The code is being worked out.`;
    case 'compare':
      return peerSaid === 'same'
        ? `${name} says it is the same. Look for yourself.`
        : `Read it to each other aloud. ${name} sees the same six digits, or somebody stands between you.`;
    case 'same':
      return 'You said that it is the same.';
    case 'different':
      return 'It differs: somebody may stand between you.';
    case 'stopped':
      return 'It was stopped.';
    case 'expired':
      return 'It was not compared in time.';
    case 'broken':
      return 'The other side broke the rules: somebody may stand between you.';
  }
}

/** Twelve groups of five. */
export function groups(digits: string): readonly string[] {
  return digits.match(/\d{5}/g) ?? [];
}
