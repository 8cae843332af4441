/**
 * Writes vectors/files/voice.json from the slow reference beside it. Made once and frozen: run it by
 * hand only when page 19 says something new, and look at what changed. The recordings are read from it.
 *   node packages/client/test/reference/make-voice-vectors.ts [FOLDER of recordings: *.webm]
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join as joinPath } from 'node:path';
import { hash, toHex } from './primitives.ts';
import * as voice from './voice.ts';

const FILE = 'vectors/files/voice.json';
interface Recording {
  readonly what: string;
  readonly base64: string;
}

const [folder] = process.argv.slice(2);
const recordings: readonly Recording[] =
  folder === undefined
    ? (JSON.parse(readFileSync(FILE, 'utf8')) as { recordings: Recording[] }).recordings
    : readdirSync(folder)
        .filter((name) => name.endsWith('.webm'))
        .map((name) => ({
          what: basename(name, '.webm').replaceAll('-', ' '),
          base64: readFileSync(joinPath(folder, name)).toString('base64'),
        }));

const known = recordings.map(({ what, base64 }) => {
  const note = voice.made(Buffer.from(base64, 'base64'));
  if (note.is !== 'note') throw new Error(`${what}: ${note.code}`);
  const { bytes, duration } = note;
  return { what, base64, size: bytes.length, duration, note: toHex(hash('file-tree', bytes)) };
});

// Packets ----------------------------------------------------------------------------------

const frame = (length: number, seed: number): number[] =>
  Array.from({ length }, (_, n) => (seed + 7 * n) % 256);
/** Configuration 15, hybrid of 20 ms, mono; 11, SILK of 60 ms; 8, SILK of 10 ms. */
const [HYBRID, SILK_60, SILK_10] = [15 * 8, 11 * 8, 8 * 8];
const packets = (
  [
    ['one frame, in its own size', [HYBRID, ...frame(39, 1)], 40],
    ['one frame, a byte more', [HYBRID, ...frame(38, 1)], 40],
    ['one frame, two bytes more', [HYBRID, ...frame(37, 1)], 40],
    ['one frame, many bytes more', [HYBRID, ...frame(2, 1)], 40],
    ['an empty frame', [HYBRID], 40],
    ['a frame of 60 ms', [SILK_60, ...frame(100, 5)], 120],
    ['two frames of one length', [SILK_10 + 1, ...frame(38, 3)], 40],
    ['two frames of one length, padded', [SILK_10 + 1, ...frame(20, 3)], 40],
    ['two frames of two lengths', [SILK_10 + 2, 5, ...frame(30, 3)], 40],
    ['two of one length that say so', [SILK_10 + 2, 10, ...frame(20, 3)], 40],
    ['three frames of one length', [HYBRID + 3, 3, ...frame(117, 9)], 120],
    ['three frames and their own padding', [HYBRID + 3, 0x43, 2, ...frame(114, 9), 9, 9], 120],
    ['three frames of their own lengths', [HYBRID + 3, 0x83, 9, 11, ...frame(50, 9)], 120],
    ['a length of two bytes', [HYBRID + 3, 0x82, 252, 1, ...frame(300, 9)], 400],
    ['padding of 254', [HYBRID, ...frame(0, 0)], 257],
    ['padding of 255', [HYBRID, ...frame(0, 0)], 258],
    ['padding of 600', [HYBRID, ...frame(1, 0)], 606],
  ] as const
).map(([what, given, size]) => ({
  what,
  given: toHex(Uint8Array.from(given)),
  least: voice.least(voice.opened([...given])),
  size,
  made: toHex(Uint8Array.from(voice.closed(voice.opened([...given]), size))),
}));

const badPackets = (
  [
    ['nothing', []],
    ['two halves that differ', [HYBRID + 1, ...frame(3, 1)]],
    ['a length of two bytes that lacks one', [HYBRID + 2, 252]],
    ['no length', [HYBRID + 2]],
    ['a first frame beyond the end', [HYBRID + 2, 9, ...frame(8, 1)]],
    ['no count', [HYBRID + 3]],
    ['no frames', [HYBRID + 3, 0]],
    ['49 frames', [HYBRID + 3, 49, ...frame(49, 1)]],
    ['thirds that differ', [HYBRID + 3, 3, ...frame(4, 1)]],
    ['padding that never ends', [HYBRID + 3, 0x41, 255, 255]],
    ['more padding than bytes', [HYBRID + 3, 0x41, 4, ...frame(3, 1)]],
    ['lengths beyond the end', [HYBRID + 3, 0x83, 4, 9, ...frame(12, 1)]],
    ['a frame of 1,276 bytes', [HYBRID, ...frame(1_276, 1)]],
  ] as const
).map(([what, given]) => ({ what, given: toHex(Uint8Array.from(given)) }));

// Notes that are refused -------------------------------------------------------------------

