/**
 * What somebody with a valid session may put inside a message instead of what the specification
 * allows (docs/spec/07-streams.md, 4): made by hand, so that no encoder of ours says no.
 */
import { utf8 } from '@tacet/base';
import { encode, rfc8949EncodeOptions } from 'cborg';

export interface HostileEnvelope {
  readonly what: string;
  readonly bytes: Uint8Array;
  /** What the reader sees of it: a text, or nothing and one dead letter, or nothing at all. */
  readonly shows: string | 'dead letter' | 'nothing';
}

const UNKNOWN = 'A newer version of Tacet is needed to show this.';

type Fields = readonly (readonly [number, unknown])[];

function map(...fields: Fields): Map<number, unknown> {
  return new Map(fields);
}

function envelope(...fields: Fields): Uint8Array {
  return encode(map(...fields), rfc8949EncodeOptions);
}

let ids = 0;
function id(length = 16): Uint8Array {
  ids += 1;
  return new Uint8Array(length).fill(ids);
}

/** A text as it should be, but for what `fields` say otherwise. */
function text(...fields: Fields): Uint8Array {
  const whole = new Map<number, unknown>([
    [1, 1],
    [2, id()],
    [3, 1_000],
    [4, 'well formed'],
  ]);
  for (const [key, value] of fields) {
    if (value === undefined) whole.delete(key);
    else whole.set(key, value);
  }
  return envelope([1, whole]);
}

/** Bytes in place of the text's, however wrong they are as UTF-8. */
function rawText(bytes: readonly number[]): Uint8Array {
  const whole = text([4, 'X'.repeat(bytes.length)]);
  whole.set(bytes, Buffer.from(whole).indexOf('X'.repeat(bytes.length)));
  return whole;
}

/** A content of another type, with the line that older versions show. */
function act(type: number, ...fields: Fields): Uint8Array {
  return text([1, type], [4, type === 3 ? undefined : 'text'], [7, 'something'], ...fields);
}

/** Maps of one entry in each other, the innermost empty. */
function deep(levels: number): Uint8Array {
  const bytes = new Uint8Array(2 * levels + 1).fill(0xa1);
  for (let n = 0; n < levels; n++) bytes[2 * n + 1] = 1;
  bytes[2 * levels] = 0xa0;
  return bytes;
}

const dead = (what: string, bytes: Uint8Array): HostileEnvelope => ({
  what,
  bytes,
  shows: 'dead letter',
});
const quiet = (what: string, bytes: Uint8Array): HostileEnvelope => ({
  what,
  bytes,
  shows: 'nothing',
});
const shown = (what: string, shows: string, bytes?: Uint8Array): HostileEnvelope => ({
  what,
  bytes: bytes ?? text([4, shows]),
  shows,
});

