/** One message. Peers' text is text: no markup, no link, its direction kept to itself. */

import type { Signal } from '@preact/signals';
import type { MessageView } from '@tacet/api';
import { useState } from 'preact/hooks';
import { openSheet } from '../state/actions.ts';
import { now } from '../state/store.ts';
import { voiceOf, wordsBeside } from '../words/files.ts';
import { safeText } from '../words/safe.ts';
import { spokenRow } from '../words/spoken.ts';
import { lateArrival, markOf, stateWord, warningWord } from '../words/states.ts';
import { clockTime, fullTime, span } from '../words/time.ts';
import { Mark } from './marks.tsx';
import { VoiceNote } from './voice-note.tsx';

/** Longer texts are folded. */
const FOLD = 1_500;

interface Props {
  readonly message: Signal<MessageView>;
  readonly name: string;
  readonly first: boolean;
  readonly last: boolean;
  /** The newest own message says its state in words. */
  readonly spelled: boolean;
}

export function MessageRow({ message, name, first, last, spelled }: Props) {
  const view = message.value;
  const details = (): void => openSheet({ kind: 'message', id: view.id });
  return (
    <li
      class={`message message-${view.direction} ${first ? 'is-first' : ''} ${last ? 'is-last' : ''}`}
      data-id={view.id}
      tabIndex={-1}
      aria-label={spokenRow(view, name, now.peek())}
      onKeyDown={(event) => {
        if (event.target === event.currentTarget && (event.key === 'Enter' || event.key === ' ')) {
          event.preventDefault();
          details();
        }
      }}
    >
      <div class="bubble">
        <Said view={view} />
        <button
          type="button"
          class="meta"
          tabIndex={-1}
          title={`${fullTime(view.sentAt)}. What happened to this message`}
          onClick={details}
        >
          <Meta view={view} />
        </button>
      </div>
      <Below view={view} spelled={spelled} />
    </li>
  );
}

function Said({ view }: { readonly view: MessageView }) {
  const voice = voiceOf(view);
  if (voice === null) return <Text text={view.text} />;
  const beside = wordsBeside(view);
  return (
    <>
      <VoiceNote message={view} file={voice} />
      {beside !== '' && <Text text={beside} />}
    </>
  );
}

function Text({ text }: { readonly text: string }) {
  const [isOpen, setOpen] = useState(false);
  const safe = safeText(text);
  const isLong = safe.length > FOLD;
  return (
    <>
      <p class="text" dir="auto">
        {isLong && !isOpen ? `${safe.slice(0, FOLD)}…` : safe}
      </p>
      {isLong && (
        <button type="button" class="fold" onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Show less' : `Show all ${safe.length.toLocaleString()} characters`}
        </button>
      )}
    </>
  );
}

function Meta({ view }: { readonly view: MessageView }) {
  const mark = markOf(view);
  return (
    <>
      {view.state === 'sending' && view.parts > 1 && (
        <span>
          {view.partsSent}/{view.parts}
        </span>
      )}
      <time>{clockTime(view.sentAt)}</time>
      {mark !== null && <Mark name={mark} />}
      {mark !== null && <span class="hidden">{stateWord(view)}</span>}
    </>
  );
}

function Below({ view, spelled }: { readonly view: MessageView; readonly spelled: boolean }) {
  const warning = warningWord(view);
  const late = lateArrival(view);
  if (late !== null) return <p class="below soft">arrived {span(late)} late</p>;
  if (view.direction === 'in' || (!spelled && warning === null)) return null;
  const tone = view.state === 'failed' ? 'bad' : warning !== null ? 'warn' : 'soft';
  return (
    <p class={`below ${tone}`}>
      {stateWord(view)}
      {warning !== null && `: ${warning}`}
    </p>
  );
}
