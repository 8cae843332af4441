/** The form of one command; `table.ts` lists them all. */
import type { Context } from './context.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** How its value is called in help, for `string`. */
  readonly value?: string;
  readonly help: string;
}

export interface Command {
  /** One or two words: `send`, `invite create`. */
  readonly path: string;
  readonly summary: string;
  /** Arguments as help shows them: `<contact> <text|->`. */
  readonly args?: string;
  /** Smallest and largest number of arguments. */
  readonly arity: readonly [number, number];
  readonly options?: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  readonly details?: string;
  /** Answers an exit code, or nothing for 0. Throws AppError. */
  run(context: Context): Promise<number | undefined>;
}

/** Options every command understands. */
export const GLOBAL_OPTIONS = {
  profile: {
    type: 'string',
    short: 'p',
    value: 'NAME',
    help: 'which profile (default: default)',
  },
  'token-file': {
    type: 'string',
    value: 'FILE',
    help: 'speak as a bot, with the token in that file',
  },
  json: { type: 'boolean', help: 'one JSON object (or one a line) instead of text' },
  help: { type: 'boolean', short: 'h', help: 'help for this command' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Of what no keychain can open. */
export const NEW_PASSPHRASE_ALONE = {
  'new-passphrase-fd': {
    type: 'string',
    value: 'N',
    help: 'read the new passphrase from file descriptor N',
  },
  'new-passphrase-file': {
    type: 'string',
    value: 'FILE',
    help: 'read the new passphrase from a file only you can read',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export const NEW_PASSPHRASE_OPTIONS = {
  ...NEW_PASSPHRASE_ALONE,
  'new-keychain': { type: 'boolean', help: 'the keychain of this computer opens it from now on' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export const PASSPHRASE_OPTIONS = {
  'passphrase-fd': {
    type: 'string',
    value: 'N',
    help: 'read the passphrase from file descriptor N',
  },
  'passphrase-file': {
    type: 'string',
    value: 'FILE',
    help: 'read the passphrase from a file only you can read',
  },
  keychain: { type: 'boolean', help: 'use the keychain of this computer' },
} as const satisfies Readonly<Record<string, OptionSpec>>;