const plain = voice.written(
  [1, 2].map((n) => [HYBRID, ...frame(39, n)]),
  20,
);
const hexOf = (bytes: readonly number[]): string => toHex(Uint8Array.from(bytes));
const PLAIN = hexOf(plain);
/** The only place of a piece in it becomes another. */
const changed = (from: string, to: string, base = PLAIN): string => {
  const parts = base.split(from);
  if (parts.length !== 2) throw new Error(`${from}: ${parts.length - 1} times`);
  return parts.join(to);
};
/** The same, with `Segment` and `Cluster` of unknown size, so that what is within may grow. */
const OPEN = PLAIN.replace(/18538067.{8}/, '18538067ff').replace(/1f43b675.{8}/, '1f43b675ff');
const BLOCK = PLAIN.slice(-94);
const refused = [
  ['nothing', ''],
  ['an archive', Buffer.from('PK\u0003\u0004 and so on').toString('hex')],
  ['sound of another kind: Ogg', Buffer.from('OggS\0\u0002').toString('hex')],
  ['Matroska', changed('4282847765626d', '4282846d6b7620')],
  ['a later EBML', changed('42f78101', '42f78102')],
  ['a later WebM', changed('42858102', '42858105')],
  ['an unknown size of the head', OPEN.replace(/^1a45dfa3../, '1a45dfa3ff')],
  ['bytes behind it', `${PLAIN}00`],
  ['a second file behind it', PLAIN + PLAIN],
  ['cut off', PLAIN.slice(0, -2)],
  ['two heads', PLAIN.slice(0, PLAIN.indexOf('18538067')) + PLAIN],
  ['no track', OPEN.replace(/1654ae6b.*(?=1c53bb6b)/, '')],
  ['two lists of tracks', OPEN.replace(/(1654ae6b.*)(?=1c53bb6b)/, '$1$1')],
  ['a track of pictures', changed('838102', '838101')],
  [
    'another codec',
    changed(Buffer.from('A_OPUS').toString('hex'), Buffer.from('A_FLAC').toString('hex')),
  ],
  ['a head of Opus of another version', changed('4f7075734865616401', '4f7075734865616402')],
  ['three channels', changed('4f707573486561640101', '4f707573486561640103')],
  ['streams by a table', changed('80bb0000000000', '80bb0000000001')],
  ['track 0', changed('d78101', 'd78100')],
  ['a track that is encrypted', changed('9c8100', '6d8080')],
  ['a block of another track', PLAIN.slice(0, -94) + BLOCK.replace('a3402c81', 'a3402c82')],
  ['lacing', PLAIN.slice(0, -94) + BLOCK.replace('001480', '001482')],
  ['an empty block', `${OPEN}a38481000080`],
  ['a block of unknown size', `${OPEN}a3ff81000080780102`],
  ['an attachment', `${OPEN}1c53bb6b801941a46980`],
  ['chapters', `${OPEN}1c53bb6b801043a77080`],
  ['something unknown in a cluster', `${OPEN}fb8101`],
  ['something unknown behind them', `${OPEN}1c53bb6b80fb8101`],
  ['an id of five bytes', `${OPEN}0800000000`],
  ['a size of nine bytes', `${OPEN}ec0080`],
  ['a size beyond the end', `${OPEN}ec8401`],
  ['a size of 2^56 - 2', `${OPEN}ec01fffffffffffffe00`],
  ['no packets', OPEN.slice(0, OPEN.indexOf('1f43b675'))],
  ['packets of two lengths', `${OPEN}a38781000080790102`],
  ['packets of 10 ms', hexOf(voice.written([[SILK_10, 1, 2]], 10))],
  ['packets of 120 ms', hexOf(voice.written([[SILK_60 + 1, 1, 2]], 120))],
  ['more than 32 kbit/s', hexOf(voice.written([[HYBRID, ...frame(80, 1)]], 20))],
].map(([what = '', hex = '']) => ({ what, hex, ...codeOf(hex) }));

/** Notes, but not in the one form: they can be recorded so, and not be received. */
const others = [
  ['other names', changed('4d80812d', '4d808158')],
  ['another serial number', changed('73c58101', '73c58102')],
  ['sizes that are not known', OPEN],
  ['another time', PLAIN.slice(0, -94) + BLOCK.replace('001480', '001580')],
  ['a block that is no start', PLAIN.slice(0, -94) + BLOCK.replace('001480', '001400')],
  ['two channels', changed('4f707573486561640101', '4f707573486561640102')],
  ['something void behind it', `${OPEN}ec83414243`],
  ['tags', `${OPEN}1254c36783414243`],
  ['a block in a group', `${OPEN}a0b1a1ac81000080${hexOf([HYBRID, ...frame(39, 3)])}9b8114`],
].map(([what = '', hex = '']) => {
  const note = voice.made(Buffer.from(hex, 'hex'));
  if (note.is !== 'note') throw new Error(`${what}: ${note.code}`);
  return { what, hex, note: toHex(hash('file-tree', note.bytes)), duration: note.duration };
});

function codeOf(hex: string): { readonly code: string } {
  const note = voice.made(Buffer.from(hex, 'hex'));
  if (note.is === 'note') throw new Error('not refused');
  return { code: note.code };
}

const vectors = {
  spec: 'docs/spec/19-files.md 9',
  provenance:
    'made once by packages/client/test/reference/make-voice-vectors.ts from the reference beside it, which was written from the page alone and shares no code with src; recordings by Chromium 156 of its fake microphone, a beep; confirmed by src, and played by that Chromium',
  notes: "note: hash('file-tree', bytes of the note); plain: a note of two packets",
  recordings: known,
  packets,
  badPackets,
  plain: PLAIN,
  refused,
  others,
};
writeFileSync(FILE, `${JSON.stringify(vectors, null, 1)}\n`);
