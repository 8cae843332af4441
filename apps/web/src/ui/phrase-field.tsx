/** Where a recovery phrase is typed. It stands in the field and nowhere else in the page. */
import type { RefObject } from 'preact';

interface Props {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly invalid: boolean;
}

export function PhraseField({ field, invalid }: Props) {
  return (
    <label class="field">
      <span>Recovery phrase, twelve words</span>
      <textarea
        ref={field}
        rows={3}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        aria-invalid={invalid}
        required
      />
    </label>
  );
}
