/** A voice note to listen to: play, a line to scrub along by pointer or arrow keys, speed. */
import { playTime, spokenTime } from '../voice/loudness.ts';
import { nextSpeed, playing, seek, speed, toggle } from '../voice/player.ts';
import { PauseIcon, PlayIcon } from './icons.tsx';
import { Waveform } from './waveform.tsx';

/** One press of an arrow, and of Page Up or Down, ms. */
const STEP = 1_000;
const LEAP = 5_000;

interface Props {
  readonly id: string;
  /** ms */
  readonly duration: number;
  readonly peaks: Uint8Array | null;
  /** Of one that is not sent yet. */
  readonly own?: Uint8Array<ArrayBuffer>;
}

export function VoicePlayer({ id, duration, peaks, own }: Props) {
  const mine = playing.value?.id === id ? playing.value : null;
  const at = Math.min(mine?.at ?? 0, duration);
  const isPlaying = mine !== null && !mine.isPaused;
  const length = spokenTime(duration);

  function move(to: number): void {
    void seek(id, Math.min(Math.max(0, to), Math.max(0, duration - 50)), own);
  }

  return (
    <div class="voice-player" dir="ltr">
      <button
        type="button"
        class="play"
        aria-label={`${isPlaying ? 'Pause' : 'Play'} voice note, ${length}`}
        title={isPlaying ? 'Pause' : 'Play'}
        onClick={() => void toggle(id, own)}
      >
        {isPlaying ? <PauseIcon /> : <PlayIcon />}
      </button>
      <div
        class="scrub"
        role="slider"
        tabIndex={0}
        aria-label="Position in the voice note"
        aria-valuemin={0}
        aria-valuemax={Math.round(duration / 1_000)}
        aria-valuenow={Math.round(at / 1_000)}
        aria-valuetext={`${spokenTime(at)} of ${length}`}
        onKeyDown={(event) => {
          const to = target(event.key, at, duration);
          if (to === null) return;
          event.preventDefault();
          // Home and End would leave for another message.
          event.stopPropagation();
          move(to);
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          move(placeOf(event) * duration);
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1) move(placeOf(event) * duration);
        }}
      >
        <Waveform peaks={peaks} played={duration === 0 ? 0 : at / duration} />
      </div>
      <span class="voice-time" aria-hidden="true">
        {mine === null || at === 0 ? playTime(duration) : playTime(at)}
      </span>
      <button
        type="button"
        class="speed"
        aria-label={`Speed ${speed.value} times. Change it`}
        title="Speed"
        onClick={nextSpeed}
      >
        {speed.value}×
      </button>
      {mine?.trouble != null && (
        <p class="voice-trouble bad" role="alert">
          {mine.trouble}
        </p>
      )}
    </div>
  );
}

function placeOf(event: PointerEvent & { readonly currentTarget: Element }): number {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  return width === 0 ? 0 : (event.clientX - left) / width;
}

function target(key: string, at: number, duration: number): number | null {
  switch (key) {
    case 'ArrowLeft':
      return at - STEP;
    case 'ArrowRight':
      return at + STEP;
    case 'PageDown':
      return at - LEAP;
    case 'PageUp':
      return at + LEAP;
    case 'Home':
      return 0;
    case 'End':
      return duration;
    default:
      return null;
  }
}