/** By what is wrong with them: at most some forty each, so that no stream goes over to fresh entropy. */
export const HOSTILE: Readonly<Record<string, readonly HostileEnvelope[]>> = {
  'envelopes that are none': [
    dead('no bytes', new Uint8Array(0)),
    dead('no CBOR', Uint8Array.of(0xff, 0x00, 0xfe)),
    dead('a list in place of the map', encode([1, 2, 3], rfc8949EncodeOptions)),
    dead('cut short', text().subarray(0, -1)),
    dead('one byte more', Uint8Array.of(...text(), 0)),
    dead('a key twice', Uint8Array.of(0xa2, 0x04, 0xf5, 0x04, 0xf5)),
    dead('keys out of order', Uint8Array.of(0xa2, 0x04, 0xf5, 0x02, 0x81, 0x00)),
    dead('a number longer than it need be', Uint8Array.of(0xa1, 0x18, 0x04, 0xf5)),
    dead('a map without its end', Uint8Array.of(0xbf, 0x04, 0xf5)),
    dead(
      'a length that is not there',
      Uint8Array.of(0xa1, 0x01, 0x5b, ...new Uint8Array(8).fill(0x7f)),
    ),
    dead('10,000 maps in each other', deep(10_000)),
    dead('30,000 lists in each other', new Uint8Array(30_000).fill(0x81)),
  ],
  'what stands beside contents': [
    dead('a receipt that is a number', envelope([2, 7])),
    dead('a receipt without end', envelope([2, Array.from({ length: 2_000 }, (_, n) => n)])),
    dead('a receipt below zero', envelope([2, [-1]])),
    dead('ranges that overlap', envelope([2, [3, [5, 9], [9, 12]]])),
    dead('a key set of other lengths', envelope([3, map([1, id(31)], [2, id(1_952)])])),
    dead('a greeting that says no', envelope([4, false])),
    dead('a document without a hash', envelope([5, [3]])),
    dead(
      'unreadable texts without end',
      envelope([6, Array.from({ length: 17 }, (_, n) => [n + 1, 1])]),
    ),
    quiet('keys nobody knows', envelope([77, 'x'], [78, map([1, deep(3)])])),
    quiet('a receipt for all there will ever be', envelope([2, [Number.MAX_SAFE_INTEGER]])),
    quiet(
      'texts that were never sent are unreadable',
      envelope([
        6,
        [
          [4_000, 1],
          [5_000, 2],
        ],
      ]),
    ),
    shown(
      'a key set that is not theirs',
      'Other keys came that the old ones did not confirm. They were refused; nothing is sent to them.',
      envelope([3, map([1, id(32)], [2, id(1_952)])]),
    ),
    quiet('a document nobody made', envelope([5, [3, id(32)]])),
  ],
  'contents that break their rules': [
    dead('content that is a list', envelope([1, [1, id(), 0, 'x']])),
    dead('content without a type', text([1, undefined])),
    dead('a type below zero', text([1, -1])),
    dead('a type beyond all numbers', text([1, 2n ** 63n])),
    dead('a type that is a text', text([1, '1'])),
    dead('no content id', text([2, undefined])),
    dead('a content id too short', text([2, id(15)])),
    dead('a content id too long', text([2, id(17)])),
    dead('a content id that is a text', text([2, '0123456789abcdef'])),
    dead('no time', text([3, undefined])),
    dead('a time with a fraction', text([3, 1.5])),
    dead('a time before all times', text([3, -1])),
    dead('a text without text', text([4, undefined])),
    dead('a text that is bytes', text([4, utf8('x')])),
    dead('a text a byte too long', text([4, 'x'.repeat(16_385)])),
    dead('a text too long by its bytes only', text([4, 'ä'.repeat(8_193)])),
    dead('a text of half a character', rawText([0xc3, 0x28, 0x41])),
    dead('a text of half a pair', rawText([0xed, 0xa0, 0x80])),
    dead('a parent too short', text([5, id(15)])),
    dead('a lifetime of nothing', text([6, 0])),
    dead('a lifetime for ever', text([6, 2 ** 40])),
    dead('a quote of nobody', text([9, [2, id(), 'x']])),
    dead('a quote with more than its parts', text([9, [0, id(), 'x', 'y']])),
    dead('a quote a byte too long', text([9, [0, id(), 'x'.repeat(257)]])),
    dead('mentions behind the text', text([10, [[11, 1, 0]]])),
    dead(
      'mentions that overlap',
      text([
        10,
        [
          [0, 4, 0],
          [3, 2, 1],
        ],
      ]),
    ),
    dead('mentions without end', text([10, Array.from({ length: 33 }, (_, n) => [n, 1, 0])])),
    dead('a mention of nothing', text([10, [[0, 0, 0]]])),
    dead('a reaction to nothing', act(2, [11, 'x'])),
    dead('a reaction a byte too long', act(2, [8, [0, id()]], [11, 'x'.repeat(65)])),
    dead('a reaction to somebody else', act(2, [8, [2, id()]], [11, 'x'])),
    dead('an edit without text', act(3, [8, [0, id()]])),
    dead('a deletion of a list', act(4, [8, [0, [id()]]])),
    dead('a card that is a text', act(5, [12, 'x'])),
    dead('a card too large', act(5, [12, map([1, new Uint8Array(8_190)])])),
    dead('a timer beyond all times', act(7, [13, 2 ** 40])),
    dead('a profile without a name', act(8, [14, ''])),
    dead('a profile of too long a name', act(8, [14, 'x'.repeat(65)])),
    dead('an act that says too much of itself', act(8, [14, 'x'], [7, 'x'.repeat(513)])),
  ],
  'texts that are hard to show': [
    shown('an empty text', ''),
    shown('a type nobody knows', UNKNOWN, text([1, 4_000], [4, 'from the future'])),
    shown('fields nobody knows', 'well formed', text([900, map([1, 'x'])])),
    shown('a time after all times', 'well formed', text([3, Number.MAX_SAFE_INTEGER])),
    shown('escape sequences', '\u001b[2J\u001b]0;title\u0007\u009b31m'),
    shown('controls of direction', 'invoice\u202egpj.exe\u2066\u200f'),
    shown('line ends of all kinds', 'a\r\nb\u2028c\u2029d\ve\f'),
    shown('nothing to see', '\u200b\u2060\ufeff\u00ad'),
    shown('marks upon marks', `Z${'\u0351'.repeat(4_000)}`),
    shown('zero bytes', 'a\0b'),
    shown('as long as a text may be', 'x'.repeat(16_384)),
  ],
};
