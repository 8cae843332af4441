/** Where one writes. Enter sends, Shift+Enter makes a line; a draft stays with its contact. */
import type { ContactView } from '@tacet/api';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { dismissMeeting } from '../state/actions.ts';
import { editText } from '../state/acts.ts';
import { attach, attachments, sendAttached } from '../state/attach.ts';
import { keepDraft } from '../state/drafts.ts';
import { cancelIntent, editNewest } from '../state/intent.ts';
import { sendText } from '../state/outgoing.ts';
import { drafts, draftVersion, intents, status } from '../state/store.ts';
import { record, voice } from '../state/voice.ts';
import { canRecord } from '../voice/microphone.ts';
import { sentenceOfCode } from '../words/errors.ts';
import { safeName } from '../words/safe.ts';
import { spanRange } from '../words/time.ts';
import { AttachButton, Attachments, useDrop } from './attachments.tsx';
import { CheckIcon, MicrophoneIcon, SendIcon } from './icons.tsx';
import { IntentBar } from './intent-bar.tsx';
import { VoiceFoot, VoiceRecorder } from './voice-recorder.tsx';

/** One message holds 16 KiB of UTF-8. */
const MAX_BYTES = 16_384;
const METER_FROM = 12_288;

export function Composer({ contact }: { readonly contact: ContactView }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [size, setSize] = useState(() => byteLength(drafts.get(contact.id) ?? ''));
  const mic = useRef<HTMLButtonElement>(null);
  const isVoice = voice.value?.contactId === contact.id;
  const wasVoice = useRef(false);
  const [busy, setBusy] = useState(false);
  const intent = intents.value.get(contact.id) ?? null;
  const name = safeName(contact.name);
  const isTooLong = size > MAX_BYTES;
  const attached = attachments.value.filter((one) => one.contactId === contact.id);
  const isReady = attached.every((one) => one.state === 'ready' && one.upload !== null);
  const canSend = !isTooLong && !busy && isReady && (size > 0 || attached.length > 0);
  useDrop(contact.id);

  // When a note is sent or given up, focus is where it began.
  useLayoutEffect(() => {
    if (wasVoice.current && !isVoice) mic.current?.focus();
    wasVoice.current = isVoice;
  }, [isVoice]);

  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.value = drafts.get(contact.id) ?? '';
    setSize(byteLength(element.value));
    grow(element);
    if (!matchMedia('(max-width: 719px)').matches) element.focus();
  }, [contact.id, draftVersion.value]);

  function changed(): void {
    const element = field.current;
    if (element === null) return;
    keepDraft(contact.id, element.value);
    setSize(byteLength(element.value));
    grow(element);
  }

  function send(): void {
    const element = field.current;
    const text = element?.value.trim() ?? '';
    if (element === null || !canSend || (text === '' && attached.length === 0)) return;
    if (intent?.kind === 'edit') {
      void replace(intent.id, text);
      return;
    }
    if (attached.length > 0) {
      void sendFiles(text);
      return;
    }
    sendText(contact.id, text, intent?.id ?? null);
    cancelIntent(contact.id);
    element.value = '';
    changed();
    element.focus();
  }

  /** Words stay in the composer until the first file took them along. */
  async function sendFiles(text: string): Promise<void> {
    if (busy) return;
    setBusy(true);
    const isTaken = await sendAttached(contact.id, text);
    setBusy(false);
    if (!isTaken || field.current === null || field.current.value.trim() !== text) return;
    field.current.value = '';
    changed();
    field.current.focus();
  }

  /** The new version stays in the composer until the daemon has it. */
  async function replace(id: string, text: string): Promise<void> {
    if (busy) return;
    setBusy(true);
    const isSaved = await editText(id, text, crypto.randomUUID());
    setBusy(false);
    const now = intents.value.get(contact.id);
    if (isSaved && now?.kind === 'edit' && now.id === id) cancelIntent(contact.id);
  }

  function leave(): void {
    cancelIntent(contact.id);
    field.current?.focus();
  }

  if (contact.state === 'ended') return <Ended contact={contact} />;
  const isElsewhere = voice.value !== null && !isVoice;
  return (
    <form
      class="composer"
      data-section
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {isVoice && <VoiceRecorder contact={contact} />}
      {intent !== null && !isVoice && (
        <IntentBar intent={intent} name={name} onCancel={() => leave()} />
      )}
      {!isVoice && <Attachments contactId={contact.id} />}
      <div class="composer-box" hidden={isVoice}>
        {intent === null && <AttachButton contactId={contact.id} />}
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={`Message to ${name}`}
          placeholder={`Message to ${name}`}
          aria-invalid={isTooLong}
          aria-describedby="composer-foot"
          enterkeyhint="send"
          autocomplete="off"
          onInput={changed}
          onPaste={(event) => {
            const files = event.clipboardData?.files;
            if (files === undefined || files.length === 0 || intent !== null) return;
            event.preventDefault();
            attach(contact.id, files);
          }}
          onKeyDown={(event) => {
            if (event.isComposing) return;
            const isUp = event.key === 'ArrowUp' && size === 0 && intent === null;
            if (event.key === 'Enter' && !event.shiftKey) send();
            else if (event.key === 'Escape' && intent !== null) leave();
            else if (!(isUp && !event.altKey && editNewest(contact.id))) return;
            event.preventDefault();
          }}
        />
        {canRecord() && size === 0 && intent === null && attached.length === 0 && (
          <button
            type="button"
            class="tool"
            ref={mic}
            aria-label="Record a voice note"
            title={isElsewhere ? 'A voice note to somebody else waits' : 'Record a voice note'}
            disabled={isElsewhere}
            onClick={() => void record(contact.id)}
          >
            <MicrophoneIcon />
          </button>
        )}
        <button
          type="submit"
          class="send"
          aria-label={intent?.kind === 'edit' ? 'Save the new version' : 'Send'}
          title={intent?.kind === 'edit' ? 'Save (Enter)' : 'Send (Enter)'}
          disabled={!canSend}
        >
          {intent?.kind === 'edit' ? <CheckIcon /> : <SendIcon />}
        </button>
      </div>
      <p class="composer-foot soft" id="composer-foot">
        {isVoice ? <VoiceFoot /> : <span>{expectation(contact)}</span>}
        {size > METER_FROM && (
          <span class={isTooLong ? 'bad' : ''}>
            {isTooLong
              ? `${(size - MAX_BYTES).toLocaleString()} bytes too long`
              : `${(MAX_BYTES - size).toLocaleString()} bytes left`}
          </span>
        )}
      </p>
    </form>
  );
}

