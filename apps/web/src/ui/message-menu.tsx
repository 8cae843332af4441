/**
 * What can be done to a message: a menu as the ARIA practices describe it (arrows, Home, End, Escape), in the
 * browser's own popover. Opened by its button, the context menu key, or a right click.
 */
import type { MessageView } from '@tacet/api';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { openSheet } from '../state/actions.ts';
import { copyText, toggleReaction } from '../state/acts.ts';
import { edit, isOwnText, reply } from '../state/intent.ts';
import { messages } from '../state/store.ts';
import { QUICK } from '../words/emoji.ts';
import { focusComposer } from './focus.ts';
import { BinIcon, CopyIcon, EditIcon, FactsIcon, ReplyIcon } from './icons.tsx';
import { closeMenu, type MenuPlace, menu } from './menu.ts';

/** Pixels between the menu and the edge of the window. */
const EDGE = 8;

export function MessageMenu() {
  const place = menu.value;
  const view = place === null ? undefined : messages.get(place.id)?.value;
  if (place === null || view === undefined) return null;
  return <Open key={place.id} place={place} view={view} />;
}

function Open({ place, view }: { readonly place: MenuPlace; readonly view: MessageView }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    element.showPopover();
    put(element, place);
    items(element)[0]?.focus();
    // Escape and a click beside it are the browser's.
    const toggled = (event: Event): void => {
      if ((event as ToggleEvent).newState === 'closed') closeMenu();
    };
    element.addEventListener('toggle', toggled);
    return () => {
      element.removeEventListener('toggle', toggled);
      if (element.contains(document.activeElement)) place.opener.focus();
    };
  }, [place]);

  /** First the menu goes and the focus is back, then it is done: what is done may move the focus. */
  function then(work: () => void): void {
    place.opener.focus();
    closeMenu();
    work();
  }

  const own = view.reactions.find(({ direction }) => direction === 'out')?.emoji;
  const isGone = view.deletion !== null;
  const canAct = view.kind !== 'trust' && !isGone;
  return (
    <div
      ref={box}
      class="menu"
      popover="auto"
      role="menu"
      aria-label="What to do with this message"
      onKeyDown={(event) => move(event, box.current)}
    >
      {canAct && (
        <fieldset class="menu-emojis" aria-label="React">
          {QUICK.map((emoji) => (
            <button
              key={emoji}
              type="button"
              role="menuitemradio"
              aria-checked={own === emoji}
              aria-label={own === emoji ? `Take back ${emoji}` : `React with ${emoji}`}
              class="menu-emoji"
              tabIndex={-1}
              onClick={() => then(() => void toggleReaction(view, emoji))}
            >
              {emoji}
            </button>
          ))}
          <button
            type="button"
            role="menuitem"
            class="menu-emoji"
            aria-label="React with another sign"
            tabIndex={-1}
            onClick={() => then(() => openSheet({ kind: 'react', id: view.id }))}
          >
            …
          </button>
        </fieldset>
      )}
      {canAct && (
        <Item
          label="Reply"
          icon={<ReplyIcon size={18} />}
          run={() =>
            then(() => {
              reply(view.contactId, view.id);
              focusComposer();
            })
          }
        />
      )}
      {isOwnText(view) && (
        <Item
          label="Edit"
          icon={<EditIcon size={18} />}
          run={() =>
            then(() => {
              edit(view);
              focusComposer();
            })
          }
        />
      )}
      {!isGone && view.text !== '' && (
        <Item
          label="Copy the text"
          icon={<CopyIcon size={18} />}
          run={() => then(() => void copyText(view.text))}
        />
      )}
      <Item
        label="What happened to it"
        icon={<FactsIcon size={18} />}
        run={() => then(() => openSheet({ kind: 'message', id: view.id }))}
      />
      <Item
        label="Delete"
        icon={<BinIcon size={18} />}
        run={() => then(() => openSheet({ kind: 'delete', id: view.id }))}
      />
    </div>
  );
}

interface ItemProps {
  readonly label: string;
  readonly icon: ComponentChildren;
  readonly run: () => void;
}

function Item({ label, icon, run }: ItemProps) {
  return (
    <button type="button" role="menuitem" class="menu-item" tabIndex={-1} onClick={run}>
      {icon}
      {label}
    </button>
  );
}

function items(box: HTMLElement): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
}

function move(event: KeyboardEvent, box: HTMLElement | null): void {
  if (box === null) return;
  const all = items(box);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = {
    ArrowDown: at + 1,
    ArrowRight: at + 1,
    ArrowUp: at - 1,
    ArrowLeft: at - 1,
    Home: 0,
    End: -1,
  }[event.key];
  if (event.key === 'Tab') closeMenu();
  if (next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  all.at(next % all.length)?.focus();
}

/** Inside the window, below the opener or above it. */
function put(box: HTMLElement, { opener, at }: MenuPlace): void {
  const beside = opener.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const x = at?.x ?? beside.left;
  const below = at?.y ?? beside.bottom;
  const y = below + height + EDGE <= innerHeight ? below : (at?.y ?? beside.top) - height;
  box.style.left = `${Math.max(EDGE, Math.min(x, innerWidth - width - EDGE))}px`;
  box.style.top = `${Math.max(EDGE, Math.min(y, innerHeight - height - EDGE))}px`;
}
