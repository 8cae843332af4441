/** Pure: how a freshly read newest page joins the rows that are already there. */

export interface Merged {
  readonly ids: readonly string[];
  /** New rows that are not at the end: they arrived late. */
  readonly above: readonly string[];
  /** The page does not touch what was there: everything older must be read again. */
  readonly gap: boolean;
}

/** @param page the newest rows, oldest first; its order is the daemon's and wins. */
export function mergeNewest(known: readonly string[], page: readonly string[]): Merged {
  if (known.length === 0) return { ids: page, above: [], gap: false };
  const inPage = new Set(page);
  const older = known.filter((id) => !inPage.has(id));
  const touches = older.length < known.length;
  if (!touches && page.length > 0) return { ids: page, above: [], gap: true };
  const before = new Set(known);
  const lastKnown = page.findLastIndex((id) => before.has(id));
  const above = page.filter((id, index) => !before.has(id) && index < lastKnown);
  return { ids: [...older, ...page], above, gap: false };
}
