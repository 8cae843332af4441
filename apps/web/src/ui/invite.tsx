/** Inviting and being invited. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { call } from '../link/rpc.ts';
import { acceptInvitation, attempt } from '../state/actions.ts';
import { invitations } from '../state/store.ts';
import { BackIcon } from './icons.tsx';
import { InvitationCard } from './invitation-card.tsx';

export function Invite({ onBack }: { readonly onBack: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  const list = [...invitations.value].sort((a, b) => b.createdAt - a.createdAt);
  const open = list.filter(({ state }) => state === 'preparing' || state === 'ready');
  const past = list.filter(({ state }) => state !== 'preparing' && state !== 'ready');
  return (
    <div class="page">
      <header class="page-head">
        <button type="button" class="tool only-narrow" aria-label="Back" onClick={onBack}>
          <BackIcon />
        </button>
        <h2 ref={heading} tabIndex={-1}>
          Invitations
        </h2>
      </header>
      <div class="cards">
        <CreateForm />
        <AcceptForm />
      </div>
      {open.length > 0 && (
        <section>
          <h3>Open invitations</h3>
          {open.map((invitation) => (
            <InvitationCard key={invitation.id} invitation={invitation} />
          ))}
        </section>
      )}
      {past.length > 0 && (
        <section>
          <h3>Earlier</h3>
          {past.map((invitation) => (
            <InvitationCard key={invitation.id} invitation={invitation} />
          ))}
        </section>
      )}
    </div>
  );
}

function CreateForm() {
  const [label, setLabel] = useState('');
  const [busy, setBusy] = useState(false);
  const create = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const made = await attempt(async () => {
      const invitation = await call('invite.create', { label: label.trim() });
      const others = invitations.value.filter(({ id }) => id !== invitation.id);
      invitations.value = [...others, invitation];
    });
    setBusy(false);
    if (made) setLabel('');
  };
  return (
    <form class="card stack" onSubmit={(event) => void create(event)}>
      <h3>Invite somebody</h3>
      <p class="soft">You get a link that works once. Send it by any way you trust.</p>
      <label class="field">
        <span>For whom? Only you see this.</span>
        <input
          type="text"
          dir="auto"
          maxLength={64}
          autocomplete="off"
          value={label}
          onInput={(event) => setLabel(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button button-main" disabled={busy}>
        Make a link
      </button>
    </form>
  );
}

function AcceptForm() {
  const [link, setLink] = useState('');
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const accept = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    await acceptInvitation(link.trim(), name.trim());
    setBusy(false);
  };
  return (
    <form class="card stack" onSubmit={(event) => void accept(event)}>
      <h3>Use an invitation</h3>
      <p class="soft">
        Whoever made the link will be able to write to you. They learn the name of your profile.
      </p>
      <label class="field">
        <span>Invitation link</span>
        <textarea
          rows={2}
          spellcheck={false}
          autocomplete="off"
          value={link}
          onInput={(event) => setLink(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>What you call them (optional)</span>
        <input
          type="text"
          dir="auto"
          maxLength={64}
          autocomplete="off"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button button-main" disabled={busy || link.trim() === ''}>
        {busy ? 'Opening' : 'Accept'}
      </button>
    </form>
  );
}
