/** `rpc`: any method of the local API. */
import { MAX_MESSAGE_BYTES, parseJson } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { safeJson } from '../safe.ts';

export const rpc: Command = {
  path: 'rpc',
  summary: 'call any method of the local API',
  args: '<method> [parameters as JSON|-]',
  arity: [1, 2],
  examples: [
    'tacet rpc status',
    `tacet rpc message.list '{"contactId":"...","limit":5}'`,
    'tacet rpc profile.unlock - < unlock.json',
  ],
  details: 'Prints the bare result. Secrets belong on standard input, not into arguments.',
  async run(context) {
    const method = context.arg(0, 'the method');
    const given = context.args[1] ?? '{}';
    const text = given === '-' ? await context.terminal.readAll(MAX_MESSAGE_BYTES) : given;
    let params: unknown;
    try {
      params = parseJson(text);
    } catch {
      throw new AppError('usage', 'usage', 'the parameters are not a JSON object');
    }
    const result = await (await context.api()).raw(method, params);
    context.terminal.out(`${safeJson(result)}\n`);
    return undefined;
  },
};
