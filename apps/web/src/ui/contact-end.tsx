/** Ending what is exchanged with a contact, for a while or for good. */
import type { ContactView } from '@tacet/api';
import { useState } from 'preact/hooks';
import { blockContact, deleteContact } from '../state/actions.ts';
import { safeName } from '../words/safe.ts';

export function ContactEnd({ contact }: { readonly contact: ContactView }) {
  const [isAsked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const { id, blocked } = contact;
  const name = safeName(contact.name);
  const run = (work: Promise<boolean>): void => {
    setBusy(true);
    void work.finally(() => setBusy(false));
  };
  return (
    <section class="block stack">
      <h3>Ending it</h3>
      <p class="soft">
        {blocked ? (
          <>
            <bdi>{name}</bdi> is blocked: to them you are away. When the block ends, what they wrote
            comes after all.
          </>
        ) : (
          <>
            Who is blocked sees no more than that you are away: nothing of theirs is shown or
            confirmed, and nothing of yours is sent. It can be ended again.
          </>
        )}
      </p>
      <div class="button-row">
        <button
          type="button"
          class="button"
          disabled={busy}
          onClick={() => run(blockContact(id, !blocked))}
        >
          {blocked ? 'End the block' : 'Block'}
        </button>
        <button
          type="button"
          class="button"
          aria-expanded={isAsked}
          disabled={busy}
          onClick={() => setAsked(!isAsked)}
        >
          Delete
        </button>
      </div>
      {isAsked && (
        <fieldset class="block card stack" aria-label={`Delete ${name}`}>
          <p>
            The conversation, its files and the keys of <bdi>{name}</bdi> go from this device now;
            rolling copies and backups may hold them for up to a week. They are not told, and keep
            what they have. To talk again you have to meet again.
          </p>
          <div class="button-row">
            <button
              type="button"
              class="button button-bad"
              disabled={busy}
              onClick={() => run(deleteContact(id, false))}
            >
              Delete for good
            </button>
            <button
              type="button"
              class="button"
              disabled={busy}
              onClick={() => run(deleteContact(id, true))}
            >
              Delete and block their keys
            </button>
          </div>
        </fieldset>
      )}
    </section>
  );
}
