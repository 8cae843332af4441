/** What is told about a text's way: each state by facts that are kept, and why it is not through. */
import { MINUTE } from '@tacet/base';
import type { Client, Evidence, MessageState, MessageView } from '@tacet/client';
import type { Accepted } from './accepted.ts';
import { demand } from './broken.ts';

/** The first facts about a message are kept for ever. */
const FIRST_FACTS = 16;

/** One of each list stands among the facts of a text in this state. */
const SHOWN_BY: Readonly<Record<MessageState, readonly (readonly string[])[]>> = {
  queued: [['saved']],
  sending: [['saved'], ['encrypted']],
  unconfirmed: [['saved'], ['encrypted'], ['part-sent']],
  stored: [['saved'], ['encrypted'], ['part-sent'], ['part-stored', 'copy-stored']],
  delivered: [['saved'], ['encrypted'], ['part-sent'], ['receipt', 'read']],
  read: [['saved'], ['encrypted'], ['part-sent'], ['read']],
  failed: [],
  received: [],
};

export function checkFacts(one: Accepted, state: MessageState, client: Client): void {
  const { evidence } = client.message(one.id);
  for (const [n, fact] of one.facts.entries()) {
    const now = evidence[n];
    const same = now?.what === fact.what && now.at === fact.at && now.part === fact.part;
    demand(same, 'evidence-kept', `fact ${n}, ${fact.what}, is gone`);
  }
  const has = (words: readonly string[]): boolean =>
    evidence.some(({ what }: Evidence) => words.includes(what));
  for (const words of SHOWN_BY[state]) {
    demand(has(words), 'state-shown', `${state} without a fact ${words.join(' or ')}`);
  }
  one.facts = evidence.slice(0, FIRST_FACTS);
}

/** By so much a clock may have been set back since. */
const CLOCKS = 2 * MINUTE;

/** What says in which state it is, and what says that it is still under way. */
const END_CODES: ReadonlySet<string> = new Set(['delivered', 'read', 'received', 'failed']);
/** Known of every text, whatever stands in its way. */
const BESIDE: ReadonlySet<string> = new Set(['usual', 'last-sign']);

/** `message why` says what holds: something while it is under way, and nothing that is not so. */
export function checkWhy(view: MessageView, client: Client, linked: boolean, now: number): void {
  const { state, facts } = client.why.explain(view.id, now);
  demand(state === view.state, 'why-true', `${state} instead of ${view.state}`);
  const codes = facts.map(({ code }) => code as string);
  const says = (code: string, holds: boolean): void =>
    demand(codes.includes(code) === holds, 'why-true', `${view.state}, ${codes}: is it ${code}?`);
  const through = state === 'delivered' || state === 'read' || state === 'received';
  if (through) {
    demand(codes.length === 1 && END_CODES.has(codes[0] ?? ''), 'why-true', `${state}: ${codes}`);
    return;
  }
  const { evidence } = client.message(view.id);
  const had = (word: string): boolean => evidence.some(({ what }) => what === word);
  demand(
    codes.some((code) => !BESIDE.has(code) && !END_CODES.has(code)),
    'why-true',
    `${state}, and no reason: ${codes}`,
  );
  says('link-down', !linked);
  says('copied', client.status(now).copiedAt !== null);
  says('moved', had('moved'));
  if (codes.includes('one-copy') || codes.includes('not-fetched')) {
    demand(had('part-stored') || had('copy-stored'), 'why-true', 'stored nowhere');
  }
  if (codes.includes('renewed')) demand(had('renewed'), 'why-true', 'never encrypted anew');
  for (const { at } of facts) {
    demand(at === null || at <= now + CLOCKS, 'why-true', 'a fact to come');
  }
}
