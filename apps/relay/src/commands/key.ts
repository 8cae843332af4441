/** `key rotate`: a new link key. The identity of a relay is for ever. */
import { AppError, isAppError } from '@tacet/base';
import { askFor, makeNextLinkKey, readConfig } from '@tacet/host/relay';
import { CONFIG, type Command } from '../command.ts';
import { textOption } from '../options.ts';

export const keyRotate: Command = {
  path: 'key rotate',
  summary: 'make a new key for the links of a relay; its identity never changes',
  options: CONFIG,
  examples: ['tacet-relay key rotate --config relay/edge/config.json'],
  details:
    'The next descriptor names the new key, and the relay takes it up when the document in force does:\n' +
    'within two hours, without a restart. Peers accept both keys for as long.',
  async run({ values }, output) {
    const { config } = readConfig(textOption(values, 'config'), process.env);
    if (config.role === 'authority') {
      throw new AppError(
        'key-of-authority',
        'refused',
        "the TLS key of an authority stands in every relay's configuration: it is not changed by a command",
      );
    }
    makeNextLinkKey(config.data);
    output.out('made the next link key');
    try {
      await askFor(config.admin, 'reload');
      output.out('the running relay has published it and takes it up once documents name it');
    } catch (error) {
      if (!isAppError(error, 'relay-not-running')) throw error;
      output.out('the relay publishes it when it starts');
    }
  },
};
