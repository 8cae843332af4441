/** One contact: how well known, how met, and the name this profile uses. */
import type { ContactView } from '@tacet/api';
import { useState } from 'preact/hooks';
import { call } from '../link/rpc.ts';
import { closeSheet, openSheet, renameContact } from '../state/actions.ts';
import { contacts, now, sheet } from '../state/store.ts';
import { safeName } from '../words/safe.ts';
import { fullTime, listTime } from '../words/time.ts';
import { factWord, trustSentence, trustWarning, trustWord } from '../words/trust.ts';
import { Avatar } from './avatar.tsx';
import { ContactEnd } from './contact-end.tsx';
import { ConversationSettings } from './conversation-settings.tsx';
import { Steps } from './meeting.tsx';
import { SheetFrame } from './sheet.tsx';
import { useRead } from './use-read.ts';

export function ContactSheet() {
  const open = sheet.value;
  if (open?.kind !== 'contact') return null;
  const contact = contacts.value?.find(({ id }) => id === open.id);
  return contact === undefined ? null : <About key={contact.id} contact={contact} />;
}

function About({ contact }: { readonly contact: ContactView }) {
  const [name, setName] = useState(contact.name);
  const rename = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await renameContact(contact.id, name.trim())) closeSheet();
  };
  return (
    <SheetFrame title={<bdi>{safeName(contact.name)}</bdi>}>
      <section class="block about">
        <Avatar id={contact.id} name={contact.name} large />
        <div>
          <p>
            <strong>{trustWord(contact)}</strong>
          </p>
          <p class="soft">{trustSentence(contact)}</p>
        </div>
      </section>
      <Trust contact={contact} />
      <form class="block stack" onSubmit={(event) => void rename(event)}>
        <label class="field">
          <span>Name you use</span>
          <input
            type="text"
            dir="auto"
            maxLength={64}
            autocomplete="off"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <p class="soft">
          Only you see it. They call themselves <bdi>{safeName(contact.givenName)}</bdi>.
        </p>
        <button
          type="submit"
          class="button"
          disabled={name.trim() === '' || name.trim() === contact.name}
        >
          Rename
        </button>
      </form>
      <ConversationSettings contact={contact} />
      <section class="block">
        <h3>How you met</h3>
        <Steps times={contact.steps} />
      </section>
      {contact.state === 'ready' && <ContactEnd contact={contact} />}
    </SheetFrame>
  );
}

/** What speaks against the key, the way to compare it, and every fact there is about it. */
function Trust({ contact }: { readonly contact: ContactView }) {
  const { id } = contact;
  const warning = trustWarning(contact);
  const facts = useRead(async () => {
    return (await call('contact.trust', { contactId: id })).facts;
  }, [contact]);
  return (
    <section class="block">
      {warning !== null && <p class="warn">{warning}</p>}
      {contact.silentSince !== null && (
        <p class="warn">
          Nothing was heard of them since {fullTime(contact.silentSince)}, and what you wrote is not
          confirmed. It goes on being tried.
        </p>
      )}
      {contact.state === 'ready' && (
        <button
          type="button"
          class={contact.trust === 'verified' ? 'button' : 'button button-main'}
          onClick={() => openSheet({ kind: 'verify', id })}
        >
          Compare keys
        </button>
      )}
      {facts.problem !== null && <p class="soft">{facts.problem}</p>}
      {facts.value !== null && facts.value.length > 0 && (
        <ol class="facts" aria-label="What is known of their keys, and since when">
          {facts.value.map((fact, index) => (
            <li key={index}>
              <span>
                <bdi>{factWord(fact)}</bdi>
              </span>
              <time title={fullTime(fact.at)}>{listTime(fact.at, now.value)}</time>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
