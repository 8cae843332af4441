/** `config check` and `config keys`: is this configuration right, what does it come to, what else is there. */
import { hex } from '@tacet/base';
import {
  environmentName,
  FIELDS,
  type Field,
  KEYS,
  type Role,
  readConfig,
} from '@tacet/host/relay';
import { CONFIG, type Command } from '../command.ts';
import { optionalText, textOption, usage } from '../options.ts';

export const configCheck: Command = {
  path: 'config check',
  summary: 'check a configuration: every key, its value, where that is from, what it means',
  options: CONFIG,
  examples: ['tacet-relay config check --config net/edge-1/config.json'],
  run({ values }, output) {
    const { settings } = readConfig(textOption(values, 'config'), process.env);
    for (const { key, value, source } of settings) {
      const shown = show(value);
      output.out(
        `${key.padEnd(18)} ${source.padEnd(12)} ${shown.padEnd(28)} # ${FIELDS[key].help}`,
      );
    }
  },
};

export const configKeys: Command = {
  path: 'config keys',
  summary: 'list every key a configuration may have',
  options: {
    role: { type: 'string', value: 'ROLE', help: 'only those of mix, edge or authority' },
  },
  examples: ['tacet-relay config keys --role edge'],
  run({ values }, output) {
    const role = optionalText(values, 'role');
    if (role !== undefined && !['mix', 'edge', 'authority'].includes(role)) {
      throw usage('--role must be mix, edge or authority');
    }
    for (const key of KEYS) {
      const field: Field = FIELDS[key];
      if (role !== undefined && !field.roles.includes(role as Role)) continue;
      const given = 'fallback' in field ? JSON.stringify(field.fallback) : 'must be given';
      output.out(`${key}  (${field.roles.join(', ')}; ${environmentName(key)}; ${given})`);
      output.out(`    ${field.help}`);
    }
  },
};

function show(value: unknown): string {
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return `${value.length} entries`;
  if (typeof value === 'object') return `${Object.keys(value ?? {}).length} entries`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
