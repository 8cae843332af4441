/** One conversation: head, messages, composer. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { go, openSheet } from '../state/actions.ts';
import { contacts, thread } from '../state/store.ts';
import { openThread } from '../state/thread.ts';
import { safeName } from '../words/safe.ts';
import { trustWord } from '../words/trust.ts';
import { Avatar } from './avatar.tsx';
import { Composer } from './composer.tsx';
import { BackIcon } from './icons.tsx';
import { Meeting } from './meeting.tsx';
import { MessageList } from './message-list.tsx';

export function Chat({ contactId }: { readonly contactId: string }) {
  const contact = contacts.value?.find(({ id }) => id === contactId);
  const open = thread.value;
  const heading = useRef<HTMLHeadingElement>(null);
  // A narrow screen shows the conversation instead of the list: focus must follow.
  useLayoutEffect(() => {
    if (matchMedia('(max-width: 719px)').matches) heading.current?.focus();
  }, []);
  if (contact === undefined) return <p class="calm soft">That contact is not here any more.</p>;
  const name = safeName(contact.name);
  return (
    <>
      <header class="chat-head">
        <button
          type="button"
          class="tool only-narrow"
          aria-label="Back to conversations"
          onClick={() => go({ kind: 'home' })}
        >
          <BackIcon />
        </button>
        <Avatar id={contact.id} name={contact.name} />
        <div class="chat-title">
          <h2 ref={heading} tabIndex={-1}>
            <bdi>{name}</bdi>
          </h2>
          <p class={contact.trustWarning === null ? 'soft' : 'warn'}>
            {contact.trustWarning === null ? trustWord(contact) : 'Look at their keys: About'}
          </p>
        </div>
        <button
          type="button"
          class="button button-quiet"
          aria-label={`About ${name}`}
          onClick={() => openSheet({ kind: 'contact', id: contact.id })}
        >
          About
        </button>
      </header>
      {contact.state === 'meeting' && <Meeting contact={contact} />}
      {open?.contactId === contactId && open.state !== 'failed' ? (
        <MessageList contact={contact} open={open} />
      ) : (
        <div class="calm">
          <p>The messages could not be read.</p>
          <button type="button" class="button" onClick={() => void openThread(contactId)}>
            Try again
          </button>
        </div>
      )}
      <Composer contact={contact} />
    </>
  );
}
