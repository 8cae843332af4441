/** Plausible views to start from. */
import type { ContactView, MeetingStepsView, MessageView, ProfileStatus } from '@tacet/api';

export function emptyStatus(): ProfileStatus {
  return {
    profile: 'Alice',
    address: 'amber lantern quiet orchard velvet harbor maple stone',
    level: 'balanced',
    inUse: true,
    card: { name: 'demonstration', authorities: 1, threshold: 1, closed: true },
    network: {
      name: 'demonstration',
      crowd: false,
      closed: true,
      authorities: 1,
      relays: 5,
      epoch: 1_234,
      documentAge: 240_000,
      delayMean: 150,
      slot: 1_000,
    },
    link: 'ready',
    pause: null,
    clockAhead: null,
    disputes: [],
    edge: 'edge-2',
    outbox: 0,
    stalled: false,
    deliveryP50: 4_300,
    deliveryP95: 8_100,
    bytesUp: 48_300_000,
    bytesDown: 96_900_000,
    deadLetters: 0,
  };
}

export function firstSteps(now: number): MeetingStepsView {
  return { opened: now, delivered: null, accepted: null, ready: null };
}

export function newContact(
  id: string,
  name: string,
  now: number,
  patch: Partial<ContactView>,
): ContactView {
  const at = now - 86_400_000;
  return {
    id,
    name,
    givenName: name,
    trust: 'link',
    state: 'ready',
    reason: null,
    endsAt: null,
    steps: { opened: at, delivered: at + 9_000, accepted: at + 31_000, ready: at + 44_000 },
    unread: 0,
    lastMessage: null,
    ...patch,
  };
}

export function newMessage(
  id: string,
  contactId: string,
  now: number,
  patch: Partial<MessageView>,
): MessageView {
  return {
    id,
    contactId,
    direction: 'out',
    text: '',
    sentAt: now,
    arrivedAt: null,
    deliveredAt: null,
    state: 'queued',
    late: false,
    partsSent: 0,
    parts: 1,
    copies: 0,
    reason: null,
    ...patch,
  };
}
