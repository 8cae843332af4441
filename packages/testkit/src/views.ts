/** What a daemon shows of a person, a contact, a message: a plain one, and what differs from it. */
import type { ContactView, MessageDetail, MessageView, ProfileStatus } from '@tacet/api';

/** On no network, with nothing to do. */
export function profileStatus(change: Partial<ProfileStatus> = {}): ProfileStatus {
  return {
    profile: 'Alice',
    address: 'amber lantern quiet orchard velvet harbor maple stone',
    level: 'balanced',
    nextLevel: null,
    inUse: true,
    transfer: null,
    card: null,
    network: null,
    link: 'offline',
    pause: null,
    clockAhead: null,
    disputes: [],
    edge: null,
    outbox: 0,
    stalled: false,
    deliveryP50: null,
    deliveryP95: null,
    bytesUp: 0,
    bytesDown: 0,
    copiedAt: null,
    superseded: false,
    restored: null,
    deadLetters: 0,
    ...change,
  };
}

/** Met by a link, ready. */
export function contactView(change: Partial<ContactView> = {}): ContactView {
  return {
    id: '1',
    name: 'bob',
    givenName: 'Bob',
    identity: { id: '0', name: 'Alice', ownKeys: true },
    trust: 'link',
    trustWarning: null,
    introducedBy: null,
    silentSince: null,
    state: 'ready',
    steps: { opened: 1, delivered: 2, accepted: 3, ready: 4 },
    reason: null,
    blocked: false,
    endsAt: null,
    unread: 0,
    lastMessage: null,
    ...change,
  };
}

/** Written a moment ago, not yet sent. */
export function messageView(change: Partial<MessageView> = {}): MessageView {
  return {
    id: '1',
    contactId: '1',
    direction: 'out',
    kind: 'text',
    text: 'hello',
    timer: null,
    sentAt: 1_700_000_000_000,
    arrivedAt: null,
    deliveredAt: null,
    state: 'queued',
    late: false,
    partsSent: 0,
    parts: 1,
    copies: 0,
    reason: null,
    lateArrival: false,
    readAt: null,
    lifetime: null,
    expiresAt: null,
    replyTo: null,
    mentions: [],
    mentioned: false,
    reactions: [],
    editedAt: null,
    deletion: null,
    file: null,
    ...change,
  };
}

export function messageDetail(change: Partial<MessageDetail> = {}): MessageDetail {
  return { ...messageView(change), evidence: change.evidence ?? [] };
}
