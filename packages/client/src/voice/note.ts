/**
 * Voice notes (docs/spec/19-files.md, 9): made from what a recorder wrote, and recognised when they come
 * from somebody else. Every packet of a note has one length and one size, so its bytes are as many as its
 * duration says.
 */
import { equalBytes } from '@tacet/base';
import { LONGEST_VOICE_MS, MAX_VOICE_BYTES } from '../limits.ts';
import { tooLong, tooRich, unreadable } from './errors.ts';
import { durationOf, leastOf, type OpusPacket, readPacket, writePacket } from './opus.ts';
import { readPackets } from './read.ts';
import { writeWebm } from './write.ts';

/** What a note may be at most. */
export interface VoiceBudget {
  readonly bytes: number;
  /** ms */
  readonly duration: number;
}

export interface VoiceNote {
  /** WebM. */
  readonly bytes: Uint8Array;
  /** ms */
  readonly duration: number;
}

export const VOICE_MEDIA_TYPE = 'audio/webm';

/** Lengths of a packet that are taken, ms. */
const LENGTHS: readonly number[] = [20, 40, 60];
/** Bytes a millisecond: 16, 24 and 32 kbit/s; the first that is enough for every packet. */
const RATES = [2, 3, 4];

/**
 * The note in a WebM of a recorder, without anything else of it.
 * Throws `voice-unreadable`, `voice-long`, `voice-rate`.
 */
export function makeNote(recorded: Uint8Array, budget: VoiceBudget): VoiceNote {
  const packets: OpusPacket[] = [];
  let each = 0;
  for (const bytes of readPackets(recorded)) {
    const packet = readPacket(bytes);
    if (packets.length === 0) each = durationOf(packet);
    if (!LENGTHS.includes(each) || durationOf(packet) !== each) throw unreadable();
    packets.push(packet);
    // At once: a hostile packet costs more than its bytes.
    if (packets.length * each > budget.duration) throw tooLong();
  }
  if (packets.length === 0) throw unreadable();
  const duration = packets.length * each;
  const size = sizeFor(packets, each);
  const bytes = writeWebm(
    packets.map((packet) => writePacket(packet, size)),
    each,
  );
  if (bytes.length > budget.bytes) throw tooLong();
  return { bytes, duration };
}

/**
 * What somebody sent is a note, exactly as it would be made here: answers its duration, ms.
 * Throws `voice-unreadable`, `voice-long`.
 */
export function checkNote(bytes: Uint8Array): number {
  const most = { bytes: MAX_VOICE_BYTES, duration: LONGEST_VOICE_MS };
  const made = makeNote(bytes, most);
  if (!equalBytes(made.bytes, bytes)) throw unreadable();
  return made.duration;
}

/** Of every packet of the note. */
function sizeFor(packets: readonly OpusPacket[], each: number): number {
  const least = packets.reduce((most, packet) => Math.max(most, leastOf(packet)), 0);
  const rate = RATES.find((one) => one * each >= least);
  if (rate === undefined) throw tooRich();
  return rate * each;
}
