/** One tab stop for a list of many rows: the arrows move inside it. */

function rowsIn(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('[data-id]')];
}

/** Exactly one row can be reached by Tab: the focused one, else the one before, else the last. */
export function settleTabStop(list: HTMLElement | null): void {
  if (list === null) return;
  const rows = rowsIn(list);
  const focused = rows.find((row) => row.contains(document.activeElement));
  const stop = focused ?? rows.find((row) => row.tabIndex === 0) ?? rows.at(-1);
  for (const row of rows) if (row !== stop && row.tabIndex === 0) row.tabIndex = -1;
  if (stop !== undefined && stop.tabIndex !== 0) stop.tabIndex = 0;
}

export function moveFocus(event: KeyboardEvent, list: HTMLElement | null): void {
  if (list === null || event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = rowsIn(list);
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  if (at === -1) return;
  const next = target(event.key, at, rows.length);
  if (next === null) return;
  event.preventDefault();
  rows[next]?.focus();
  rows[next]?.scrollIntoView({ block: 'nearest' });
}

function target(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'ArrowDown':
      return Math.min(count - 1, at + 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
