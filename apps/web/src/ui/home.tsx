/** The right side when no conversation is open. */
import { useState } from 'preact/hooks';
import { acceptInvitation, go, joinNetwork } from '../state/actions.ts';
import { contacts, status } from '../state/store.ts';
import { pauseSentence } from '../words/network.ts';
import { safeName } from '../words/safe.ts';
import { RestMark } from './icons.tsx';

export function Home() {
  const { value } = status;
  if (value !== null && value.card === null) return <Join />;
  if (value !== null && value.card !== null && value.network === null) {
    return (
      <div class="calm" role="status">
        <RestMark size={72} />
        <h2>
          Joining <bdi>{safeName(value.card.name)}</bdi>.
        </h2>
        <p class="soft">{pauseSentence(value) ?? 'Looking for a way into the network.'}</p>
        <details>
          <summary>Another card or invitation</summary>
          <p class="soft">
            It takes the place of this one, as long as its network was not reached.
          </p>
          <JoinForm />
        </details>
      </div>
    );
  }
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
  return (
    <div class="calm">
      <RestMark size={72} />
      <h2>Join a network</h2>
      <p class="soft">
        Paste a full invitation somebody made for you, or the card of a network: one line that
        begins with tacet:network. A card decides which network you are on.
      </p>
      <JoinForm />
    </div>
  );
}

function JoinForm() {
  const [given, setGiven] = useState('');
  const [busy, setBusy] = useState(false);
  const text = given.trim();
  const isCard = text.startsWith('tacet:network/');
  const isLink = text.includes('#');
  const join = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    if (isCard) await joinNetwork(text);
    else await acceptInvitation(text, '');
    setBusy(false);
  };
  return (
    <form class="stack" onSubmit={(event) => void join(event)}>
      <label class="field">
        <span>Invitation or network card</span>
        <textarea
          rows={4}
          spellcheck={false}
          autocomplete="off"
          value={given}
          onInput={(event) => setGiven(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button button-main" disabled={busy || !(isCard || isLink)}>
        {busy ? 'Joining' : 'Join'}
      </button>
    </form>
  );
}
