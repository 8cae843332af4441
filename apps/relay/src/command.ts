/** The form of one command; `table.ts` lists them all. */
import type { Output } from './output.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly multiple?: true;
  /** How its value is called in help, for `string`. */
  readonly value?: string;
  readonly help: string;
}

export type Values = Readonly<
  Record<string, string | boolean | readonly (string | boolean)[] | undefined>
>;

export interface Given {
  readonly values: Values;
  /** What stands behind the command and is no option. */
  readonly args: readonly string[];
}

export interface Command {
  /** One or two words: `run`, `network create`. */
  readonly path: string;
  readonly summary: string;
  /** Arguments as help shows them; none without. */
  readonly args?: string;
  readonly arity?: readonly [number, number];
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  readonly details?: string;
  readonly run: (given: Given, output: Output) => Promise<void> | void;
}

export const CONFIG = {
  config: { type: 'string', value: 'FILE', help: 'configuration of the process' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export const JSON_OPTION = {
  json: { type: 'boolean', help: 'one JSON object instead of text' },
} as const satisfies Readonly<Record<string, OptionSpec>>;
