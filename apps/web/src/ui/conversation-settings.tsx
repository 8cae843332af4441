/** How one conversation is arranged. Only the timer is told to the other side. */
import type { ContactView, ConversationView } from '@tacet/api';
import { call } from '../link/rpc.ts';
import { arrange, attempt } from '../state/actions.ts';
import { arranged } from '../state/arranged.ts';
import { now } from '../state/store.ts';
import { fetches, MUTES, muteWord, timers } from '../words/arranging.ts';
import { safeName } from '../words/safe.ts';

const HOUR = 3_600_000;

export function ConversationSettings({ contact }: { readonly contact: ContactView }) {
  const { id: contactId } = contact;
  const of = arranged.value.get(contactId);
  if (of === undefined) return null;
  const { settings } = of;
  const name = safeName(contact.name);
  const set = (change: Partial<Omit<ConversationView['settings'], 'timer'>>): Promise<boolean> =>
    arrange(() => call('conversation.settings', { contactId, ...change }));
  return (
    <section class="block stack">
      <h3>This conversation</h3>
      {contact.state === 'ready' && <Timer contactId={contactId} seconds={settings.timer} />}
      <Mute contactId={contactId} mute={of.mute} />
      <Pick
        label="Fetch files unasked"
        choices={fetches(settings.fetchBytes)}
        value={settings.fetchBytes}
        onPick={(fetchBytes) => set({ fetchBytes })}
      />
      <Check
        label="Keep at the top of the list"
        checked={of.pinned}
        onCheck={(pinned) => arrange(() => call('conversation.pin', { contactId, pinned }))}
      />
      <Check
        label="Put away, until something new comes"
        checked={of.archived}
        onCheck={(archived) => arrange(() => call('conversation.archive', { contactId, archived }))}
      />
      <Check
        label={`Tell ${name} what I have read`}
        checked={settings.readReceipts}
        onCheck={(readReceipts) => set({ readReceipts })}
      />
      <Check
        label={`Delete here what ${name} deletes for both`}
        checked={settings.obeyDelete}
        onCheck={(obeyDelete) => set({ obeyDelete })}
      />
    </section>
  );
}

interface TimerProps {
  readonly contactId: string;
  readonly seconds: number;
}

function Timer({ contactId, seconds }: TimerProps) {
  return (
    <>
      <Pick
        label="Messages disappear"
        choices={timers(seconds)}
        value={seconds}
        onPick={(chosen) =>
          attempt(async () => {
            await call('timer.set', {
              contactId,
              seconds: chosen,
              clientId: crypto.randomUUID(),
            });
          })
        }
      />
      <p class="soft">
        For both of you, from the next message on, once it was read. The other side sees who changed
        it, and may have copied what it read.
      </p>
    </>
  );
}

interface MuteProps {
  readonly contactId: string;
  readonly mute: ConversationView['mute'];
}

function Mute({ contactId, mute }: MuteProps) {
  // One that has run out is none.
  const holds = mute !== null && (mute.until === null || mute.until > now.value) ? mute : null;
  const set = (next: ConversationView['mute']): Promise<boolean> =>
    arrange(() => call('conversation.mute', { contactId, mute: next }));
  const chosen = holds === null ? 0 : holds.until === null ? Number.POSITIVE_INFINITY : -1;
  // As long as it holds it is one of the choices; choosing it changes nothing.
  const choices = chosen === -1 ? [...MUTES, [-1, muteWord(holds)] as const] : MUTES;
  return (
    <>
      <Pick
        label="Mute"
        choices={choices}
        value={chosen}
        onPick={(hours) => {
          const until = Number.isFinite(hours) ? Date.now() + hours * HOUR : null;
          return set(hours === 0 ? null : { until, mentions: holds?.mentions ?? true });
        }}
      />
      {holds !== null && (
        <Check
          label="But tell me when I am mentioned"
          checked={holds.mentions}
          onCheck={(mentions) => set({ ...holds, mentions })}
        />
      )}
    </>
  );
}

interface PickProps {
  readonly label: string;
  readonly choices: readonly (readonly [value: number, words: string])[];
  readonly value: number;
  /** False where it was refused. */
  readonly onPick: (value: number) => Promise<boolean>;
}

function Pick({ label, choices, value, onPick }: PickProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={String(value)}
        onChange={(event) => {
          const list = event.currentTarget;
          void onPick(Number(list.value)).then((isDone) => {
            if (!isDone) list.value = String(value);
          });
        }}
      >
        {choices.map(([choice, words]) => (
          <option key={choice} value={String(choice)}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  /** False where it was refused. */
  readonly onCheck: (checked: boolean) => Promise<boolean>;
}

function Check({ label, checked, onCheck }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => {
          const box = event.currentTarget;
          void onCheck(box.checked).then((isDone) => {
            if (!isDone) box.checked = checked;
          });
        }}
      />
      <span>
        <bdi>{label}</bdi>
      </span>
    </label>
  );
}
