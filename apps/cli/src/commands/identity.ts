/** `identity create|list|delete`: being somebody else to some people. */
import type { Command, OptionSpec } from '../command.ts';
import { table } from '../format.ts';
import { safeLine } from '../safe.ts';
import { listing } from '../shapes.ts';

export const asOption: OptionSpec = {
  type: 'string',
  value: 'IDENTITY',
  help: 'as whom: an id or name of identity list (default: yourself)',
};

export const identityCreate: Command = {
  path: 'identity create',
  summary: 'make an identity with keys of its own, for people who should not know the other',
  args: '<name>',
  arity: [1, 1],
  options: {
    'same-keys': { type: 'boolean', help: 'only another name: your keys show that it is you' },
  },
  examples: ['tacet identity create "Dr. Smith"', 'tacet identity create Ally --same-keys'],
  details:
    'Two contacts who know different identities cannot tell by keys that they know one person; they still can by what you write and when. All identities share one link and one daemon: for separate traffic make another profile.',
  async run(context) {
    const made = await (await context.api()).call('identity.create', {
      name: context.arg(0, 'the name'),
      ...(context.flag('same-keys') ? { sameKeys: true } : {}),
    });
    context.show(made, () => `${made.id}: ${safeLine(made.name)}`);
    return undefined;
  },
};

export const identityList = listing({
  path: 'identity list',
  summary: 'who you are to whom',
  method: 'identity.list',
  lines: ({ identities }) =>
    table(
      ['ID', 'NAME', 'KEYS', 'CONTACTS', 'ADDRESS'],
      identities.map((one) => [
        one.id,
        safeLine(one.name),
        one.ownKeys ? 'own' : 'yours',
        String(one.contacts),
        one.address ?? 'being made',
      ]),
    ),
});

export const identityDelete: Command = {
  path: 'identity delete',
  summary: 'remove an identity that nobody knows',
  args: '<identity>',
  arity: [1, 1],
  examples: ['tacet identity delete "Dr. Smith"'],
  async run(context) {
    const identity = context.arg(0, 'the identity');
    await (await context.api()).call('identity.delete', { identity });
    context.show({ identity, state: 'deleted' }, () => 'deleted');
    return undefined;
  },
};
