/** What will go with the next message, above the composer; and the ways files come here. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Attachment, attach, attachments, attachmentWord, detach } from '../state/attach.ts';
import { safeName } from '../words/safe.ts';
import { ClipIcon, CloseIcon } from './icons.tsx';

/** Files are held over the window. */
const over = signal(false);

export function Attachments({ contactId }: { readonly contactId: string }) {
  const mine = attachments.value.filter((one) => one.contactId === contactId);
  return (
    <>
      {over.value && <p class="drop-here">Drop it here to send it with your message</p>}
      {mine.length > 0 && (
        <ul class="attachments" aria-label="Goes with your message">
          {mine.map((one) => (
            <Chip key={one.key} one={one} />
          ))}
        </ul>
      )}
    </>
  );
}

function Chip({ one }: { readonly one: Attachment }) {
  const name = safeName(one.file.name);
  return (
    <li class="attachment">
      <span class="attachment-text">
        <bdi class="attachment-name">{name}</bdi>
        <span class="soft" role="status">
          {attachmentWord(one)}
        </span>
        {one.trouble !== null && <span class="bad">{one.trouble}</span>}
      </span>
      <button
        type="button"
        class="tool"
        aria-label={`Leave out ${name}`}
        disabled={one.state === 'sending'}
        onClick={() => detach(one.key)}
      >
        <CloseIcon size={16} />
      </button>
    </li>
  );
}

export function AttachButton({ contactId }: { readonly contactId: string }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          attach(contactId, event.currentTarget.files ?? []);
          event.currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class="tool"
        aria-label="Attach files or pictures"
        title="Attach: choose, paste or drop"
        onClick={() => input.current?.click()}
      >
        <ClipIcon />
      </button>
    </>
  );
}

/** While a conversation is open: what is dropped anywhere on the page goes to it. */
export function useDrop(contactId: string): void {
  useEffect(() => {
    const carries = ({ dataTransfer }: DragEvent): boolean =>
      dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent): void => {
      if (!carries(event)) return;
      event.preventDefault();
      over.value = true;
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) over.value = false;
    };
    const drop = (event: DragEvent): void => {
      over.value = false;
      if (!carries(event)) return;
      event.preventDefault();
      attach(contactId, event.dataTransfer?.files ?? []);
    };
    addEventListener('dragenter', enter);
    addEventListener('dragover', enter);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      over.value = false;
      removeEventListener('dragenter', enter);
      removeEventListener('dragover', enter);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [contactId]);
}
