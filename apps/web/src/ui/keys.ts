/** Keys that work everywhere: between conversations, between parts of the page, lock. */
import { attempt, go } from '../state/actions.ts';
import { lock } from '../state/lifecycle.ts';
import { sheet, view } from '../state/store.ts';
import { menu } from './menu.ts';
import { sortedContacts } from './order.ts';

export function onShortcut(event: KeyboardEvent): void {
  if (event.defaultPrevented || sheet.value !== null || menu.value !== null) return;
  if (event.altKey && !event.ctrlKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    step(event.key === 'ArrowDown' ? 1 : -1);
  } else if (event.key === 'F6') {
    nextSection(event.shiftKey ? -1 : 1);
  } else if (event.key === 'k' && event.ctrlKey && !event.altKey && !event.shiftKey) {
    toSearch();
  } else if (event.key === 'L' && event.ctrlKey && event.shiftKey) {
    void attempt(() => lock(false));
  } else if (event.key === 'Escape' && view.value.kind !== 'home') {
    go({ kind: 'home' });
  } else {
    return;
  }
  event.preventDefault();
}

/** On a narrow screen the field stands beside the list, not beside a conversation. */
function toSearch(): void {
  const field = document.querySelector<HTMLInputElement>('.search-field');
  if (field === null) return;
  const enter = (): void => {
    field.focus();
    field.select();
  };
  if (field.offsetParent !== null) {
    enter();
    return;
  }
  go({ kind: 'home' });
  requestAnimationFrame(enter);
}

function step(by: number): void {
  const list = sortedContacts();
  const open = view.value.kind === 'chat' ? view.value.contactId : null;
  const at = list.findIndex(({ id }) => id === open);
  const next = list[at === -1 ? 0 : at + by];
  if (next !== undefined) go({ kind: 'chat', contactId: next.id });
}

/** The list, the messages, the composer, and round again. */
function nextSection(by: number): void {
  const sections = [...document.querySelectorAll<HTMLElement>('[data-section]')].filter(
    (section) => section.offsetParent !== null,
  );
  const inside = sections.findLastIndex((section) => section.contains(document.activeElement));
  const next = sections[(inside + by + sections.length) % sections.length];
  for (const kind of ['[aria-current="true"]', 'textarea', '[tabindex="0"]', 'input, button']) {
    const target = next?.querySelector<HTMLElement>(kind);
    if (target) {
      target.focus();
      return;
    }
  }
}
