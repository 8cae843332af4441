/**
 * The messages: a plain named list with one tab stop. It keeps to the end while the reader is
 * there and never moves the reader otherwise. What is new is read out by the hidden log.
 */
import type { ContactView, MessageView } from '@tacet/api';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { markRead } from '../state/actions.ts';
import { target } from '../state/jump.ts';
import { messages, now, pendings, type Thread } from '../state/store.ts';
import { forgetLate, readNewest, readOlder } from '../state/thread.ts';
import { safeName } from '../words/safe.ts';
import { dayName } from '../words/time.ts';
import { DownIcon, RestMark, UpIcon } from './icons.tsx';
import { MessageRow } from './message-row.tsx';
import { PendingRow } from './pending-row.tsx';
import { moveFocus, settleTabStop } from './roving.ts';
import { type ListRow, rowsOf, stillWaiting } from './rows.ts';

/** Closer to the end than this and the list stays at the end. */
const NEAR = 80;
/** Older messages are read this far before the top is reached. */
const AHEAD = 800;
/** ms for which a row that was led to stands out. */
const FOUND = 2_000;

interface Props {
  readonly contact: ContactView;
  readonly open: Thread;
}

export function MessageList({ contact, open }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  const lastSeen = useRef<string | null>(null);
  const [behind, setBehind] = useState(0);
  const name = safeName(contact.name);
  const views = open.ids
    .map((id) => messages.get(id)?.peek())
    .filter((view): view is MessageView => view !== undefined);
  const waiting = stillWaiting(pendings.value, contact.id, views);
  const newestOwn = views.findLast(({ direction }) => direction === 'out')?.id ?? null;

  function toEnd(): void {
    if (box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }

  function settle(): void {
    if (atEnd.current) {
      toEnd();
      lastSeen.current = open.ids.at(-1) ?? null;
      setBehind(0);
    } else {
      const seen = open.ids.indexOf(lastSeen.current ?? '');
      setBehind(seen === -1 ? 0 : open.ids.length - 1 - seen);
    }
  }

  function onScroll(): void {
    const element = box.current;
    if (element === null) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    atEnd.current = left < NEAR && !open.hasNewer;
    if (atEnd.current) settle();
    if (element.scrollTop < AHEAD && open.hasOlder) {
      // At the very top a browser does not hold the reader's place.
      if (element.scrollTop === 0) element.scrollTop = 1;
      void readOlder().catch(() => undefined);
    }
    lookedAt();
  }

  function lookedAt(): void {
    if (contact.unread > 0 && atEnd.current && isLookedAt()) void markRead(contact.id);
  }

  useLayoutEffect(() => {
    if (open.state !== 'ready') return;
    const divider = list.current?.querySelector('.unread-line');
    toEnd();
    if (divider instanceof HTMLElement) {
      divider.scrollIntoView({ block: 'center' });
      onScroll();
    }
  }, [open.state]);

  useLayoutEffect(() => {
    settle();
    settleTabStop(list.current);
    lookedAt();
  });

  useEffect(() => {
    const keep = new ResizeObserver(() => {
      if (atEnd.current) toEnd();
    });
    if (box.current !== null) keep.observe(box.current);
    if (list.current !== null) keep.observe(list.current);
    return () => keep.disconnect();
  }, []);

  useEffect(() => {
    addEventListener('focus', lookedAt);
    document.addEventListener('visibilitychange', lookedAt);
    return () => {
      removeEventListener('focus', lookedAt);
      document.removeEventListener('visibilitychange', lookedAt);
    };
  });

  // To one of them: what it answers, what was searched for.
  useLayoutEffect(() => {
    const id = target.value;
    if (id === null || open.state !== 'ready' || !open.ids.includes(id)) return;
    target.value = null;
    show(id);
  }, [target.value, open.ids, open.state]);

  const rows = rowsOf(views, open.unreadFrom);
  const isEmpty = open.state === 'ready' && rows.length === 0 && waiting.length === 0;
  return (
    <div class="thread" data-section>
      <div class="thread-scroll" ref={box} onScroll={onScroll}>
        {open.hasOlder && <p class="thread-older soft">Reading older messages</p>}
        {isEmpty && <Empty contact={contact} />}
        {open.state === 'loading' && <p class="thread-older soft slow">Reading the messages</p>}
        <ol
          ref={list}
          class="messages"
          aria-label={`Messages with ${name}`}
          onKeyDown={(event) => moveFocus(event, list.current)}
          onFocusIn={() => settleTabStop(list.current)}
        >
          {rows.map((row) => (
            <Row key={row.key} row={row} contact={contact} newestOwn={newestOwn} />
          ))}
          {waiting.map((entry) => (
            <PendingRow key={entry.clientId} entry={entry} />
          ))}
        </ol>
      </div>
      <div class="pills">
        {open.arrivedAbove.length > 0 && (
          <button type="button" class="pill" onClick={() => leadTo(open.arrivedAbove[0] ?? '')}>
            <UpIcon size={16} />
            {open.arrivedAbove.length === 1
              ? '1 earlier message arrived'
              : `${open.arrivedAbove.length} earlier messages arrived`}
          </button>
        )}
        {(behind > 0 || open.hasNewer) && (
          <button
            type="button"
            class="pill"
            onClick={() => {
              atEnd.current = true;
              if (open.hasNewer) void readNewest();
              else settle();
            }}
          >
            <DownIcon size={16} />
            {behind > 0 ? `${behind} new` : 'Newest'}
          </button>
        )}
      </div>
    </div>
  );

  function leadTo(id: string): void {
    forgetLate();
    show(id);
  }

  function show(id: string): void {
    const row = list.current?.querySelector(`[data-id="${CSS.escape(id)}"]`);
    if (!(row instanceof HTMLElement)) return;
    atEnd.current = false;
    row.scrollIntoView({ block: 'center' });
    row.focus({ preventScroll: true });
    row.classList.add('is-found');
    setTimeout(() => row.classList.remove('is-found'), FOUND);
  }
}

interface RowProps {
  readonly row: ListRow;
  readonly contact: ContactView;
  readonly newestOwn: string | null;
}

function Row({ row, contact, newestOwn }: RowProps) {
  switch (row.kind) {
    case 'day':
      return <li class="day">{dayName(row.at, now.value)}</li>;
    case 'unread':
      return <li class="unread-line">New</li>;
    case 'message': {
      const message = messages.get(row.id);
      return message === undefined ? null : (
        <MessageRow
          message={message}
          name={contact.name}
          first={row.first}
          last={row.last}
          spelled={row.id === newestOwn}
        />
      );
    }
  }
}

function Empty({ contact }: { readonly contact: ContactView }) {
  return (
    <div class="thread-empty">
      <RestMark size={48} />
      <p>
        No messages with <bdi>{safeName(contact.name)}</bdi> yet.
      </p>
      <p class="soft">What you write here is read by the two of you and by nobody else.</p>
    </div>
  );
}

function isLookedAt(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}
