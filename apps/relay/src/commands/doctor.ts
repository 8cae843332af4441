/** `doctor`: everything a relay depends on, and what to do about what is not well. */
import { AppError } from '@tacet/base';
import { examine, readConfig } from '@tacet/host/relay';
import { CONFIG, type Command, JSON_OPTION } from '../command.ts';
import { textOption } from '../options.ts';
import { checkoutCommit, ROOT } from '../source.ts';
import { VERSION } from '../version.ts';

const SIGNS = { ok: 'ok  ', warn: 'warn', bad: 'BAD ', skip: '-   ' } as const;

export const doctor: Command = {
  path: 'doctor',
  summary: 'look at clock, ports, disk, links, documents, keys, rights, versions; say what to do',
  options: { ...CONFIG, ...JSON_OPTION },
  examples: ['tacet-relay doctor --config net/edge-1/config.json'],
  details: 'Changes nothing. Exit code 1 when something is bad; warnings do not count.',
  async run({ values }, output) {
    const path = textOption(values, 'config');
    const { config } = readConfig(path, process.env);
    const findings = await examine(config, path, VERSION, checkoutCommit(ROOT));
    if (values['json'] === true) output.out(JSON.stringify(findings));
    else {
      for (const { state, what, found, advice } of findings) {
        output.out(`${SIGNS[state]} ${what}: ${found}`);
        if (advice !== '') output.out(`       ${advice}`);
      }
    }
    if (findings.some(({ state }) => state === 'bad')) {
      throw new AppError('doctor-bad', 'state', 'something is not well: see the lines marked BAD');
    }
  },
};
