/**
 * What became of an introduction, as lines of the conversations it concerns (docs/spec/15-trust.md,
 * 6): with whom it was spoken of, naming the other. Written here, never by a contact.
 */
import type { IntroductionView } from '../views.ts';

type State = IntroductionView['state'];

/** In the conversations of an introducer: of the first, and of the second. `$` is the other one. */
const INTRODUCER: Readonly<Partial<Record<State, { first?: string; second?: string }>>> = {
  asked: { first: 'You asked them whether they want to meet $.' },
  passed: {
    first: 'They want to meet $, who is asked now.',
    second: 'You asked them whether they want to meet $.',
  },
  taken: {
    first: '$ wants to meet them, too: they are introduced.',
    second: 'They want to meet $: they are introduced.',
  },
  declined: { first: 'They do not want to meet $.' },
  'declined-second': { second: 'They do not want to meet $.' },
  known: {
    first: 'They and $ know each other already.',
    second: 'They and $ know each other already.',
  },
};

/** In the conversation with the introducer: `$` is who is introduced. */
const INTRODUCED: Readonly<Partial<Record<State, string>>> = {
  offered: 'They want to introduce you to $. It waits for your word.',
  preparing: 'You want to meet $.',
  meeting: 'You want to meet $.',
  met: 'You have met $.',
  declined: 'You do not want to meet $.',
  known: 'You know $ already.',
  replaced: 'Who came by the introduction to $ is not whom they named, and was refused.',
  expired: 'The introduction to $ ended without a meeting.',
};

/** @param before null: it was made just now */
export function introducerLine(
  before: State | null,
  after: State,
  side: 'first' | 'second',
  other: string,
): string | null {
  // It ends where it was: with whom was asked last.
  const asked = before === 'passed' ? 'second' : 'first';
  if (after === 'expired')
    return side === asked ? `They did not say whether they want to meet ${other}.` : null;
  return filled(INTRODUCER[after]?.[side], other);
}

export function introducedLine(state: State, other: string): string | null {
  return filled(INTRODUCED[state], other);
}

/** In the new contact's own conversation; `$` is who introduced them. */
export function metLine(introducer: string): string {
  return `${introducer} introduced you to each other, and says whose keys these are. Not verified.`;
}

/** A name may hold anything, also what stands for it. */
function filled(line: string | undefined, name: string): string | null {
  return line === undefined ? null : line.split('$').join(name);
}
