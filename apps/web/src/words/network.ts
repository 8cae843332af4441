/** Connection, level and rhythm in words. */
import type { LevelName, ProfileStatus } from '@tacet/api';

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

export interface LevelText {
  readonly name: string;
  readonly cost: string;
  readonly shows: string;
}

export const levels: Readonly<Record<LevelName, LevelText>> = {
  balanced: {
    name: 'Balanced',
    cost: 'A packet every second while a window is open, every two otherwise. About 5 s a message.',
    shows: 'Your provider can see roughly when a window is open.',
  },
  strong: {
    name: 'Strong',
    cost: 'A packet every two seconds, day and night. About 12 s a message, 1.6 GB a day.',
    shows: 'Nothing shows when you write or read.',
  },
};

export const alarmText: Readonly<Record<string, string>> = {
  'no-progress': 'Messages wait and nothing has moved for longer than it should.',
  'mix-suspected':
    'A relay of the network seems to lose packets. Yours still take every path, like everybody’s.',
  'document-equivocation':
    'The network showed two different plans for the same hour. The proof was kept.',
  'box-taken': 'Something else stood in a mailbox meant for you. The message goes into a new one.',
  'gap-repair': 'A message of the other side is missing and was asked for again.',
  'invitation-taken': 'Somebody else wrote into the place of an invitation.',
  'session-undecryptable':
    'A message arrived that could not be read. Its sender will write it again.',
  'session-identity-changed':
    'A message came with another key than the one known for this contact. It was set aside.',
  'senseless-box': 'A mailbox held something that is no message. It was set aside.',
  'envelope-malformed': 'A message arrived out of form. It was set aside.',
};
