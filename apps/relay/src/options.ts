/** Reads the options of a command; an unknown one, or a wrong value, is `usage`. */
import { parseArgs } from 'node:util';
import { AppError, nearest } from '@tacet/base';
import type { Command, Given, Values } from './command.ts';

export function usage(message: string): AppError {
  return new AppError('usage', 'usage', message);
}

export function readGiven(command: Command, args: readonly string[]): Given {
  const { path, options, arity = [0, 0] } = command;
  const known = Object.fromEntries(
    Object.entries(options).map(([name, { type, multiple }]) => [
      name,
      { type, multiple: multiple === true },
    ]),
  );
  const see = `see \`tacet-relay ${path} --help\``;
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: known,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const spec = options[token.name];
    if (spec === undefined) {
      const meant = nearest(token.name, Object.keys(options));
      throw usage(
        `unknown option ${token.rawName}${meant === null ? `: ${see}` : `; did you mean --${meant}?`}`,
      );
    }
    if (spec.type === 'string' && typeof token.value !== 'string') {
      throw usage(`--${token.name} needs a value: ${see}`);
    }
    if (spec.type === 'boolean' && token.value !== undefined) {
      throw usage(`--${token.name} takes no value: ${see}`);
    }
  }
  if (positionals.length < arity[0]) throw usage(`${command.args} is missing: ${see}`);
  if (positionals.length > arity[1]) throw usage(`too many arguments: ${see}`);
  return { values: values as Values, args: positionals };
}

export function textOption(values: Values, name: string): string {
  const value = values[name];
  if (typeof value === 'string' && value !== '') return value;
  throw usage(`--${name} is missing: see \`tacet-relay --help\``);
}

/** Undefined when it was not given. */
export function optionalText(values: Values, name: string): string | undefined {
  return values[name] === undefined ? undefined : textOption(values, name);
}

export function listOption(values: Values, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : [];
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

/** `slotMs=100`, as often as wanted; values are JSON. */
export function settingsOption(values: Values): Record<string, unknown> {
  const set: Record<string, unknown> = {};
  for (const text of listOption(values, 'set')) {
    const [, key, value] = /^(\w{1,64})=(.+)$/.exec(text) ?? [];
    try {
      if (key === undefined || value === undefined) throw new SyntaxError('form');
      set[key] = JSON.parse(value);
    } catch {
      throw usage('--set wants KEY=VALUE with a number, true or false');
    }
  }
  return set;
}
