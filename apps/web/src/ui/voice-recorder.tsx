/** A voice note in the making, in place of the line one writes in: recorded, listened to, sent. */
import type { ContactView } from '@tacet/api';
import { useEffect, useRef } from 'preact/hooks';
import { discard, finish, LIVE_LEVELS, LONGEST, sendNote, voice } from '../state/voice.ts';
import { playTime } from '../voice/loudness.ts';
import { safeName } from '../words/safe.ts';
import { SendIcon, StopIcon } from './icons.tsx';
import { VoicePlayer } from './voice-player.tsx';
import { Waveform } from './waveform.tsx';

/** So much before the end it is said. */
const NEAR = 10_000;

export function VoiceRecorder({ contact }: { readonly contact: ContactView }) {
  const box = useRef<HTMLFieldSetElement>(null);
  const now = voice.value;
  const kind = now?.kind;
  // Focus goes on to what can be done next, and is never lost with a button.
  useEffect(() => {
    box.current?.querySelector<HTMLElement>('[data-next]')?.focus();
  }, [kind]);
  // Whoever leaves the conversation is not recorded any more.
  useEffect(() => () => void finish(), [contact.id]);
  if (now === null) return null;
  return (
    <fieldset
      ref={box}
      class="voice-box"
      aria-label={`Voice note to ${safeName(contact.name)}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        discard();
      }}
    >
      <button type="button" class="button button-quiet" onClick={discard}>
        {now.kind === 'ready' ? 'Discard' : now.kind === 'failed' ? 'Close' : 'Cancel'}
      </button>
      <Middle />
      <p class="hidden" role="status">
        {STATUS[now.kind]}
      </p>
    </fieldset>
  );
}

const STATUS = {
  asking: 'The browser asks for the microphone',
  recording: 'Recording',
  making: 'Getting the voice note ready',
  ready: 'The voice note is ready: listen to it, send it or discard it',
  failed: '',
} as const;

function Middle() {
  const now = voice.value;
  switch (now?.kind) {
    case undefined:
      return null;
    case 'asking':
      return <p class="voice-word soft">Allow the microphone in your browser</p>;
    case 'making':
      return <p class="voice-word soft">Getting it ready</p>;
    case 'failed':
      return (
        <p class="voice-word bad" role="alert" tabIndex={-1} data-next>
          {now.sentence}
        </p>
      );
    case 'recording': {
      const quiet = new Array<number>(LIVE_LEVELS - now.levels.length).fill(0);
      const left = LONGEST - now.at;
      return (
        <>
          <span class="recording-dot" aria-hidden="true" />
          <div class="live">
            <Waveform peaks={[...quiet, ...now.levels.map((level) => level * 255)]} played={1} />
          </div>
          <span class="voice-time" role="timer" aria-label="Recorded">
            {playTime(now.at)}
          </span>
          {left < NEAR && <span class="warn">{Math.ceil(Math.max(0, left) / 1_000)} s left</span>}
          <button
            type="button"
            class="send"
            aria-label="Stop recording"
            title="Stop"
            data-next
            onClick={() => void finish()}
          >
            <StopIcon />
          </button>
        </>
      );
    }
    case 'ready':
      return (
        <>
          <VoicePlayer id="own" duration={now.duration} peaks={now.peaks} own={now.bytes} />
          <button
            type="button"
            class="send"
            aria-label="Send voice note"
            title="Send"
            data-next
            disabled={now.isSending || !now.fits}
            onClick={() => void sendNote()}
          >
            <SendIcon />
          </button>
        </>
      );
  }
}

/** Under it: how long it will take, or why not. */
export function VoiceFoot() {
  const now = voice.value;
  if (now?.kind === 'recording')
    return <span>At most {playTime(LONGEST)}. It stays in memory until you send it.</span>;
  if (now?.kind !== 'ready') return <span />;
  if (now.trouble !== null) return <span class="bad">{now.trouble}</span>;
  return (
    <span>
      {now.range === null ? 'It waits here and leaves by itself.' : `On its way for ${now.range}.`}
    </span>
  );
}
