/**
 * Looking a profile over before SQLite opens it, which writes (docs/spec/10-store.md, 4). Every
 * page must be one the key made, so that damage is refused while nothing has changed.
 * Must run while no connection is open: closing any handle of a file drops SQLite's locks on it.
 */
import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { profileUnreadable } from './errors.ts';
import { PAGE_BYTES, SLICE_PAGES } from './limits.ts';
import { PageAuthority } from './pages.ts';
import { SlicedFile } from './sliced.ts';
import { type LogContent, readLog } from './wal.ts';

const NO_LOG: LogContent = { pages: new Set(), size: null };

/** Throws `profile-unreadable`. Reads the whole of both files, 2 ms a megabyte, and lets others run between slices. */
export async function checkPages(path: string, databaseKey: Uint8Array): Promise<void> {
  const data = new SlicedFile(path);
  try {
    const authority = new PageAuthority(databaseKey, data.exactly(0, PAGE_BYTES));
    try {
      const log = await logOf(`${path}-wal`, authority);
      if (log === null || !(await whole(data, log, authority))) throw profileUnreadable();
    } finally {
      authority.wipe();
    }
  } finally {
    data.close();
  }
}

async function logOf(path: string, authority: PageAuthority): Promise<LogContent | null> {
  if (!existsSync(path)) return NO_LOG;
  const log = new SlicedFile(path);
  try {
    return await readLog(log, authority);
  } finally {
    log.close();
  }
}

/** A page the log holds may be torn in the data file: it was being copied there. */
async function whole(
  data: SlicedFile,
  log: LogContent,
  authority: PageAuthority,
): Promise<boolean> {
  const size = log.size ?? data.size / PAGE_BYTES;
  if (!Number.isInteger(size)) return false;
  for (let from = 1; from <= size; from += SLICE_PAGES) {
    await setImmediate();
    const slice = data.upTo((from - 1) * PAGE_BYTES, SLICE_PAGES * PAGE_BYTES);
    for (let i = 0; i < SLICE_PAGES && from + i <= size; i++) {
      if (log.pages.has(from + i)) continue;
      const page = slice.subarray(i * PAGE_BYTES, (i + 1) * PAGE_BYTES);
      if (page.length < PAGE_BYTES || !authority.holds(page, from + i)) return false;
    }
  }
  return true;
}
