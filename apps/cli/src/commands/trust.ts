/** `trust show|number|say`: why a contact has its mark, and safety numbers. */
import type { ContactView, TrustFactView } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { findContact } from '../contacts.ts';
import { showTime } from '../duration.ts';
import { safeLine } from '../safe.ts';

const FACTS: Readonly<Record<TrustFactView['what'], string>> = {
  'met-by-link': 'met by a link',
  'met-by-request': 'a stranger, by your address',
  'met-by-introduction': 'introduced',
  introduced: 'introduced',
  scanned: 'each of you scanned the other’s code',
  'number-same': 'you compared safety numbers: the same',
  'code-same': 'you compared a short code: the same',
  'number-differs': 'you compared safety numbers: they differ',
  'code-differs': 'you compared a short code: it differs',
  'code-differs-there': 'they compared a short code: it differs',
  withdrawn: 'you took the verification back',
  'other-identity': 'answered with other keys than the address names',
  'key-changed': 'they have new keys, confirmed by the old ones',
  'key-refused': 'other keys came that the old ones did not confirm: refused',
};

const WARNINGS: Readonly<Record<NonNullable<ContactView['trustWarning']>, string>> = {
  'number-differs': 'the safety numbers differ: somebody may stand between you',
  'code-differs': 'the short codes differ: somebody may stand between you',
  'key-changed': 'their keys are new, and the session is of before: meet again to verify them',
  'key-refused': 'other keys came and were refused; ask them whether that was them',
  'other-identity':
    'their keys are not those of the address: another identity of its owner, or somebody else',
};

export function trustLines(
  contact: ContactView,
  facts: readonly TrustFactView[],
  now: number,
): string {
  const lines = [`${safeLine(contact.name)}: ${trustWord(contact)}`];
  if (contact.trustWarning !== null) lines.push(`  warning: ${WARNINGS[contact.trustWarning]}`);
  if (contact.silentSince !== null) {
    lines.push(`  not answering since ${showTime(contact.silentSince, now)}`);
  }
  for (const fact of facts) {
    const by = fact.by === null ? '' : ` by ${safeLine(fact.by)}`;
    lines.push(`  ${showTime(fact.at, now)}  ${FACTS[fact.what]}${by} -> ${fact.level}`);
  }
  return lines.join('\n');
}

function trustWord({ trust, introducedBy }: ContactView): string {
  return introducedBy === null ? trust : `introduced by ${safeLine(introducedBy)}, not verified`;
}

export const trustShow: Command = {
  path: 'trust show',
  summary: 'why a contact is marked as it is, and whether it answers',
  args: '<contact>',
  arity: [1, 1],
  examples: ['tacet trust show bob'],
  async run(context) {
    const api = await context.api();
    const contact = await findContact(api, context.arg(0, 'the contact'));
    const { facts } = await api.call('contact.trust', { contactId: contact.id });
    const reach = await api.call('contact.reach', { contactId: contact.id });
    const { trust, trustWarning, introducedBy } = contact;
    context.show({ trust, trustWarning, introducedBy, facts, reach }, () =>
      trustLines(contact, facts, Date.now()),
    );
    return undefined;
  },
};

export const trustNumber: Command = {
  path: 'trust number',
  summary: 'the sixty digits that are the same at both ends',
  args: '<contact>',
  arity: [1, 1],
  examples: ['tacet trust number bob'],
  details:
    'Compare them where nobody stands between you: side by side, or on the telephone when you know the voice. Then say what you found: tacet trust say bob same',
  async run(context) {
    const api = await context.api();
    const { id } = await findContact(api, context.arg(0, 'the contact'));
    const number = await api.call('contact.safetyNumber', { contactId: id });
    context.show(number, () => number.digits.replaceAll(/\d{5}(?=\d)/g, '$& '));
    return undefined;
  },
};

const FOUND = ['same', 'different', 'taken-back'] as const;

export const trustSay: Command = {
  path: 'trust say',
  summary: 'what comparing safety numbers showed',
  args: `<contact> <${FOUND.join('|')}>`,
  arity: [2, 2],
  examples: ['tacet trust say bob same', 'tacet trust say bob taken-back'],
  details:
    'same: the contact is verified from now on. different: nothing about their key counts any more, and a warning is shown. taken-back: you no longer stand by an earlier same.',
  async run(context) {
    const found = FOUND.find((one) => one === context.args[1]);
    if (found === undefined) {
      throw new AppError('usage', 'usage', `say one of: ${FOUND.join(', ')}`);
    }
    const api = await context.api();
    const { id } = await findContact(api, context.arg(0, 'the contact'));
    await api.call('contact.verify', { contactId: id, found });
    const contact = await api.call('contact.get', { contact: id });
    context.show(contact, () => `${safeLine(contact.name)}: ${trustWord(contact)}`);
    return undefined;
  },
};
