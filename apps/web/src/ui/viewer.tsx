/** One picture as large as the window. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { closeSheet } from '../state/actions.ts';
import { pictures, saveFile, showPicture } from '../state/read-file.ts';
import { contactOf, messages, sheet } from '../state/store.ts';
import { safeName } from '../words/safe.ts';
import { fullTime } from '../words/time.ts';
import { CloseIcon } from './icons.tsx';
import { Notice } from './notice.tsx';

export function Viewer() {
  const open = sheet.value;
  return open?.kind === 'picture' ? <Large key={open.id} id={open.id} /> : null;
}

function Large({ id }: { readonly id: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const view = messages.get(id)?.value;
  const url = pictures.value.get(id)?.url ?? null;
  useLayoutEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    if (view?.file != null) void showPicture(id, view.file.size);
  }, [id]);
  if (view?.file == null) return null;
  const { name, size } = view.file;
  const who = view.direction === 'out' ? 'you' : safeName(contactOf(view.contactId)?.name ?? '');
  return (
    <dialog ref={dialog} class="viewer" aria-label={`Picture of ${who}`} onClose={closeSheet}>
      <header class="viewer-head">
        <p>
          From <bdi>{who}</bdi>, {fullTime(view.sentAt)}
        </p>
        <button type="button" class="button" onClick={() => void saveFile(id, name, size)}>
          Save
        </button>
        <button
          type="button"
          class="tool"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          <CloseIcon />
        </button>
      </header>
      <Notice />
      {url !== null && <img src={url} alt={`Sent by ${who}, without a description`} />}
    </dialog>
  );
}
