/** The sentence of each fact. Windows in other languages translate by code. */
import { DAY, HOUR, MINUTE, type Millis, SECOND } from '@tacet/base';

export type WhyCode =
  | 'delivered'
  | 'read'
  | 'received'
  | 'failed'
  | 'no-network'
  | 'link-down'
  | 'document'
  | 'document-old'
  | 'clock'
  | 'copied'
  | 'mix-suspected'
  | 'meeting'
  | 'meeting-held'
  | 'ratchet'
  | 'renewed'
  | 'slot'
  | 'tries'
  | 'edge-silent'
  | 'moved'
  | 'hole'
  | 'one-copy'
  | 'not-fetched'
  | 'last-sign'
  | 'usual';

/** A span in words, rounded down. */
function span(ms: Millis): string {
  const units = [
    ['day', DAY],
    ['hour', HOUR],
    ['minute', MINUTE],
    ['second', SECOND],
  ] as const;
  for (const [name, length] of units) {
    const n = Math.floor(ms / length);
    if (n > 0) return `${n} ${name}${n === 1 ? '' : 's'}`;
  }
  return 'a moment';
}

function times(n: number | null): string {
  return n === 1 ? 'once' : `${n ?? 0} times`;
}

export function sentenceOf(
  code: WhyCode,
  at: Millis | null,
  count: number | null,
  now: Millis,
): string {
  const ago = at === null ? 'a moment' : span(Math.max(0, now - at));
  switch (code) {
    case 'delivered':
      return `It is safe with its reader since ${ago} ago.`;
    case 'read':
      return `Its reader told ${ago} ago that it was read.`;
    case 'received':
      return `It arrived ${ago} ago.`;
    case 'failed':
      return 'It will not be sent again by itself; its dead letter says why, and what can be done.';
    case 'no-network':
      return 'This profile has joined no network.';
    case 'link-down':
      return 'This daemon has no link to its edge just now; it tries again by itself.';
    case 'document':
      return 'The network document has not come yet.';
    case 'document-old':
      return 'The network has published no document that holds now.';
    case 'clock':
      return "This computer's clock and the network's disagree; nothing is sent until it is set right.";
    case 'copied':
      return `A copy of this profile was noticed ${ago} ago; nothing is sent until one of the two is ended.`;
    case 'mix-suspected':
      return `${count ?? 0} mix${count === 1 ? '' : 'es'} seem${count === 1 ? 's' : ''} to lose packets; repeats take longer.`;
    case 'meeting':
      return 'You have not met yet: it leaves when the meeting is complete.';
    case 'meeting-held':
      return 'The meeting does not go on just now; the contact says why.';
    case 'ratchet':
      return 'It waits to be encrypted, which takes a moment.';
    case 'renewed':
      return `It was encrypted anew ${times(count)}, because the other side missed it or could not read it.`;
    case 'slot':
      return `It waits for its turn: ${count ?? 0} box${count === 1 ? '' : 'es'} to write, one a slot.`;
    case 'tries':
      return `It was sent ${times(count)} and no answer has come yet.`;
    case 'edge-silent':
      return 'An edge that should keep it does not answer; another one is tried.';
    case 'moved':
      return `It was given a new box ${times(count)}, last ${ago} ago.`;
    case 'hole':
      return `The reader has later messages but not this one, known since ${ago}; it is written again.`;
    case 'one-copy':
      return `One copy is stored since ${ago}, the second is outstanding.`;
    case 'not-fetched':
      return `It is stored since ${ago}; its reader has not confirmed it.`;
    case 'last-sign':
      return `The last sign of this contact came ${ago} ago.`;
    case 'usual':
      return `95 of 100 messages to this contact are confirmed within ${span(count ?? 0)}.`;
  }
}
