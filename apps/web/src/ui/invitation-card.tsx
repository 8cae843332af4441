/** One invitation: on its way, ready with link and code, or over. */
import type { InvitationView } from '@tacet/api';
import { useState } from 'preact/hooks';
import { call } from '../link/rpc.ts';
import { attempt, go, say } from '../state/actions.ts';
import { contactOf, now } from '../state/store.ts';
import { safeName } from '../words/safe.ts';
import { span } from '../words/time.ts';
import { CopyIcon } from './icons.tsx';
import { QrCode } from './qr.tsx';

export function InvitationCard({ invitation }: { readonly invitation: InvitationView }) {
  const { id, label, state, link, contactId } = invitation;
  const title = label.trim() === '' ? 'Invitation' : safeName(label);
  const isOpen = state === 'preparing' || state === 'ready';
  const person = contactId === null ? null : contactOf(contactId);
  return (
    <article class="card invitation">
      <header class="invitation-head">
        <h4>
          <bdi>{title}</bdi>
        </h4>
        <p class="soft">{stateLine(invitation)}</p>
      </header>
      {link !== null && state === 'ready' && (
        <LinkPart link={link} fullLink={invitation.fullLink} title={title} />
      )}
      <p class="invitation-foot">
        {isOpen && (
          <button type="button" class="button button-quiet" onClick={() => void revoke(id)}>
            Take it back
          </button>
        )}
        {person !== null && (
          <button
            type="button"
            class="button"
            onClick={() => go({ kind: 'chat', contactId: person.id })}
          >
            Open conversation
          </button>
        )}
      </p>
    </article>
  );
}

interface Links {
  readonly link: string;
  readonly fullLink: string | null;
  readonly title: string;
}

function LinkPart({ link: short, fullLink, title }: Links) {
  const [shown, setShown] = useState(true);
  const [full, setFull] = useState(false);
  const link = full && fullLink !== null ? fullLink : short;
  return (
    <div class="invitation-link">
      {shown && <QrCode text={link} label={`Code of the invitation for ${title}`} />}
      <div class="stack">
        <label class="field">
          <span>Link, works once</span>
          <input
            type="text"
            readOnly
            class="mono"
            value={link}
            onFocus={(event) => event.currentTarget.select()}
          />
        </label>
        <p class="button-row">
          <button type="button" class="button button-main" onClick={() => void copy(link)}>
            <CopyIcon size={18} /> Copy link
          </button>
          <button type="button" class="button button-quiet" onClick={() => setShown(!shown)}>
            {shown ? 'Hide code' : 'Show code'}
          </button>
        </p>
        {fullLink !== null && (
          <label class="check">
            <input
              type="checkbox"
              checked={full}
              onChange={(event) => setFull(event.currentTarget.checked)}
            />
            <span>For somebody who is on no network yet: carries this network's card</span>
          </label>
        )}
        <p class="soft">
          Whoever opens it first becomes your contact, so send it only to the person it is for.
        </p>
      </div>
    </div>
  );
}

function stateLine({ state, expiresAt }: InvitationView): string {
  switch (state) {
    case 'preparing':
      return 'Being put into the network, usually 5–30 s. The link appears when it is there.';
    case 'ready':
      return `Ready. Valid for ${span(expiresAt - now.value)}.`;
    case 'used':
      return 'Used.';
    case 'expired':
      return 'Not used in time.';
    case 'revoked':
      return 'Taken back.';
  }
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say('Link copied.');
  } catch {
    say('The browser did not allow copying: select the link and copy it by hand.', 'bad');
  }
}

async function revoke(id: string): Promise<void> {
  await attempt(async () => {
    await call('invite.revoke', { id });
  });
}
