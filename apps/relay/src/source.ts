/** Where the source of this program is: as told, else as its package and its checkout say. */
import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CodeSource, checkSource, UNKNOWN_SOURCE } from '@tacet/host/relay';
import type { Values } from './command.ts';
import { optionalText } from './options.ts';
import type { Output } from './output.ts';

/** Of the repository, or of what an image has of it. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export const SOURCE_OPTIONS = {
  source: { type: 'string', value: 'URL', help: 'where the source is (as package.json says)' },
  commit: { type: 'string', value: 'HEX', help: 'its commit (that of the checkout)' },
} as const;

/** @throws `config-value` for an option that is no address or commit */
export function sourceOf(values: Values): CodeSource {
  return checkSource({
    sourceUrl: optionalText(values, 'source') ?? packageUrl(ROOT) ?? UNKNOWN_SOURCE.sourceUrl,
    sourceCommit:
      optionalText(values, 'commit') ?? checkoutCommit(ROOT) ?? UNKNOWN_SOURCE.sourceCommit,
  });
}

export function warnOfUnknown(source: CodeSource, output: Output): void {
  for (const key of ['sourceUrl', 'sourceCommit'] as const) {
    if (source[key] === UNKNOWN_SOURCE[key]) {
      output.warn(
        `${key} is not known: put it into the configurations, people may ask what runs here`,
      );
    }
  }
}

/** `repository` or `homepage`, when it is a https address; else null. */
export function packageUrl(root: string): string | null {
  const { repository, homepage } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const found of [repository?.url ?? repository, homepage]) {
    const url = String(found).replace(/^git\+/, '');
    if (url.startsWith('https://')) return url;
  }
  return null;
}

/** Null without git, outside a checkout of its own, and where files differ from the commit. */
export function checkoutCommit(root: string): string | null {
  const git = (...args: string[]): string | null => {
    const { status, stdout } = spawnSync('git', ['-C', root, ...args], { encoding: 'utf8' });
    return status === 0 ? stdout.trim() : null;
  };
  const top = git('rev-parse', '--show-toplevel');
  if (top === null || realpathSync(top) !== realpathSync(root)) return null;
  return git('diff', '--quiet', 'HEAD') === null ? null : git('rev-parse', 'HEAD');
}
