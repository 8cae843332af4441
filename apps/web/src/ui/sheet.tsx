/** A native dialog from the side or the bottom. The browser gives the focus back to its opener. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { closeSheet } from '../state/actions.ts';
import { CloseIcon } from './icons.tsx';
import { Notice } from './notice.tsx';

interface Props {
  readonly title: ComponentChildren;
  readonly children: ComponentChildren;
}

export function SheetFrame({ title, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    element.showModal();
    // A click beside the sheet closes it; the keyboard has Escape.
    const beside = (event: MouseEvent): void => {
      if (event.target === element) element.close();
    };
    element.addEventListener('click', beside);
    return () => element.removeEventListener('click', beside);
  }, []);
  return (
    <dialog ref={dialog} class="sheet" aria-labelledby="sheet-title" onClose={closeSheet}>
      <div class="sheet-inner">
        <header class="sheet-head">
          <h2 id="sheet-title">{title}</h2>
          <button
            type="button"
            class="tool"
            aria-label="Close"
            onClick={() => dialog.current?.close()}
          >
            <CloseIcon />
          </button>
        </header>
        {children}
      </div>
      <Notice />
    </dialog>
  );
}
