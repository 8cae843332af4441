/** `config check`: is this configuration right, and what does it come to. */
import { hex } from '@tacet/base';
import { readConfig } from '@tacet/host/relay';
import { readOptions, textOption } from '../options.ts';
import type { Output } from '../output.ts';

export function configCheck(args: readonly string[], output: Output): void {
  const values = readOptions(args, { config: { type: 'string' } });
  const { settings } = readConfig(textOption(values, 'config'), process.env);
  for (const { key, value, source } of settings) {
    output.out(`${key.padEnd(18)} ${source.padEnd(12)} ${show(value)}`);
  }
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return `${value.length} entries`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
