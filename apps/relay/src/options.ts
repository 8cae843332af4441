/** Reads the options of a command; an unknown one, or a wrong value, is `usage`. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { AppError } from '@tacet/base';

export function usage(message: string): AppError {
  return new AppError('usage', 'usage', message);
}

type Values = Readonly<
  Record<string, string | boolean | readonly (string | boolean)[] | undefined>
>;

export function readOptions(args: readonly string[], options: ParseArgsOptionsConfig): Values {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? '') : '';
    throw usage(`${message.replace(/\.$/, '')}: see \`tacet-relay --help\``);
  }
}

export function textOption(values: Values, name: string): string {
  const value = values[name];
  if (typeof value === 'string' && value !== '') return value;
  throw usage(`--${name} is missing: see \`tacet-relay --help\``);
}

export function numberOption(
  values: Values,
  name: string,
  range: { min: number; max: number; fallback: number },
): number {
  const value = values[name];
  if (value === undefined) return range.fallback;
  const number = /^\d{1,9}$/.test(String(value)) ? Number(value) : -1;
  if (number >= range.min && number <= range.max) return number;
  throw usage(`--${name} must be a whole number from ${range.min} to ${range.max}`);
}