/** Why nothing can be written, and a way out of a meeting that failed. */
function Ended({ contact }: { readonly contact: ContactView }) {
  return (
    <div class="composer-ended soft">
      <p>
        {sentenceOfCode(contact.reason ?? '') ?? 'This conversation has ended.'} Nothing can be
        sent.
      </p>
      {contact.steps.ready === null && (
        <button type="button" class="button" onClick={() => void dismissMeeting(contact.id)}>
          Take off the list
        </button>
      )}
    </div>
  );
}

/** From this profile's own past receipts, never a promise. */
function expectation(contact: ContactView): string {
  if (contact.state === 'meeting') return 'Waits here until you have met.';
  if (contact.blocked) return 'Blocked: it waits here until you end the block.';
  const { deliveryP50, deliveryP95, link } = status.value ?? {};
  if (link === 'offline') return 'Offline: it waits here and leaves by itself.';
  if (typeof deliveryP50 !== 'number' || typeof deliveryP95 !== 'number') {
    return 'A mix network takes its time: seconds, not instants.';
  }
  return `Usually there in ${spanRange(deliveryP50, deliveryP95)}.`;
}

/** Browsers without `field-sizing` get their height by hand. */
function grow(element: HTMLTextAreaElement): void {
  if (CSS.supports('field-sizing', 'content')) return;
  element.style.height = 'auto';
  element.style.height = `${element.scrollHeight}px`;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
