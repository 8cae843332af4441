/** The left side: who, what was last, and how the connection is. */
import type { ContactView, ProfileStatus } from '@tacet/api';
import { attempt, go, openSheet } from '../state/actions.ts';
import { isMuted, pins } from '../state/arranged.ts';
import { lock } from '../state/lifecycle.ts';
import { contacts, drafts, now, searched, status, view } from '../state/store.ts';
import { levelName } from '../words/levels.ts';
import { linkWord } from '../words/network.ts';
import { safeName, snippet } from '../words/safe.ts';
import { markOf, stateWord } from '../words/states.ts';
import { listTime, span, spanRange } from '../words/time.ts';
import { Avatar } from './avatar.tsx';
import { LockIcon, MutedIcon, PinIcon, PlusIcon, RestMark } from './icons.tsx';
import { LinkDot } from './link-dot.tsx';
import { Mark } from './marks.tsx';
import { stepCount } from './meeting.tsx';
import { archivedContacts, lastSign, sortedContacts } from './order.ts';
import { Results, SearchField } from './search.tsx';

export function Sidebar() {
  return (
    <div class="side" data-section>
      <header class="side-head">
        <RestMark />
        <h1 class="side-name">
          <button type="button" class="side-you" onClick={() => openSheet({ kind: 'you' })}>
            <bdi>{safeName(status.value?.profile ?? 'Tacet')}</bdi>
            <span class="hidden">: your address, backups and locks</span>
          </button>
        </h1>
        <button
          type="button"
          class="tool"
          aria-label="Invite or accept an invitation"
          title="Invite or accept an invitation"
          aria-current={view.value.kind === 'invite' ? 'true' : undefined}
          onClick={() => go({ kind: 'invite' })}
        >
          <PlusIcon />
        </button>
        <button
          type="button"
          class="tool"
          aria-label="Lock"
          title="Lock (Ctrl+Shift+L)"
          onClick={() => void attempt(() => lock(false))}
        >
          <LockIcon />
        </button>
      </header>
      {(contacts.value?.length ?? 0) > 0 && <SearchField />}
      {searched.value === null ? <Conversations /> : <Results />}
      {status.value !== null && <StatusButton status={status.value} />}
    </div>
  );
}

function Conversations() {
  const list = sortedContacts();
  const away = archivedContacts();
  if (contacts.value === null) return <p class="side-empty">Reading your conversations.</p>;
  if (list.length + away.length === 0) {
    return (
      <div class="side-empty">
        <p>Nobody here yet. Invite somebody, or use the link somebody sent you.</p>
        <button
          type="button"
          class="button button-main only-narrow"
          onClick={() => go({ kind: 'invite' })}
        >
          Invite or accept
        </button>
      </div>
    );
  }
  return (
    <nav class="side-list" aria-label="Conversations">
      <ul>
        {list.map((contact) => (
          <li key={contact.id}>
            <Row contact={contact} />
          </li>
        ))}
      </ul>
      {away.length > 0 && (
        <details class="side-away">
          <summary>Put away ({away.length})</summary>
          <ul>
            {away.map((contact) => (
              <li key={contact.id}>
                <Row contact={contact} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </nav>
  );
}

function Row({ contact }: { readonly contact: ContactView }) {
  const current = view.value;
  const isOpen = current.kind === 'chat' && current.contactId === contact.id;
  const name = safeName(contact.name);
  const at = lastSign(contact);
  const muted = isMuted(contact.id, false, now.value);
  return (
    <button
      type="button"
      class="row"
      data-contact={contact.id}
      aria-current={isOpen ? 'true' : undefined}
      onClick={() => go({ kind: 'chat', contactId: contact.id })}
    >
      <Avatar id={contact.id} name={contact.name} />
      <span class="row-text">
        <span class="row-top">
          <span class="row-name">
            <bdi>{name}</bdi>
          </span>
          {contact.blocked && <span class="tag">blocked</span>}
          {muted && (
            <>
              <MutedIcon size={14} />
              <span class="hidden">muted</span>
            </>
          )}
          {pins.value.includes(contact.id) && (
            <>
              <PinIcon size={14} />
              <span class="hidden">pinned</span>
            </>
          )}
          {at > 0 && <span class="row-time">{listTime(at, now.value)}</span>}
        </span>
        <span class="row-bottom">
          <LastLine contact={contact} isOpen={isOpen} />
          {contact.unread > 0 && (
            <span class={muted ? 'count count-muted' : 'count'}>
              {contact.unread}
              <span class="hidden"> unread</span>
            </span>
          )}
        </span>
      </span>
    </button>
  );
}

function LastLine({
  contact,
  isOpen,
}: {
  readonly contact: ContactView;
  readonly isOpen: boolean;
}) {
  const draft = drafts.get(contact.id);
  if (!isOpen && draft !== undefined && draft.trim() !== '') {
    return (
      <span class="row-last">
        <span class="row-draft">Draft: </span>
        <bdi>{snippet(draft)}</bdi>
      </span>
    );
  }
  const last = contact.lastMessage;
  if (contact.state === 'meeting') {
    return <span class="row-last">Meeting, step {stepCount(contact.steps)} of 4</span>;
  }
  if (contact.state === 'ended' && contact.steps.ready === null) {
    return <span class="row-last">Could not meet</span>;
  }
  if (last === null) return <span class="row-last">No messages yet</span>;
  const mark = markOf(last);
  return (
    <span class="row-last">
      {mark !== null && (
        <>
          <Mark name={mark} />
          <span class="hidden">{stateWord(last)}. </span>
        </>
      )}
      <bdi>{snippet(last.text)}</bdi>
    </span>
  );
}

function StatusButton({ status: current }: { readonly status: ProfileStatus }) {
  const { deliveryP50, deliveryP95, outbox, link, level } = current;
  return (
    <button type="button" class="status" onClick={() => openSheet({ kind: 'network' })}>
      <LinkDot link={link} />
      <span class="status-word">{linkWord[link]}</span>
      <span class="status-more">
        {levelName[level]}
        {outbox > 0 ? ` · ${outbox} waiting` : ''}
        {outbox === 0 && deliveryP50 !== null
          ? ` · ${deliveryP95 === null ? span(deliveryP50) : spanRange(deliveryP50, deliveryP95)}`
          : ''}
      </span>
      <span class="hidden">. Show network and privacy level</span>
    </button>
  );
}
