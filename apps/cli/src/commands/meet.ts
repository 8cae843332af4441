/** `meet code|scan|scans`: in person, each scans the other's code. */
import { MAX_LINK, type ScanView } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { findContact } from '../contacts.ts';
import { showTime } from '../duration.ts';
import { table } from '../format.ts';
import { safeLine } from '../safe.ts';
import { waitFor } from '../wait.ts';

const SCANNED: Readonly<Record<ScanView['state'], string>> = {
  waiting: 'scanned; verified when they have scanned yours',
  verified: 'verified',
  ended: 'they did not scan yours in time',
};

export const meetCode: Command = {
  path: 'meet code',
  summary: 'a code for somebody who stands here: each scans the other’s',
  arity: [0, 0],
  options: {
    timeout: { type: 'string', value: 'TIME', help: 'how long to wait for it (default 60s)' },
  },
  examples: ['tacet meet code'],
  details:
    'Good for ten minutes. Contacts who scan each other are verified; strangers become contacts and are verified at once. Let nobody else see it: what was scanned from a photograph is never verified.',
  async run(context) {
    const wait = context.duration('timeout', '60s');
    const api = await context.api();
    const { id } = await api.call('meet.code', {});
    const ready = await waitFor(api, wait, async () => {
      const code = await api.call('meet.codeState', { id });
      return code.state === 'preparing' ? null : code;
    });
    if (ready === null) {
      throw new AppError('network-timeout', 'network', 'the code is not stored yet');
    }
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
  },
  examples: ['tacet meet scan "tacet://meet/1#..."', 'tacet meet scan - --contact bob'],
  async run(context) {
    const given = context.arg(0, 'the code');
    const code = given === '-' ? (await context.terminal.readAll(MAX_LINK)).trim() : given;
    const api = await context.api();
    const name = context.text('contact');
    const meant = name === undefined ? {} : { contactId: (await findContact(api, name)).id };
    const scan = await api.call('meet.scan', { code, ...meant });
    context.show(scan, () => `${safeLine(scan.name)}: ${SCANNED[scan.state]}`);
    return undefined;
  },
};

export const meetScans: Command = {
  path: 'meet scans',
  summary: 'codes you scanned, and what became of them',
  arity: [0, 0],
  examples: ['tacet meet scans'],
  async run(context) {
    const found = await (await context.api()).call('meet.scans', {});
    context.show(found, () =>
      table(
        ['NAME', 'WHEN', 'STATE'],
        found.scans.map((scan) => [
          safeLine(scan.name),
          showTime(scan.at, Date.now()),
          SCANNED[scan.state],
        ]),
      ),
    );
    return undefined;
  },
};
