/** What a browser recorded of a beep (vectors/files/voice.json), and what somebody may have put into it. */
import { readFileSync } from 'node:fs';

interface Recording {
  readonly what: string;
  readonly base64: string;
}

const path = new URL('../../../vectors/files/voice.json', import.meta.url);
const { recordings } = JSON.parse(readFileSync(path, 'utf8')) as { recordings: Recording[] };

/** 660 ms at a constant 16 kbit/s, with the name of the browser in it; clusters without an end. */
export const RECORDING = Buffer.from(
  recordings.find(({ what }) => what === 'constant rate in pieces')?.base64 ?? '',
  'base64',
);

/** Stands in the tags. */
export const VOICE_CANARY = 'canary: recorded at home by Alice';

const TAGS = Buffer.from('1254c367', 'hex');

export function recordingWithTags(): Buffer {
  const text = Buffer.from(VOICE_CANARY);
  return Buffer.concat([RECORDING, TAGS, Buffer.from([0x80 | text.length]), text]);
}
