/** One contact: how well known, how met, and the name this profile uses. */
import type { ContactView } from '@tacet/api';
import { useState } from 'preact/hooks';
import { closeSheet, renameContact } from '../state/actions.ts';
import { contacts, sheet } from '../state/store.ts';
import { safeName } from '../words/safe.ts';
import { trustSentence, trustWord } from '../words/trust.ts';
import { Avatar } from './avatar.tsx';
import { Steps } from './meeting.tsx';
import { SheetFrame } from './sheet.tsx';

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
      <section class="block">
        <h3>How you met</h3>
        <Steps times={contact.steps} />
      </section>
    </SheetFrame>
  );
}
