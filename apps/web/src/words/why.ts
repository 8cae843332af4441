/**
 * "Why is it late?", answered from stored facts: one headline that says where the message is
 * now, one sentence that says what happens next, and the facts in order.
 */
import type { EvidenceView, MessageDetail, ProfileStatus } from '@tacet/api';
import { failureSentence } from './states.ts';
import { exactTime, span, spanRange } from './time.ts';

export interface Answer {
  readonly headline: string;
  readonly next: string | null;
}

export interface Fact {
  readonly at: number;
  readonly text: string;
}

/** @param name already safe to show. */
export function whereIsIt(
  message: MessageDetail,
  name: string,
  status: ProfileStatus | null,
  now: number,
): Answer {
  const age = now - message.sentAt;
  switch (message.state) {
    case 'queued':
      return waiting(status);
    case 'sending':
      return {
        headline:
          message.parts > 1
            ? `${message.partsSent} of ${message.parts} parts are in the network.`
            : 'It is in the network.',
        next: `No mailbox has answered yet.${pace(status, age, message.late)}`,
      };
    case 'stored':
      return {
        headline: `It waits in ${name}'s mailbox, ${copies(message.copies)}.`,
        next: `${name}'s device has not confirmed it yet; it may be switched off.${pace(status, age, message.late)}`,
      };
    case 'delivered':
      return {
        headline: `It reached ${name}'s device.`,
        next:
          message.deliveredAt === null
            ? null
            : `The receipt came at ${exactTime(message.deliveredAt)}, ${span(message.deliveredAt - message.sentAt)} after you sent it.`,
      };
    case 'read':
      return {
        headline: `${name} has read it.`,
        next: message.readAt === null ? null : `They said so at ${exactTime(message.readAt)}.`,
      };
    case 'unconfirmed':
      return {
        headline: 'It may or may not have arrived.',
        next: 'No receipt came and this device has stopped asking. If it did arrive, nothing is shown twice.',
      };
    case 'failed':
      return { headline: failureSentence(message), next: null };
    case 'received':
      return arrival(message, name);
  }
}

export function factsOf(evidence: readonly EvidenceView[], name: string): readonly Fact[] {
  return evidence.map((entry) => ({ at: entry.at, text: factText(entry, name) }));
}

function waiting(status: ProfileStatus | null): Answer {
  if (status === null || status.link === 'offline') {
    return {
      headline: 'It waits on this device: there is no connection to the network.',
      next: 'It leaves by itself as soon as there is one.',
    };
  }
  if (status.link === 'connecting') {
    return { headline: 'It waits on this device while the network is being reached.', next: null };
  }
  const slot = status.network?.slot;
  return {
    headline: 'It waits on this device for its turn.',
    next:
      slot === undefined || slot === 0
        ? null
        : `A packet leaves at least every ${span(slot)}, whether you write or not: that rhythm is what hides you.`,
  };
}

function pace(status: ProfileStatus | null, age: number, late: boolean): string {
  const low = status?.deliveryP50;
  const high = status?.deliveryP95;
  if (low === null || low === undefined || high === null || high === undefined) return '';
  const usual = ` Usually ${spanRange(low, high)}, now ${span(age)}.`;
  return late ? `${usual} Tacet keeps trying.` : usual;
}

function arrival(message: MessageDetail, name: string): Answer {
  if (message.arrivedAt === null) return { headline: `From ${name}.`, next: null };
  const delay = Math.max(0, message.arrivedAt - message.sentAt);
  return {
    headline: `It took ${span(delay)} to get here.`,
    next: `${name}'s clock says it was sent at ${exactTime(message.sentAt)}; it was saved here at ${exactTime(message.arrivedAt)}.`,
  };
}

function copies(count: number): string {
  return count > 1 ? 'in 2 copies at different operators' : 'in 1 copy';
}

function factText({ what, part, parts }: EvidenceView, name: string): string {
  const which = parts > 1 ? `Part ${part} of ${parts}` : 'It';
  const lower = parts > 1 ? `part ${part} of ${parts}` : 'it';
  switch (what) {
    case 'saved':
      return 'Saved on this device';
    case 'encrypted':
      return `Encrypted for ${name}`;
    case 'part-sent':
      return `${which} left for the network`;
    case 'part-stored':
      return `A mailbox stored ${lower}`;
    case 'copy-sent':
      return `A second copy of ${lower} left, for another operator`;
    case 'copy-stored':
      return `A second operator stored ${lower}`;
    case 'receipt':
      return `${name}'s device confirmed it`;
    case 'read':
      return `${name} says that it was read`;
    case 'retry':
      return `No answer: ${lower} was sent again by another way`;
    case 'renewed':
      return `${name}'s device missed it: encrypted once more and written again`;
    case 'moved':
      return `${which} was moved to a new mailbox`;
    default:
      return what;
  }
}
