/** Reactions under a bubble: one of each side. The own one is taken back by a click, theirs is joined. */
import type { MessageView } from '@tacet/api';
import { toggleReaction } from '../state/acts.ts';
import { isThere, type Reaction, reactionTitle } from '../words/acts.ts';
import { safeText } from '../words/safe.ts';

interface Props {
  readonly view: MessageView;
  readonly name: string;
}

export function Reactions({ view, name }: Props) {
  if (view.reactions.length === 0) return null;
  return (
    <p class="reactions">
      {view.reactions.map((one) => (
        <Chip key={one.direction} view={view} one={one} name={name} />
      ))}
    </p>
  );
}

function Chip({ view, one, name }: Props & { readonly one: Reaction }) {
  const isOwn = one.direction === 'out';
  const title = reactionTitle(one, name);
  const deed = isOwn ? 'Take it back' : 'Say the same';
  return (
    <button
      type="button"
      class={`reaction ${isOwn ? 'is-own' : ''} ${isThere(one) ? '' : 'is-under-way'}`}
      tabIndex={-1}
      title={`${title}. ${deed}`}
      aria-label={`${safeText(one.emoji)}, ${title}. ${deed}`}
      onClick={() => void toggleReaction(view, one.emoji)}
    >
      {safeText(one.emoji)}
    </button>
  );
}
