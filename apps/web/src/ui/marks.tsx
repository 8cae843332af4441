/** The mark of a message's state. Shapes differ, not only colours; the word is always there too. */
import type { MarkName } from '../words/states.ts';

function Drawing({ name }: { readonly name: MarkName }) {
  switch (name) {
    case 'queued':
      return (
        <>
          <circle cx="8" cy="8" r="5.5" />
          <path d="M8 5v3.2l2 1.3" />
        </>
      );
    case 'sending':
      return (
        <>
          <path d="M8 2.5a5.5 5.5 0 1 1-5.5 5.5" />
          <path d="M8 5v3.2l2 1.3" />
        </>
      );
    case 'stored':
      return <path d="M3.5 8.5l3 3 6-7" />;
    case 'stored-twice':
      return (
        <>
          <circle cx="8" cy="8" r="5.8" />
          <path d="M5.3 8.3l2 2 3.6-4.2" />
        </>
      );
    case 'delivered':
      return <path d="M1.5 8.5l3 3 6-7M8.3 11.5l6-7" />;
    case 'unconfirmed':
      return (
        <>
          <circle cx="8" cy="8" r="5.8" stroke-dasharray="2.4 2.2" />
          <path d="M6.3 6.4a1.8 1.8 0 1 1 2.5 1.7c-.5.2-.8.5-.8 1.1M8 11.3v.1" />
        </>
      );
    case 'failed':
      return (
        <>
          <circle cx="8" cy="8" r="5.8" />
          <path d="M8 4.8v3.8M8 11.1v.1" />
        </>
      );
  }
}

export function Mark({ name }: { readonly name: MarkName }) {
  return (
    <svg
      class={`mark mark-${name}`}
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <Drawing name={name} />
    </svg>
  );
}
