/** Deleting a message: what it does, and what it cannot do. */
import type { MessageView } from '@tacet/api';
import { useState } from 'preact/hooks';
import { closeSheet } from '../state/actions.ts';
import { deleteMessage } from '../state/acts.ts';
import { contactOf, messages, sheet } from '../state/store.ts';
import { safeName, snippet } from '../words/safe.ts';
import { SheetFrame } from './sheet.tsx';

export function DeleteSheet() {
  const open = sheet.value;
  const view = open?.kind === 'delete' ? messages.get(open.id)?.value : undefined;
  return view === undefined ? null : <Choice key={view.id} view={view} />;
}

function Choice({ view }: { readonly view: MessageView }) {
  const [busy, setBusy] = useState(false);
  const contact = contactOf(view.contactId);
  const name = safeName(contact?.name ?? '');
  // What others wrote is theirs; a timer or a name is told and stays.
  const forBoth =
    view.direction === 'out' &&
    view.deletion === null &&
    contact?.state !== 'self' &&
    ['text', 'file', 'card'].includes(view.kind);
  const remove = async (forEveryone: boolean): Promise<void> => {
    setBusy(true);
    if (await deleteMessage(view.id, forEveryone)) closeSheet();
    else setBusy(false);
  };
  return (
    <SheetFrame title="Delete this message">
      {view.deletion === null && (
        <p class="quote" dir="auto">
          {snippet(view.text)}
        </p>
      )}
      <p class="soft">
        It goes from this device now; rolling copies and backups may hold it for up to a week.
        {forBoth &&
          ` The device of ${name} can be asked to delete it, too: it obeys unless ${name} chose to keep such messages, and whoever has read it may have copied it.`}
      </p>
      <div class="button-row">
        {forBoth && (
          <button
            type="button"
            class="button button-main"
            disabled={busy}
            onClick={() => void remove(true)}
          >
            Delete for both
          </button>
        )}
        <button
          type="button"
          class={forBoth ? 'button' : 'button button-main'}
          disabled={busy}
          onClick={() => void remove(false)}
        >
          Delete here only
        </button>
      </div>
    </SheetFrame>
  );
}
