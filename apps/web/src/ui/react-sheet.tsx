/** Any sign as a reaction: some to choose from, or what one types. */
import type { MessageView } from '@tacet/api';
import { useState } from 'preact/hooks';
import { closeSheet } from '../state/actions.ts';
import { react, toggleReaction } from '../state/acts.ts';
import { messages, sheet } from '../state/store.ts';
import { SIGNS } from '../words/emoji.ts';
import { SheetFrame } from './sheet.tsx';

/** A reaction holds 64 bytes of UTF-8. */
const MAX_BYTES = 64;

export function ReactSheet() {
  const open = sheet.value;
  const view = open?.kind === 'react' ? messages.get(open.id)?.value : undefined;
  return view === undefined ? null : <Signs key={view.id} view={view} />;
}

function Signs({ view }: { readonly view: MessageView }) {
  const [typed, setTyped] = useState('');
  const own = view.reactions.find(({ direction }) => direction === 'out')?.emoji;
  const isTooLong = new TextEncoder().encode(typed).length > MAX_BYTES;
  const choose = (work: Promise<boolean>): void => {
    void work.then((isDone) => {
      if (isDone) closeSheet();
    });
  };
  return (
    <SheetFrame title="React">
      <fieldset class="signs" aria-label="Signs">
        {SIGNS.map((emoji) => (
          <button
            key={emoji}
            type="button"
            class="sign"
            aria-pressed={own === emoji}
            onClick={() => choose(toggleReaction(view, emoji))}
          >
            {emoji}
          </button>
        ))}
      </fieldset>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== '' && !isTooLong) choose(react(view.id, typed.trim()));
        }}
      >
        <label class="field">
          <span>Another sign, or a word</span>
          <input
            type="text"
            dir="auto"
            autocomplete="off"
            aria-invalid={isTooLong}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        {isTooLong && <p class="bad">Too long for a reaction: write a text.</p>}
        <div class="button-row">
          <button
            type="submit"
            class="button button-main"
            disabled={typed.trim() === '' || isTooLong}
          >
            React
          </button>
          {own !== undefined && (
            <button type="button" class="button" onClick={() => choose(react(view.id, ''))}>
              Take back {own}
            </button>
          )}
        </div>
      </form>
    </SheetFrame>
  );
}
