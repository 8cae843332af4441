/** One message. Peers' text is text: no markup, no link, its direction kept to itself. */

import type { Signal } from '@preact/signals';
import type { MessageView } from '@tacet/api';
import { useState } from 'preact/hooks';
import { openSheet } from '../state/actions.ts';
import { now } from '../state/store.ts';
import { deletedLine, disappearing, keptLine } from '../words/acts.ts';
import { wordsBeside } from '../words/files.ts';
import { safeText } from '../words/safe.ts';
import { spokenRow } from '../words/spoken.ts';
import { lateArrival, markOf, stateWord, warningWord } from '../words/states.ts';
import { clockTime, fullTime, span } from '../words/time.ts';
import { FileNote } from './file-note.tsx';
import { MoreIcon } from './icons.tsx';
import { Mark } from './marks.tsx';
import { openMenu } from './menu.ts';
import { Quote } from './quote.tsx';
import { Reactions } from './reactions.tsx';
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
        if (event.target !== event.currentTarget) return;
        if (event.key === 'Enter' || event.key === ' ') details();
        else if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
          openMenu({ id: view.id, opener: event.currentTarget, at: null });
        } else return;
        event.preventDefault();
      }}
      onContextMenu={(event) => {
        // A selection keeps the browser's own menu.
        if (String(getSelection()) !== '') return;
        event.preventDefault();
        const opener = event.currentTarget;
        openMenu({ id: view.id, opener, at: { x: event.clientX, y: event.clientY } });
      }}
    >
      <div class="bubble">
        {view.replyTo !== null && view.deletion === null && (
          <Quote reply={view.replyTo} name={name} contactId={view.contactId} />
        )}
        <Said view={view} name={name} />
        <button
          type="button"
          class="meta"
          tabIndex={-1}
          title={`${fullTime(view.sentAt)}. What happened to this message`}
          onClick={details}
        >
          <Meta view={view} />
        </button>
        <button
          type="button"
          class="tool more"
          tabIndex={-1}
          aria-label="What to do with this message"
          aria-haspopup="menu"
          onClick={(event) => openMenu({ id: view.id, opener: event.currentTarget, at: null })}
        >
          <MoreIcon size={18} />
        </button>
      </div>
      <Reactions view={view} name={name} />
      <Below view={view} name={name} spelled={spelled} />
    </li>
  );
}

function Said({ view, name }: { readonly view: MessageView; readonly name: string }) {
  const deleted = deletedLine(view, name);
  if (deleted !== null) return <p class="text soft">{deleted}</p>;
  const { file } = view;
  if (file === null) return <Text text={view.text} />;
  const beside = wordsBeside(view);
  return (
    <>
      {file.kind === 'voice' ? (
        <VoiceNote message={view} file={file} />
      ) : (
        <FileNote message={view} file={file} />
      )}
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
      {view.editedAt !== null && view.deletion === null && <span>edited</span>}
      {view.lifetime !== null && <span>{disappearing(view)}</span>}
      <time>{clockTime(view.sentAt)}</time>
      {mark !== null && <Mark name={mark} />}
      {mark !== null && <span class="hidden">{stateWord(view)}</span>}
    </>
  );
}

interface BelowProps {
  readonly view: MessageView;
  readonly name: string;
  readonly spelled: boolean;
}

function Below({ view, name, spelled }: BelowProps) {
  const kept = keptLine(view, name);
  if (kept !== null) return <p class="below warn">{kept}</p>;
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
