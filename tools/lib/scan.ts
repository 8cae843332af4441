/**
 * A small tokenizer for TypeScript: enough to see words outside comments, strings, templates and
 * regular expressions. The compiler installed here (TypeScript 7) has no stable in-process API.
 * It never fails: what it cannot place becomes punctuation, so markup text in `.tsx` does no harm.
 */

export interface Token {
  readonly kind: 'word' | 'string' | 'template' | 'number' | 'regex' | 'punct';
  /** For strings the text between the quotes (escapes left as written); else the source text. */
  readonly text: string;
  readonly line: number;
  /** Template parts only: it begins the template; a `${` follows it. */
  readonly opens?: boolean;
  readonly hole?: boolean;
}

export interface Comment {
  readonly text: string;
  readonly line: number;
}

export interface Scanned {
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
}

const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*\.?[\d_]*(?:[eE][+-]?\d+)?|\.\d[\d_]*)n?/y;
const STRING = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/sy;
const REGEX = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;

/** After these words a slash begins a regular expression, not a division. */
const BEFORE_REGEX = new Set(
  'return typeof instanceof in of new delete void throw case do else yield await'.split(' '),
);

export function scan(source: string): Scanned {
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  /** One entry per open `${`: how many braces are open inside it. */
  const holes: number[] = [];
  let at = 0;
  let line = 1;

  const countLines = (text: string): void => {
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) line++;
  };
  const push = (kind: Token['kind'], text: string, length: number): void => {
    tokens.push({ kind, text, line });
    countLines(source.slice(at, at + length));
    at += length;
  };
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  /** Reads template text from `at` (just behind a backtick or a closing brace of a hole). */
  const template = (opens: boolean): void => {
    let end = at;
    while (end < source.length) {
      const c = source[end];
      if (c === '\\') end += 2;
      else if (c === '`' || (c === '$' && source[end + 1] === '{')) break;
      else end++;
    }
    const text = source.slice(at, end);
    const hole = source[end] === '$';
    tokens.push({ kind: 'template', text, line, opens, hole });
    countLines(text);
    at = end + (hole ? 2 : 1);
    if (hole) holes.push(0);
  };

  while (at < source.length) {
    const c = source[at] as string;
    if (c === '\n') line++;
    if (/\s/.test(c)) {
      at++;
    } else if (c === '/' && source[at + 1] === '/') {
      const end = source.indexOf('\n', at);
      const text = source.slice(at, end === -1 ? undefined : end);
      comments.push({ text, line });
      at += text.length;
    } else if (c === '/' && source[at + 1] === '*') {
      const end = source.indexOf('*/', at + 2);
      const text = source.slice(at, end === -1 ? undefined : end + 2);
      comments.push({ text, line });
      countLines(text);
      at += text.length;
    } else if (c === '#' && source[at + 1] === '!' && at === 0) {
      const end = source.indexOf('\n');
      at = end === -1 ? source.length : end;
    } else if (c === '`') {
      at++;
      template(true);
    } else if (c === '}' && holes.at(-1) === 0) {
      holes.pop();
      at++;
      template(false);
    } else {
      const depth = holes.length - 1;
      if (depth >= 0 && c === '{') holes[depth] = (holes[depth] ?? 0) + 1;
      if (depth >= 0 && c === '}') holes[depth] = (holes[depth] ?? 0) - 1;
      const string = c === "'" || c === '"' ? match(STRING) : null;
      const word = match(WORD);
      const number = /[\d.]/.test(c) ? match(NUMBER) : null;
      const regex = c === '/' && regexMayStart(tokens.at(-1)) ? match(REGEX) : null;
      if (string) push('string', string[1] ?? string[2] ?? '', string[0].length);
      else if (word) push('word', word[0], word[0].length);
      else if (number) push('number', number[0], number[0].length);
      else if (regex) push('regex', regex[0], regex[0].length);
      else if (c === '?' && source[at + 1] === '.') push('punct', '?.', 2);
      else if (source.startsWith('...', at)) push('punct', '...', 3);
      else push('punct', c, 1);
    }
  }
  return { tokens, comments };
}

function regexMayStart(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === 'word') return BEFORE_REGEX.has(before.text);
  // A closing bracket ends a value nearly always; `if (x) /re/` is not written here.
  return before.kind === 'punct' && !/[)\]}]/.test(before.text);
}
