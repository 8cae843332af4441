/**
 * One recording from the microphone: constant 16 kbit/s of Opus, kept in memory. The browser asks the
 * person; nothing is heard before `open` and after `stop`.
 */
import { type Loudness, levelOf } from './loudness.ts';

const TYPE = 'audio/webm;codecs=opus';
/** Types of the language do not know the rate's mode yet. */
const OPTIONS: MediaRecorderOptions & { readonly audioBitrateMode: 'constant' } = {
  mimeType: TYPE,
  audioBitsPerSecond: 16_000,
  audioBitrateMode: 'constant',
};
/** How often loudness is measured, ms. */
const MEASURE_EVERY = 50;

export interface Recorded {
  /** WebM, as the browser wrote it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly loudness: readonly Loudness[];
}

/** Whether this browser can record what is sent. */
export function canRecord(): boolean {
  return typeof MediaRecorder !== 'undefined' && MediaRecorder.isTypeSupported(TYPE);
}

export class Microphone {
  private readonly stream: MediaStream;
  private readonly recorder: MediaRecorder;
  private readonly context = new AudioContext();
  private readonly analyser: AnalyserNode;
  private readonly samples: Uint8Array<ArrayBuffer>;
  private readonly pieces: Blob[] = [];
  private readonly loudness: Loudness[] = [];
  private readonly began = performance.now();
  private readonly timer: ReturnType<typeof setInterval>;

  /** @param onLevel each 50 ms, while the page is visible */
  static async open(onLevel: (measured: Loudness) => void): Promise<Microphone> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    return new Microphone(stream, onLevel);
  }

  private constructor(stream: MediaStream, onLevel: (measured: Loudness) => void) {
    this.stream = stream;
    this.analyser = this.context.createAnalyser();
    this.samples = new Uint8Array(this.analyser.fftSize);
    this.context.createMediaStreamSource(stream).connect(this.analyser);
    this.recorder = new MediaRecorder(stream, OPTIONS);
    this.recorder.addEventListener('dataavailable', ({ data }) => this.pieces.push(data));
    this.recorder.start();
    this.timer = setInterval(() => onLevel(this.measure()), MEASURE_EVERY);
  }

  /** Ends it and gives what was recorded. */
  async stop(): Promise<Recorded> {
    const ended = new Promise<void>((resolve) => {
      this.recorder.addEventListener('stop', () => resolve(), { once: true });
    });
    if (this.recorder.state === 'inactive') throw new Error('the microphone went away');
    this.recorder.stop();
    await ended;
    this.release();
    const bytes = new Uint8Array(await new Blob(this.pieces).arrayBuffer());
    return { bytes, loudness: this.loudness };
  }

  /** Lets the microphone go; what was recorded is forgotten. */
  release(): void {
    clearInterval(this.timer);
    for (const track of this.stream.getTracks()) track.stop();
    void this.context.close().catch(() => undefined);
  }

  private measure(): Loudness {
    this.analyser.getByteTimeDomainData(this.samples);
    const measured = { at: performance.now() - this.began, level: levelOf(this.samples) };
    this.loudness.push(measured);
    return measured;
  }
}
