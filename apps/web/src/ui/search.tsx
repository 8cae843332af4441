/** One field for people and words; what it finds stands in place of the conversations. */
import type { ContactView, SearchHit } from '@tacet/api';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { go } from '../state/actions.ts';
import { jumpTo } from '../state/jump.ts';
import { MAX_QUERY, seek, seekOn } from '../state/search.ts';
import { contactOf, now, searched } from '../state/store.ts';
import { marked } from '../words/marked.ts';
import { safeName } from '../words/safe.ts';
import { listTime } from '../words/time.ts';
import { Avatar } from './avatar.tsx';
import { CloseIcon, SearchIcon } from './icons.tsx';
import { archivedContacts, sortedContacts } from './order.ts';

export function SearchField() {
  const field = useRef<HTMLInputElement>(null);
  const text = searched.value?.text ?? '';
  // A lock, or a result that was opened on a narrow screen, empties it from outside. Looked up anew: by the
  // time an effect runs, more may have been typed than this drawing knows.
  useEffect(() => {
    const sought = searched.peek()?.text ?? '';
    if (field.current !== null && field.current.value !== sought) field.current.value = sought;
  }, [text]);
  return (
    <search class="search">
      <SearchIcon size={18} />
      <input
        ref={field}
        type="text"
        class="search-field"
        aria-label="Search people and messages"
        placeholder="Search"
        title="Ctrl+K"
        dir="auto"
        autocomplete="off"
        spellcheck={false}
        maxLength={MAX_QUERY}
        onInput={(event) => seek(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '') return;
          event.preventDefault();
          event.stopPropagation();
          seek('');
        }}
      />
      {text !== '' && (
        <button
          type="button"
          class="tool"
          aria-label="Search no more"
          onClick={() => {
            seek('');
            field.current?.focus();
          }}
        >
          <CloseIcon size={16} />
        </button>
      )}
    </search>
  );
}

export function Results() {
  const found = searched.value;
  if (found === null) return null;
  const wanted = found.text.trim().toLocaleLowerCase();
  const people = [...sortedContacts(), ...archivedContacts()].filter((contact) =>
    safeName(contact.name).toLocaleLowerCase().includes(wanted),
  );
  const { hits, state, problem, next } = found;
  const isDone = state === 'ready' || state === 'short';
  return (
    <nav class="side-list" aria-label="Search results">
      <p class="hidden" role="status">
        {isDone ? `${counted(people.length, 'person', 'people')}, ${messages(hits, next)}` : ''}
      </p>
      {people.length > 0 && (
        <>
          <h2 class="side-part">People</h2>
          <ul>
            {people.map((contact) => (
              <li key={contact.id}>
                <Person contact={contact} />
              </li>
            ))}
          </ul>
        </>
      )}
      {hits.length > 0 && (
        <>
          <h2 class="side-part">Messages</h2>
          <ul class={state === 'reading' ? 'is-older' : ''}>
            {hits.map((hit) => (
              <li key={hit.id}>
                <Hit hit={hit} />
              </li>
            ))}
          </ul>
        </>
      )}
      {next !== null && state === 'ready' && (
        <button type="button" class="button button-quiet" onClick={seekOn}>
          Older ones
        </button>
      )}
      {problem !== null && <p class="side-empty bad">{problem}</p>}
      {state === 'short' && people.length === 0 && (
        <p class="side-empty">Go on: words of two letters and more are found.</p>
      )}
      {state === 'ready' && hits.length === 0 && people.length === 0 && (
        <p class="side-empty">
          Nothing on this device says that. What was deleted or has disappeared is not found, nor
          what stands inside of files.
        </p>
      )}
    </nav>
  );
}

interface FoundProps {
  readonly contactId: string;
  readonly open: () => void;
  readonly time: string | null;
  readonly children: ComponentChildren;
}

function Found({ contactId, open, time, children }: FoundProps) {
  const name = contactOf(contactId)?.name ?? '';
  return (
    <button type="button" class="row" onClick={open}>
      <Avatar id={contactId} name={name} />
      <span class="row-text">
        <span class="row-top">
          <span class="row-name">
            <bdi>{safeName(name)}</bdi>
          </span>
          {time !== null && <span class="row-time">{time}</span>}
        </span>
        {children}
      </span>
    </button>
  );
}

function Person({ contact }: { readonly contact: ContactView }) {
  const open = (): void => {
    seek('');
    go({ kind: 'chat', contactId: contact.id });
  };
  return (
    <Found contactId={contact.id} open={open} time={null}>
      {null}
    </Found>
  );
}

function Hit({ hit }: { readonly hit: SearchHit }) {
  const open = () => void jumpTo(hit.contactId, hit.id);
  return (
    <Found contactId={hit.contactId} open={open} time={listTime(hit.sentAt, now.value)}>
      <span class="hit" dir="auto">
        {hit.direction === 'out' && <span class="soft">You: </span>}
        {hit.excerpt.cutBefore && '…'}
        {marked(hit.excerpt).map(({ text, isMatch }, index) =>
          isMatch ? <mark key={index}>{text}</mark> : text,
        )}
        {hit.excerpt.cutAfter && '…'}
      </span>
    </Found>
  );
}

function messages(hits: readonly SearchHit[], next: string | null): string {
  return next === null
    ? counted(hits.length, 'message', 'messages')
    : `the best ${hits.length} messages`;
}

function counted(n: number, one: string, more: string): string {
  return `${n === 0 ? 'no' : n} ${n === 1 ? one : more}`;
}
