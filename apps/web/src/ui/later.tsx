/** The second half of the page (parts.ts) costs the first picture nothing. */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { say } from '../state/actions.ts';

type Parts = typeof import('./parts.ts');

const here = signal<Parts | null>(null);

/** Reads it while nothing else is to be done, so that nobody waits for it. */
export function readParts(): void {
  const soon = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 500));
  // Not there: told when something of it is wanted.
  soon(() => void read().catch(() => undefined));
}

/**
 * A component of the second half. Nothing stands in its place until it is here; where it does not come that is
 * told, and it is tried again when it is wanted next.
 *
 * @param onLost asked for, and not there
 */
export function later<P extends object>(
  pick: (parts: Parts) => ComponentType<P>,
  onLost: () => void = () => undefined,
): ComponentType<P> {
  return function Later(props: P) {
    useLayoutEffect(() => {
      void read().catch(() => {
        onLost();
        // Another daemon serves other files: this page is an older one's.
        say('A part of this page could not be read. Reload the page.', 'bad');
      });
    }, []);
    if (here.value === null) return null;
    const Part = pick(here.value);
    return <Part {...props} />;
  };
}

async function read(): Promise<void> {
  here.value ??= await import('./parts.ts');
}
