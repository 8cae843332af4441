/** `drain`: a relay leaves the network without a packet lost, and says how far it is. */
import { isAppError } from '@tacet/base';
import { askFor, askStatus, readConfig, type StatusAnswer } from '@tacet/host/relay';
import { CONFIG, type Command, JSON_OPTION } from '../command.ts';
import { textOption, usage } from '../options.ts';

const LOOK_MS = 1_000;

export const drain: Command = {
  path: 'drain',
  summary: 'take a relay out of the network, keep it serving until nothing depends on it',
  options: {
    ...CONFIG,
    wait: { type: 'boolean', help: 'return when it may be stopped' },
    stop: { type: 'boolean', help: 'wait, and end the process then' },
    cancel: { type: 'boolean', help: 'stay in the network after all' },
    ...JSON_OPTION,
  },
  examples: [
    'tacet-relay drain --config relay/edge/config.json --stop',
    'tacet-relay drain --config relay/edge/config.json --cancel',
  ],
  details:
    'The relay asks to be left out of the next documents and goes on until the keys of the last epoch\n' +
    'that names it are over: one to two epochs. The last relay of a layer is never left out. Boxes of an\n' +
    'edge are read from their second copies then, and nothing new is placed on it.',
  async run({ values }, output) {
    const cancel = values['cancel'] === true;
    const stop = values['stop'] === true;
    const wait = stop || values['wait'] === true;
    if (cancel && wait) throw usage('--cancel or --wait, not both');
    const { config } = readConfig(textOption(values, 'config'), process.env);
    let answer = await askFor(config.admin, cancel ? 'stay' : 'leave');
    let said = '';
    const say = (): void => {
      const line = values['json'] === true ? JSON.stringify(answer.leaving) : progress(answer);
      if (line !== said) output.out(line);
      said = line;
    };
    say();
    while (wait && answer.leaving?.free !== true) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      answer = (await statusUnlessSilent(config.admin)) ?? answer;
      say();
    }
    if (!stop) return;
    await askFor(config.admin, 'stop');
    output.out('stopped');
  },
};

/** Null when it has no time to answer now: it is asked again, and says then how far it is. */
async function statusUnlessSilent(admin: string): Promise<StatusAnswer | null> {
  try {
    return await askStatus(admin);
  } catch (error) {
    if (isAppError(error, 'relay-silent')) return null;
    throw error;
  }
}

function progress({ leaving }: StatusAnswer): string {
  if (leaving === null) return 'staying: it is in the next document again';
  if (leaving.free) return 'drained: nothing depends on it any more, it may be stopped';
  if (leaving.freeAt === null)
    return 'leaving: the newest document still names it; the next one will not';
  const at = new Date(leaving.freeAt).toISOString().slice(0, 19).replace('T', ' ');
  return `leaving: the newest document does not name it; keep it until ${at} UTC`;
}
