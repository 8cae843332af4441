/** Above the composer: what it answers, or that it makes a new version of what was said. */
import { type Intent, messages } from '../state/store.ts';
import { snippet } from '../words/safe.ts';
import { CloseIcon, EditIcon, ReplyIcon } from './icons.tsx';

interface Props {
  readonly intent: Intent;
  /** Of the contact. */
  readonly name: string;
  readonly onCancel: () => void;
}

export function IntentBar({ intent, name, onCancel }: Props) {
  const view = messages.get(intent.id)?.value;
  const isEdit = intent.kind === 'edit';
  const who = view?.direction === 'out' ? 'yourself' : name;
  return (
    <div class="intent" role="status">
      {isEdit ? <EditIcon size={18} /> : <ReplyIcon size={18} />}
      <p class="intent-text">
        <span class="quote-who">
          {isEdit ? (
            'A new version. Earlier ones stay readable.'
          ) : (
            <>
              In reply to <bdi>{who}</bdi>
            </>
          )}
        </span>
        {view !== undefined && !isEdit && (
          <span class="quote-text" dir="auto">
            {snippet(view.text)}
          </span>
        )}
      </p>
      <button
        type="button"
        class="tool"
        aria-label={isEdit ? 'Keep it as it was' : 'Do not reply to it'}
        title="Escape"
        onClick={onCancel}
      >
        <CloseIcon />
      </button>
    </div>
  );
}
