/** Comparing keys with a contact: a number that always stands, or a code that both see at once. */
import type { CodeView, ContactView } from '@tacet/api';
import { useState } from 'preact/hooks';
import { call } from '../link/rpc.ts';
import { attempt, openSheet } from '../state/actions.ts';
import { contactOf, sheet } from '../state/store.ts';
import { safeName } from '../words/safe.ts';
import { codeSentence, groups, trustWarning } from '../words/trust.ts';
import { SheetFrame } from './sheet.tsx';
import { useRead } from './use-read.ts';

type Found = 'same' | 'different' | 'taken-back';

export function VerifySheet() {
  const open = sheet.value;
  const contact = open?.kind === 'verify' ? contactOf(open.id) : null;
  return contact === null ? null : <Compare key={contact.id} contact={contact} />;
}

function Compare({ contact }: { readonly contact: ContactView }) {
  const name = safeName(contact.name);
  const warning = trustWarning(contact);
  return (
    <SheetFrame
      title={
        <>
          Compare keys with <bdi>{name}</bdi>
        </>
      }
    >
      <p class="soft">
        If both of you see the same digits, nobody stands between you. Compare side by side, or on
        the telephone if you know the voice. Never in a message: whoever could change keys could
        change that, too.
      </p>
      {warning !== null && <p class="warn">{warning}</p>}
      <SafetyNumber contact={contact} name={name} />
      <Code contact={contact} name={name} />
    </SheetFrame>
  );
}

interface Props {
  readonly contact: ContactView;
  readonly name: string;
}

function SafetyNumber({ contact, name }: Props) {
  const { id } = contact;
  const number = useRead(async () => {
    return (await call('contact.safetyNumber', { contactId: id })).digits;
  }, [id, contact.trust, contact.trustWarning]);
  const [busy, setBusy] = useState(false);
  const say = async (found: Found): Promise<void> => {
    setBusy(true);
    const isSaid = await attempt(async () => {
      await call('contact.verify', { contactId: id, found });
    });
    setBusy(false);
    if (isSaid) openSheet({ kind: 'contact', id });
  };
  return (
    <section class="block">
      <h3>Safety number</h3>
      {number.problem !== null && <p class="soft">{number.problem}</p>}
      {number.value !== null && (
        <>
          <ol class="digits" aria-label={`Safety number with ${name}`}>
            {groups(number.value).map((group, index) => (
              <li key={index}>{group}</li>
            ))}
          </ol>
          {contact.trust === 'verified' ? (
            <button
              type="button"
              class="button"
              disabled={busy}
              onClick={() => void say('taken-back')}
            >
              Take the verification back
            </button>
          ) : (
            <Verdict what="The number" busy={busy} onSay={(found) => void say(found)} />
          )}
        </>
      )}
    </section>
  );
}

function Code({ contact, name }: Props) {
  const { id } = contact;
  // Each step of a code is an event of its contact.
  const code = useRead(() => call('code.get', { contactId: id }), [contact]);
  const [busy, setBusy] = useState(false);
  const run = (work: () => Promise<CodeView>): void => {
    setBusy(true);
    void attempt(async () => code.set(await work())).finally(() => setBusy(false));
  };
  const { value } = code;
  const isOpen = value?.state === 'waiting' || value?.state === 'compare';
  return (
    <section class="block">
      <h3>Short code</h3>
      {code.problem !== null && <p class="soft">{code.problem}</p>}
      {value !== null && (
        <>
          <p class={value.state === 'different' || value.state === 'broken' ? 'bad' : 'soft'}>
            {codeSentence(value, name)}
          </p>
          {value.code !== null && (
            <p class="short-code" role="status" aria-label={`Short code ${value.code}`}>
              {value.code.slice(0, 3)} {value.code.slice(3)}
            </p>
          )}
          {value.state === 'compare' && (
            <Verdict
              what="The code"
              busy={busy}
              onSay={(found) => run(() => call('code.say', { contactId: id, found }))}
            />
          )}
          <div class="button-row">
            {!isOpen && (
              <button
                type="button"
                class="button"
                disabled={busy || value.left === 0}
                onClick={() => run(() => call('code.start', { contactId: id }))}
              >
                Work out a code
              </button>
            )}
            {isOpen && (
              <button
                type="button"
                class="button button-quiet"
                disabled={busy}
                onClick={() => run(() => call('code.stop', { contactId: id }))}
              >
                Stop
              </button>
            )}
          </div>
          {value.spent > 0 && (
            <p class="soft">
              {value.spent} of {value.spent + value.left} tries of a day are used: each is a guess
              for whoever stands between.
            </p>
          )}
        </>
      )}
    </section>
  );
}

interface VerdictProps {
  readonly what: string;
  readonly busy: boolean;
  readonly onSay: (found: 'same' | 'different') => void;
}

function Verdict({ what, busy, onSay }: VerdictProps) {
  return (
    <fieldset class="button-row" aria-label={`${what}: what you found`}>
      <button
        type="button"
        class="button button-main"
        disabled={busy}
        onClick={() => onSay('same')}
      >
        The same
      </button>
      <button type="button" class="button" disabled={busy} onClick={() => onSay('different')}>
        It differs
      </button>
    </fieldset>
  );
}
