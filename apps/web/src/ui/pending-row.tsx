/** A text this page has not handed to the daemon yet. */
import { takeBack, tryAgain } from '../state/outgoing.ts';
import type { Pending } from '../state/store.ts';
import { safeText } from '../words/safe.ts';
import { Mark } from './marks.tsx';

export function PendingRow({ entry }: { readonly entry: Pending }) {
  const { clientId, text, refusal } = entry;
  const mark = refusal === null ? 'queued' : 'failed';
  const word = refusal ?? 'Handing it to Tacet on this computer';
  return (
    <li
      class="message message-out is-first is-last is-pending"
      data-id={clientId}
      tabIndex={-1}
      aria-label={`You: ${safeText(text)}. ${word}`}
    >
      <div class="bubble">
        <p class="text" dir="auto">
          {safeText(text)}
        </p>
        <span class="meta">
          <Mark name={mark} />
        </span>
      </div>
      <p class={`below ${refusal === null ? 'soft' : 'bad'}`}>{word}</p>
      {refusal !== null && (
        <p class="below">
          <button type="button" class="fold" onClick={() => tryAgain(clientId)}>
            Try again
          </button>{' '}
          <button type="button" class="fold" onClick={() => takeBack(clientId)}>
            Take it back
          </button>
        </p>
      )}
    </li>
  );
}
