/** `link check`: what a text is that somebody gave you, before anything is done with it. */
import { MAX_LINK } from '@tacet/api';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';

const KINDS = {
  invitation: 'an invitation: tacet invite accept',
  address: 'an address: tacet request send',
  meet: 'a code to scan: tacet meet scan',
  network: 'a network card: tacet network join',
  unknown: 'nothing of Tacet’s',
} as const;

export const linkCheck: Command = {
  path: 'link check',
  summary: 'what a link is, and whether it can lead anywhere from here',
  args: '<link|->',
  arity: [1, 1],
  examples: ['tacet link check "tacet://..."', 'xclip -o | tacet link check -'],
  details:
    'Nothing is sent. What only the network knows, such as an invitation that was taken back, shows when it is opened: tacet invite accept tells it within a minute, and at the latest when the invitation has ended.',
  async run(context) {
    const given = context.arg(0, 'the link');
    const link = given === '-' ? (await context.terminal.readAll(MAX_LINK)).trim() : given;
    const found = await (await context.api()).call('link.check', { link });
    const { kind, problem, hint } = found;
    context.show(found, () =>
      problem === null
        ? KINDS[kind]
        : `${KINDS[kind]}\nit cannot work here: ${problem}${hint === null ? '' : `\n${hint}`}`,
    );
    return problem === null ? undefined : EXIT.failed;
  },
};
