/** Follows a meeting until it is known what becomes of it (docs/spec/09-meeting.md, 4). */
import type { Api, ContactView } from '@tacet/api';
import { AppError } from '@tacet/base';
import { safeLine } from './safe.ts';
import { waitFor } from './wait.ts';

export interface Met {
  /** As it was seen last. */
  readonly contact: ContactView;
  /** The time was over before the session was ready. */
  readonly late: boolean;
}

/**
 * Waits until the session is ready or the time is over. A meeting that fails is dismissed, because
 * here its reason is told: throws that.
 * @param say hears of each step
 */
export async function followMeeting(
  api: Api,
  first: ContactView,
  timeoutMs: number,
  say: (text: string) => void,
): Promise<Met> {
  let contact = first;
  let told = '';
  const done = await waitFor(api, timeoutMs, async () => {
    contact = await api.call('contact.get', { contact: first.id });
    const step = stepOf(contact);
    if (step !== told && step !== '') say(step);
    told = step;
    return contact.state === 'meeting' && contact.reason !== 'invitation-missing' ? null : contact;
  });
  if (contact.state !== 'ready' && done !== null) {
    await api.call('contact.dismiss', { contactId: contact.id });
    throw meetingEnded(contact.reason);
  }
  return { contact, late: done === null };
}

function stepOf({ state, steps, name }: ContactView): string {
  if (state !== 'meeting') return '';
  if (steps.accepted !== null) return `${safeLine(name)} has accepted`;
  if (steps.delivered !== null) return `answered; waiting for ${safeLine(name)}`;
  return steps.opened === null ? 'reading the invitation' : `it is from ${safeLine(name)}`;
}

/** Why the network said no, in the words of the one who asked. */
function meetingEnded(reason: string | null): AppError {
  switch (reason) {
    case 'invitation-used':
      return new AppError(reason, 'refused', 'the invitation was used by somebody else');
    case 'invitation-missing':
      return new AppError(reason, 'missing', 'nothing is stored for this invitation any more');
    case 'invitation-revoked':
      return new AppError(reason, 'refused', 'the invitation was taken back');
    case 'invitation-expired':
      return new AppError(reason, 'missing', 'the invitation has ended without an answer');
    case 'invitation-refused':
      return new AppError(reason, 'refused', 'the other side could not read the answer');
    case 'invitation-replaced':
      return new AppError(reason, 'refused', 'the invitation does not match its link');
    default:
      return new AppError(reason ?? 'contact-ended', 'refused', 'meeting this contact failed');
  }
}
