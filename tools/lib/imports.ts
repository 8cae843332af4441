/** Every way a file can reach another module: static, type-only, re-export, dynamic, require. */
import type { Token } from './scan.ts';

export interface ImportSite {
  /** The specifier as written, or null when it is computed at run time. */
  readonly specifier: string | null;
  readonly line: number;
}

export function importsOf(tokens: readonly Token[]): ImportSite[] {
  const sites: ImportSite[] = [];
  tokens.forEach((token, i) => {
    if (token.kind !== 'word' || isMember(tokens, i)) return;
    if (token.text === 'import' || token.text === 'require') {
      const next = tokens[i + 1];
      if (next?.kind === 'string' && token.text === 'import') {
        sites.push({ specifier: next.text, line: token.line });
      } else if (next?.text === '(' && !isDeclaration(tokens, i)) {
        const argument = literal(tokens[i + 2]);
        const closed = tokens[i + 3]?.text === ')' || tokens[i + 3]?.text === ',';
        sites.push({ specifier: closed ? argument : null, line: token.line });
      }
    }
    if (token.text === 'from') {
      const next = tokens[i + 1];
      if (next?.kind === 'string' && endsClause(tokens[i - 1])) {
        sites.push({ specifier: next.text, line: token.line });
      }
    }
  });
  return sites;
}

function literal(token: Token | undefined): string | null {
  return token?.kind === 'string' || token?.kind === 'template' ? token.text : null;
}

/** `a.import(...)` is a method of ours, not an import. */
export function isMember(tokens: readonly Token[], i: number): boolean {
  const before = tokens[i - 1];
  return before?.kind === 'punct' && (before.text === '.' || before.text === '?.');
}

/** `import(tags: Uint8Array): void` in a class or interface: the first argument has a type. */
function isDeclaration(tokens: readonly Token[], i: number): boolean {
  const first = tokens[i + 2];
  return first?.text === ')' || (first?.kind === 'word' && tokens[i + 3]?.text === ':');
}

/** What may stand before `from` in an import or export clause: `}`, a name or `*`. */
function endsClause(token: Token | undefined): boolean {
  return token?.kind === 'word' || token?.text === '}' || token?.text === '*';
}
