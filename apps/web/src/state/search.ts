/** What is sought in all conversations. The daemon seeks; its index stands in the encrypted store. */
import { isAppError } from '@tacet/base';
import { call } from '../link/rpc.ts';
import { sentenceOf } from '../words/errors.ts';
import { searched } from './store.ts';

const PAGE = 30;
/** ms after the last key before it is asked for. */
const PAUSE = 150;
/** What a query holds (docs/spec/18-conversations.md, 3). */
export const MAX_QUERY = 256;

let turn = 0;
let timer: ReturnType<typeof setTimeout> | null = null;

/** @param text as typed; blank: nothing is sought any more */
export function seek(text: string): void {
  const mine = ++turn;
  if (timer !== null) clearTimeout(timer);
  if (text.trim() === '') {
    searched.value = null;
    return;
  }
  const before = searched.value;
  searched.value = {
    ...{ text, hits: before?.hits ?? [], next: before?.next ?? null },
    ...{ state: 'reading', problem: null },
  };
  timer = setTimeout(() => void read(mine, text, null), PAUSE);
}

/** Older ones, behind those that stand there. */
export function seekOn(): void {
  const { text, next, state } = searched.value ?? {};
  if (text === undefined || state !== 'ready' || next === null || next === undefined) return;
  void read(turn, text, next);
}

async function read(mine: number, text: string, before: string | null): Promise<void> {
  const on = before === null ? {} : { before };
  try {
    const { hits, next } = await call('search.find', { text, limit: PAGE, ...on });
    const former = before === null ? [] : (searched.value?.hits ?? []);
    settle(mine, { hits: [...former, ...hits], next, state: 'ready', problem: null });
  } catch (error) {
    // One character, or only what is left out: there is nothing to seek yet.
    const isShort = isAppError(error, 'search-empty') || isAppError(error, 'search-invalid');
    const problem = isShort ? null : sentenceOf(error);
    settle(mine, { hits: [], next: null, state: isShort ? 'short' : 'failed', problem });
  }
}

type Found = NonNullable<typeof searched.value>;

/** Of the newest one only, and only where it was not given up: a lock gives it up. */
function settle(mine: number, found: Omit<Found, 'text'>): void {
  if (mine === turn && searched.value !== null) {
    searched.value = { ...found, text: searched.value.text };
  }
}
