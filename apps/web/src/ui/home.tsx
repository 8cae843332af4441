/** The right side when no conversation is open. */
import { useState } from 'preact/hooks';
import { go, joinNetwork } from '../state/actions.ts';
import { contacts, status } from '../state/store.ts';
import { RestMark } from './icons.tsx';

export function Home() {
  if (status.value !== null && status.value.network === null) return <Join />;
  const hasContacts = (contacts.value?.length ?? 0) > 0;
  return (
    <div class="calm">
      <RestMark size={72} />
      {hasContacts ? (
        <>
          <h2>Quiet here.</h2>
          <p class="soft">Choose a conversation, or use Alt with the arrow keys.</p>
        </>
      ) : (
        <>
          <h2>Quiet so far.</h2>
          <p class="soft">
            Invite somebody with a link, or accept the link somebody sent you. Meeting takes about a
            minute.
          </p>
          <button type="button" class="button button-main" onClick={() => go({ kind: 'invite' })}>
            Invite or accept
          </button>
        </>
      )}
    </div>
  );
}

function Join() {
  const [card, setCard] = useState('');
  const [busy, setBusy] = useState(false);
  const join = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    await joinNetwork(card.trim());
    setBusy(false);
  };
  return (
    <div class="calm">
      <RestMark size={72} />
      <h2>Join a network</h2>
      <p class="soft">
        Whoever runs the network gives you its card: one line that begins with tacet:network.
      </p>
      <form class="stack" onSubmit={(event) => void join(event)}>
        <label class="field">
          <span>Network card</span>
          <textarea
            rows={4}
            spellcheck={false}
            autocomplete="off"
            value={card}
            onInput={(event) => setCard(event.currentTarget.value)}
          />
        </label>
        <button
          type="submit"
          class="button button-main"
          disabled={busy || !card.trim().startsWith('tacet:network/')}
        >
          {busy ? 'Joining' : 'Join'}
        </button>
      </form>
    </div>
  );
}
