/** What a message answers: above its text in a bubble, or above the composer. */
import type { MessageView } from '@tacet/api';
import { jumpTo } from '../state/jump.ts';
import { quotedWho, quotedWords } from '../words/acts.ts';

interface Props {
  readonly reply: NonNullable<MessageView['replyTo']>;
  /** Of the contact. */
  readonly name: string;
  readonly contactId: string;
}

export function Quote({ reply, name, contactId }: Props) {
  const { text, doubt } = quotedWords(reply);
  const { messageId } = reply;
  const words = (
    <>
      <span class="quote-who">
        <bdi>{quotedWho(reply, name)}</bdi>
      </span>
      <span class="quote-text" dir="auto">
        {text}
      </span>
      {doubt !== null && <span class="quote-doubt">{doubt}</span>}
    </>
  );
  if (messageId === null) return <div class="quote">{words}</div>;
  return (
    <button
      type="button"
      class="quote"
      tabIndex={-1}
      title="Show the message it answers"
      onClick={() => void jumpTo(contactId, messageId)}
    >
      {words}
    </button>
  );
}
