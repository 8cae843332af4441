/** Names and texts of other people, made safe to stand beside our own words. */

/** Embeddings, overrides, isolates and marks: they could turn the words around a name. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const CONTROL = /[\p{Cc}\u2028\u2029]/gu;
const INVISIBLE = /[\u00ad\u180e\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu;

/** One line, nothing that turns direction, nothing invisible. */
export function safeName(name: string): string {
  const plain = name
    .replace(CONTROL, ' ')
    .replace(DIRECTION, '')
    .replace(INVISIBLE, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return plain === '' ? 'No name' : plain;
}

/** A text keeps its line ends and its script; controls that could hide something are shown. */
export function safeText(text: string): string {
  return text
    .replace(/\r\n?/gu, '\n')
    .replace(/[\u202a-\u202e\u2066-\u2069]/gu, '\u{fffd}')
    .replace(/[^\P{Cc}\n\t]/gu, '\u{fffd}');
}

/** The first line, for lists. */
export function snippet(text: string): string {
  const line = safeText(text).replace(/\s+/gu, ' ').trim();
  return line.length > 140 ? `${line.slice(0, 140)}…` : line;
}

/** The first letter or sign a person would see. */
export function initial(name: string): string {
  const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(
    safeName(name),
  );
  for (const { segment } of segments) return segment.toLocaleUpperCase();
  return '?';
}
