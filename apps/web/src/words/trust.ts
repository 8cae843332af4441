/** How well a contact is known, in one line. */
import type { ContactView } from '@tacet/api';

export function trustWord({ trust, state }: ContactView): string {
  if (state === 'meeting') return 'Not met yet';
  if (state === 'ended') return 'Ended';
  switch (trust) {
    case 'verified':
      return 'Verified';
    case 'introduced':
      return 'Introduced by a contact';
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
