/** Follows a meeting until it is known what becomes of it (docs/spec/09-meeting.md, 4). */
import { type Api, type ContactView, sayingOf } from '@tacet/api';
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
  const code = reason ?? 'contact-ended';
  const text = sayingOf(code) ?? 'meeting this contact failed';
  return new AppError(code, GONE.has(code) ? 'missing' : 'refused', text);
}

/** Nobody refused: it is not there. */
const GONE: ReadonlySet<string> = new Set([
  'invitation-missing',
  'invitation-expired',
  'request-unanswered',
]);
