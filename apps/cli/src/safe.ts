/**
 * Text that came from others, made harmless for a terminal: escape sequences and control
 * characters go, controls of writing direction become visible, so that nothing can move the
 * cursor, colour a line, set a title or turn a name around.
 */

const ESC = 0x1b;
const CSI = 0x9b;
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const HIDDEN_IN_JSON = /[\u007f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|[\u0080-\u009f]/g;

/** Keeps line ends and tabs. */
export function safeText(text: string): string {
  return withoutControls(text.replace(/\r\n|[\u2028\u2029]/g, '\n')).replace(
    DIRECTION,
    (c) => `<U+${codeOf(c).toUpperCase()}>`,
  );
}

/** One line: names, labels, previews. */
export function safeLine(text: string): string {
  return safeText(text).replace(/[\n\t]+/g, ' ');
}

/** JSON on one line; characters as above are written as escapes, so the value is the same. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(HIDDEN_IN_JSON, (c) => `\\u${codeOf(c)}`);
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
}

function withoutControls(text: string): string {
  let out = '';
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === ESC || (code >= 0x80 && code <= 0x9f)) at = afterEscape(text, at);
    else {
      const kept = code >= 0x20 ? code !== 0x7f : code === 0x09 || code === 0x0a;
      if (kept) out += text[at];
      at += 1;
    }
  }
  return out;
}

/** The place after the escape sequence (7 or 8 bit form) that begins at `at`. */
function afterEscape(text: string, at: number): number {
  const eightBit = text.charCodeAt(at) !== ESC;
  const start = eightBit ? at : at + 1;
  const opener = eightBit ? text.charCodeAt(at) : text.charCodeAt(start) + 0x40;
  if (opener === CSI) return afterFinal(text, start + 1, 0x20, 0x40);
  if (opener === 0x90 || opener === 0x98 || (opener >= 0x9d && opener <= 0x9f)) {
    return afterString(text, start + 1);
  }
  return eightBit ? at + 1 : afterFinal(text, start, 0x20, 0x30);
}

/** Skips what lies in [low, final), then one final character up to `~`. */
function afterFinal(text: string, at: number, low: number, final: number): number {
  while (text.charCodeAt(at) >= low && text.charCodeAt(at) < final) at += 1;
  const code = text.charCodeAt(at);
  return code >= final && code <= 0x7e ? at + 1 : at;
}

/** OSC, DCS and their like end with BEL or ST. Without an end only the opener goes. */
function afterString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x07 || code === 0x9c) return at + 1;
    if (code === ESC) return text[at + 1] === '\\' ? at + 2 : at;
    if (code < 0x20 || (code >= 0x80 && code <= 0x9f)) break;
  }
  return from;
}
