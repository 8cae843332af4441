/** `version`. */
import { API_VERSION } from '@tacet/api';
import type { Command } from '../command.ts';
import { VERSION } from '../version.ts';

export const version: Command = {
  path: 'version',
  summary: 'version of this program',
  arity: [0, 0],
  examples: ['tacet version --json'],
  async run(context) {
    const value = { version: VERSION, api: API_VERSION, node: process.versions.node };
    context.show(value, () => `tacet ${value.version} (API ${value.api}, Node ${value.node})`);
    return undefined;
  },
};
