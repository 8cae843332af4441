/** What a screen asks the daemon for, again whenever what it depends on changes. */
import { useEffect, useState } from 'preact/hooks';
import { sentenceOf } from '../words/errors.ts';

export interface Read<T> {
  /** Of the newest reading that came; null until the first. */
  readonly value: T | null;
  readonly problem: string | null;
  /** In place of what was read: a call may answer the same. */
  set(value: T): void;
}

export function useRead<T>(read: () => Promise<T>, depends: readonly unknown[]): Read<T> {
  const [state, change] = useState<{ value: T | null; problem: string | null }>({
    value: null,
    problem: null,
  });
  useEffect(() => {
    let isOver = false;
    read()
      .then((value) => {
        if (!isOver) change({ value, problem: null });
      })
      .catch((error: unknown) => {
        if (!isOver) change(({ value }) => ({ value, problem: sentenceOf(error) }));
      });
    return () => {
      isOver = true;
    };
  }, depends);
  return { ...state, set: (value) => change({ value, problem: null }) };
}
