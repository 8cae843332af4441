/** What the screens outside a conversation share: the card, the passphrase field, the refusal. */
import type { ComponentChildren, RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { EyeIcon, RestMark } from './icons.tsx';

export function Door({ children }: { readonly children: ComponentChildren }) {
  return (
    <main class="door">
      <div class="door-card">
        <RestMark size={64} />
        {children}
      </div>
    </main>
  );
}

interface PassphraseProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly label: string;
  readonly invalid: boolean;
}

/** Never part of the page's state: the text stands in the field and nowhere else. */
export function Passphrase({ field, label, invalid }: PassphraseProps) {
  const [shown, setShown] = useState(false);
  const reveal = (): void => {
    if (field.current !== null) field.current.type = shown ? 'password' : 'text';
    setShown(!shown);
  };
  return (
    <div class="with-tool">
      <label class="field">
        <span>{label}</span>
        <input
          ref={field}
          type="password"
          spellcheck={false}
          autocomplete="off"
          aria-invalid={invalid}
        />
      </label>
      <button
        type="button"
        class="tool"
        aria-label={`Show: ${label}`}
        aria-pressed={shown}
        onClick={reveal}
      >
        <EyeIcon />
      </button>
    </div>
  );
}

export function Problem({ text }: { readonly text: string | null }) {
  return text === null ? null : (
    <p class="bad" role="alert">
      {text}
    </p>
  );
}
