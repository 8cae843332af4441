/** `meet code|scan|scans`: in person, each scans the other's code. */
import { type Api, MAX_LINK, type ScanView } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { findContact } from '../contacts.ts';
import type { Context } from '../context.ts';
import { showTime } from '../duration.ts';
import { table } from '../format.ts';
import { safeLine } from '../safe.ts';
import { listing } from '../shapes.ts';
import { waitFor } from '../wait.ts';
import { asOption } from './identity.ts';

const SCANNED: Readonly<Record<ScanView['state'], string>> = {
  waiting: 'scanned; verified when they have scanned yours',
  verified: 'verified',
  ended: 'they did not scan yours in time',
};

async function shownAs(
  context: Context,
  api: Api,
): Promise<{ contactId?: string; identity?: string }> {
  const name = context.text('contact');
  const identity = context.text('as');
  if (name !== undefined && identity !== undefined) {
    throw new AppError('usage', 'usage', 'either --contact or --as');
  }
  if (name !== undefined) return { contactId: (await findContact(api, name)).id };
  return identity === undefined ? {} : { identity };
}

export const meetCode: Command = {
  path: 'meet code',
  summary: 'a code for somebody who stands here: each scans the other’s',
  arity: [0, 0],
  options: {
    contact: { type: 'string', value: 'NAME', help: 'for whom: shown as they know you' },
    as: asOption,
    timeout: { type: 'string', value: 'TIME', help: 'how long to wait for it (default 60s)' },
  },
  examples: ['tacet meet code', 'tacet meet code --contact bob'],
  details:
    'Good for ten minutes. Contacts who scan each other are verified; strangers become contacts and are verified at once. Let nobody else see it: what was scanned from a photograph is never verified.',
  async run(context) {
    const wait = context.duration('timeout', '60s');
    const api = await context.api();
    const { id } = await api.call('meet.code', await shownAs(context, api));
    const ready = await waitFor(api, wait, async () => {
      const code = await api.call('meet.codeState', { id });
      return code.state === 'preparing' ? null : code;
    });
    if (ready === null) {
      throw new AppError('network-timeout', 'network', 'the code is not stored yet');
    }
    if (!context.json) context.note(`you show: ${safeLine(ready.identity)}`);
    context.show(ready, () => ready.text ?? 'this code has ended');
    return undefined;
  },
};

export const meetScan: Command = {
  path: 'meet scan',
  summary: 'what stood in the code of the other person',
  args: '<code|->',
  arity: [1, 1],
  options: {
    contact: { type: 'string', value: 'NAME', help: 'whom you mean: refuse another’s code' },
    as: { ...asOption, help: 'as whom (default: as the code you show, or as they know you)' },
  },
  examples: ['tacet meet scan "tacet://meet/1#..."', 'tacet meet scan - --contact bob'],
  async run(context) {
    const given = context.arg(0, 'the code');
    const code = given === '-' ? (await context.terminal.readAll(MAX_LINK)).trim() : given;
    const api = await context.api();
    const scan = await api.call('meet.scan', { code, ...(await shownAs(context, api)) });
    context.show(scan, () => `${safeLine(scan.name)}: ${SCANNED[scan.state]}`);
    return undefined;
  },
};

export const meetScans = listing({
  path: 'meet scans',
  summary: 'codes you scanned, and what became of them',
  method: 'meet.scans',
  lines: ({ scans }, now) =>
    table(
      ['NAME', 'WHEN', 'STATE'],
      scans.map((scan) => [safeLine(scan.name), showTime(scan.at, now), SCANNED[scan.state]]),
    ),
});
