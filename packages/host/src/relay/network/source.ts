/** Where the source of the code that runs is (AGPL), as descriptors name it to everybody. */
import { FIELDS } from '../config/fields.ts';
import { checkValue } from '../config/values.ts';
import { textOf } from './json.ts';

export interface CodeSource {
  /** `https://...` */
  readonly sourceUrl: string;
  /** 40 or 64 hexadecimal digits. */
  readonly sourceCommit: string;
}

export const UNKNOWN_SOURCE: CodeSource = {
  sourceUrl: FIELDS.sourceUrl.fallback,
  sourceCommit: FIELDS.sourceCommit.fallback,
};

/** @throws `config-value` */
export function checkSource(found: Readonly<Record<keyof CodeSource, unknown>>): CodeSource {
  return {
    sourceUrl: textOf(checkValue('sourceUrl', found.sourceUrl, '')),
    sourceCommit: textOf(checkValue('sourceCommit', found.sourceCommit, '')),
  };
}
