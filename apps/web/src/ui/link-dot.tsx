/** The state of the connection: a shape and a word, never a colour alone. */
import type { LinkName } from '../words/network.ts';

function Shape({ link }: { readonly link: LinkName }) {
  switch (link) {
    case 'ready':
      return <circle cx="6" cy="6" r="4.5" fill="currentColor" />;
    case 'connecting':
      return (
        <>
          <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.5" />
          <path d="M6 2a4 4 0 0 1 0 8z" fill="currentColor" />
        </>
      );
    case 'limited':
      return <path d="M6 1.2l5.2 9.3H.8z" fill="currentColor" />;
    case 'offline':
      return (
        <path
          d="M2.5 2.5l7 7M9.5 2.5l-7 7"
          stroke="currentColor"
          stroke-width="2"
          stroke-linecap="round"
        />
      );
  }
}

export function LinkDot({ link }: { readonly link: LinkName }) {
  return (
    <svg class={`dot dot-${link}`} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      <Shape link={link} />
    </svg>
  );
}
