/** What happened to one message: where it is, what comes next, and every fact with its time. */
import type { MessageDetail, VersionView } from '@tacet/api';
import { useEffect, useState } from 'preact/hooks';
import { call } from '../link/rpc.ts';
import { contactOf, messages, sheet, status } from '../state/store.ts';
import { sentenceOf } from '../words/errors.ts';
import { safeName, safeText } from '../words/safe.ts';
import { markOf, PLAIN, stateWord } from '../words/states.ts';
import { exactTime, fullTime, span } from '../words/time.ts';
import { factsOf, whereIsIt } from '../words/why.ts';
import { Mark } from './marks.tsx';
import { SheetFrame } from './sheet.tsx';

export function MessageSheet() {
  const open = sheet.value;
  return open?.kind === 'message' ? <Details key={open.id} id={open.id} /> : null;
}

function Details({ id }: { readonly id: string }) {
  const [detail, setDetail] = useState<MessageDetail | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [time, setTime] = useState(Date.now());
  // The row's signal changes with every new state: then the evidence is read again.
  const live = messages.get(id)?.value;
  useEffect(() => {
    let isOver = false;
    void live;
    call('message.get', { id })
      .then((fresh) => {
        if (!isOver) setDetail(fresh);
      })
      .catch((error: unknown) => {
        if (!isOver) setProblem(sentenceOf(error));
      });
    return () => {
      isOver = true;
    };
  }, [id, live]);
  useEffect(() => {
    const timer = setInterval(() => setTime(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <SheetFrame title="What happened to this message">
      {detail !== null ? (
        <Story detail={detail} time={time} />
      ) : (
        <p class="soft">{problem ?? 'Reading what is known'}</p>
      )}
    </SheetFrame>
  );
}

/** @param of the newest text: when it changes they are read again */
function Versions({ id, of }: { readonly id: string; readonly of: string }) {
  const [versions, setVersions] = useState<readonly VersionView[]>([]);
  useEffect(() => {
    let isOver = false;
    call('message.history', { id })
      .then((read) => {
        if (!isOver) setVersions(read.versions);
      })
      // Deleted meanwhile: then there are none.
      .catch(() => undefined);
    return () => {
      isOver = true;
    };
  }, [id, of]);
  return (
    <section class="stack">
      <h3>What it said</h3>
      <ol class="versions">
        {versions.map((one) => (
          <li key={one.sentAt}>
            <p class="text" dir="auto">
              {safeText(one.text)}
            </p>
            <p class="soft">
              <time title={fullTime(one.sentAt)}>{exactTime(one.sentAt)}</time>
              {one.state !== 'received' && ` · ${stateWord({ ...PLAIN, state: one.state })}`}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Story({ detail, time }: { readonly detail: MessageDetail; readonly time: number }) {
  const name = safeName(contactOf(detail.contactId)?.name ?? '');
  const { headline, next } = whereIsIt(detail, name, status.value, time);
  const facts = factsOf(detail.evidence, name);
  const mark = markOf(detail);
  return (
    <>
      <p class="story-state">
        {mark !== null && <Mark name={mark} />}
        {detail.late && detail.state !== 'delivered'
          ? `${stateWord(detail)}: slower than usual`
          : stateWord(detail)}
      </p>
      <p class="story-head">{headline}</p>
      {next !== null && <p class="soft">{next}</p>}
      {detail.editedAt !== null && <Versions id={detail.id} of={detail.text} />}
      {facts.length > 0 && (
        <ol class="facts" aria-label="Facts">
          {facts.map((fact, index) => (
            <li key={index}>
              <span>{fact.text}</span>
              <time title={fullTime(fact.at)}>{exactTime(fact.at)}</time>
              <span class="soft">
                {index === 0 ? '' : `+${span(fact.at - (facts[0]?.at ?? 0))}`}
              </span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
