/** Meeting somebody takes four steps, each with its time. Nobody has to wait for them here. */
import type { ContactView, MeetingStepsView } from '@tacet/api';
import { now } from '../state/store.ts';
import { sentenceOfCode } from '../words/errors.ts';
import { safeName } from '../words/safe.ts';
import { clockTime, dayName } from '../words/time.ts';
import { CheckIcon } from './icons.tsx';

const steps: readonly (readonly [keyof MeetingStepsView, string])[] = [
  ['opened', 'Link opened'],
  ['delivered', 'Request delivered'],
  ['accepted', 'Accepted'],
  ['ready', 'Secure session ready'],
];

/** The step under way, 1 to 4. */
export function stepCount(times: MeetingStepsView): number {
  const done = steps.filter(([key]) => times[key] !== null).length;
  return Math.min(done + 1, steps.length);
}

export function Meeting({ contact }: { readonly contact: ContactView }) {
  const name = safeName(contact.name);
  return (
    <section class="meeting" aria-label="Meeting">
      <h3>
        Meeting <bdi>{name}</bdi>
      </h3>
      <Steps times={contact.steps} />
      {contact.reason !== null && <p class="warn">{reasonOf(contact)}</p>}
      <p class="soft">
        You may close this window: the work goes on. Write already if you like; it is sent as soon
        as the session is ready.
      </p>
    </section>
  );
}

function reasonOf({ reason, endsAt }: ContactView): string {
  const said = sentenceOfCode(reason ?? '') ?? 'It cannot go on at the moment.';
  return endsAt === null ? said : `${said} The invitation ends on ${dayName(endsAt, now.value)}.`;
}

export function Steps({ times }: { readonly times: MeetingStepsView }) {
  const current = steps.find(([key]) => times[key] === null)?.[0];
  return (
    <ol class="steps">
      {steps.map(([key, label]) => {
        const at = times[key];
        const state = at !== null ? 'done' : key === current ? 'now' : 'ahead';
        return (
          <li
            key={key}
            class={`step step-${state}`}
            aria-current={state === 'now' ? 'step' : undefined}
          >
            <span class="step-mark">{at !== null && <CheckIcon size={14} />}</span>
            <span class="step-label">{label}</span>
            <span class="step-time">
              {at !== null ? whenText(at) : state === 'now' ? 'under way' : ''}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function whenText(at: number): string {
  const day = dayName(at, now.value);
  return day === 'Today' ? clockTime(at) : `${day} ${clockTime(at)}`;
}
