/** Connection, level and rhythm in words. */
import type { CardView, NetworkView, ProfileStatus } from '@tacet/api';
import { span } from './time.ts';

export type LinkName = ProfileStatus['link'];

export const linkWord: Readonly<Record<LinkName, string>> = {
  ready: 'Ready',
  connecting: 'Connecting',
  limited: 'Limited',
  offline: 'Offline',
};

export const linkSentence: Readonly<Record<LinkName, string>> = {
  ready: 'Connected. Packets leave on the beat, real ones and empty ones alike.',
  connecting: 'Looking for a way into the network. This can take a minute after a break.',
  limited: 'Connected, but the network has not said anything new lately. Mail may be late.',
  offline: 'No connection. Everything you write waits here and leaves by itself later.',
};

/** What must be said wherever a network is named. */
export function remarksOf(card: CardView, network: NetworkView | null): string[] {
  const remarks: string[] = [];
  if (network !== null && !network.crowd) remarks.push('demonstration: no crowd');
  if (card.authorities === 1) remarks.push('one authority');
  return remarks;
}

/** Why nothing is sent, and what to do; null when nothing stands in the way. */
export function pauseSentence(status: ProfileStatus): string | null {
  const { pause, clockAhead, link } = status;
  if (clockAhead !== null) {
    const by = `${span(Math.abs(clockAhead))} ${clockAhead > 0 ? 'ahead of' : 'behind'}`;
    const wrong = `The clock of this computer is ${by} the network's. `;
    return pause === 'clock'
      ? `${wrong}Nothing is sent until it is set right; then all goes on by itself.`
      : `${wrong}Set it right: around every full hour of the network messages wait.`;
  }
  if (pause === 'document-old') {
    return 'The network has published no plan that holds now. Messages wait for the next one.';
  }
  if (pause === 'document' && link !== 'connecting' && link !== 'offline') {
    return "Joined. Waiting for the network's first plan: usually a few seconds.";
  }
  return null;
}

export const alarmText: Readonly<Record<string, string>> = {
  'no-progress': 'Messages wait and nothing has moved for longer than it should.',
  'mix-suspected':
    'A relay of the network seems to lose packets. Yours still take every path, like everybody’s.',
  'document-equivocation':
    'The network showed two different plans for the same hour. The proof was kept.',
  'document-mismatch':
    'A contact was shown another plan of the network than you. See "Two plans" below.',
  'invitation-disturbed':
    'Somebody who has the link of an invitation wrote nonsense into its place.',
  'box-taken': 'Something else stood in a mailbox meant for you. The message goes into a new one.',
  'gap-repair': 'A message of the other side is missing and was asked for again.',
  'invitation-taken': 'Somebody else wrote into the place of an invitation.',
  'session-undecryptable':
    'A message arrived that could not be read. Its sender will write it again.',
  'session-identity-changed':
    'A message came with another key than the one known for this contact. It was set aside.',
  'senseless-box': 'A mailbox held something that is no message. It was set aside.',
  'envelope-malformed': 'A message arrived out of form. It was set aside.',
  'content-malformed': 'What a contact sent cannot be shown: it is out of form. It was set aside.',
  'content-failed':
    'What a contact sent could not be saved: a mistake in Tacet. It is kept as it came, and can be tried again after an update.',
  'envelope-failed':
    'A message could not be saved: a mistake in Tacet. Its sender will write it again.',
  'word-failed': 'A receipt could not be saved: a mistake in Tacet. It will be said again.',
  'work-failed': 'Something could not be done: a mistake in Tacet. Everything else goes on.',
  'work-resting':
    'Something could not be done: a mistake in Tacet. It is tried again when Tacet starts next.',
  'box-failed':
    'A mailbox could not be emptied: a mistake in Tacet. It is tried again when Tacet starts next.',
  'input-failed':
    'Something the network sent could not be used: a mistake in Tacet. Everything else goes on.',
  'task-failed': 'Something done now and then failed: a mistake in Tacet. It is tried again.',
};
