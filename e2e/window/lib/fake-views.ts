/** Plausible views to start from. */
import type {
  ContactView,
  FileView,
  MeetingStepsView,
  MessageView,
  ProfileStatus,
} from '@tacet/api';
import { contactView, messageView, profileStatus } from '@tacet/testkit/views';

export function emptyStatus(): ProfileStatus {
  return profileStatus({
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
    edge: 'edge-2',
    deliveryP50: 4_300,
    deliveryP95: 8_100,
    bytesUp: 48_300_000,
    bytesDown: 96_900_000,
  });
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
  return contactView({
    id,
    name,
    givenName: name,
    steps: { opened: at, delivered: at + 9_000, accepted: at + 31_000, ready: at + 44_000 },
    ...patch,
  });
}

export function newMessage(
  id: string,
  contactId: string,
  now: number,
  patch: Partial<MessageView>,
): MessageView {
  return messageView({ id, contactId, text: '', sentAt: now, ...patch });
}

/** @param peaks base64url */
export function voiceFile(
  size: number,
  duration: number,
  peaks: string | null,
  patch: Partial<FileView> = {},
): FileView {
  return {
    kind: 'voice',
    name: 'voice.webm',
    claimedName: null,
    mediaType: 'audio/webm',
    size,
    state: 'writing',
    reason: null,
    done: 0,
    parts: 9,
    preview: null,
    width: null,
    height: null,
    duration,
    peaks,
    ...patch,
  };
}
