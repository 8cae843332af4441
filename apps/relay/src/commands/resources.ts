/** `resources`: what a relay takes for a number of users, computed from measured figures. */
import { resourceTable } from '@tacet/host/relay';
import { type Command, JSON_OPTION } from '../command.ts';
import { numberOption } from '../options.ts';

export const resources: Command = {
  path: 'resources',
  summary: 'processor, memory, disk and traffic a network takes, for a number of users at each T',
  options: {
    users: { type: 'string', value: 'N', help: 'people on the network (100)' },
    'mixes-per-layer': { type: 'string', value: 'N', help: 'among which a layer is shared (1)' },
    edges: { type: 'string', value: 'N', help: 'among which people and boxes are shared (2)' },
    capacity: { type: 'string', value: 'N', help: 'packets a second a relay declares (1000)' },
    ...JSON_OPTION,
  },
  examples: ['tacet-relay resources --users 500 --mixes-per-layer 2 --edges 3'],
  details:
    'Figures per packet, client and box are measured (docs/ops/resources.md says how, and on what); the\n' +
    'rest is arithmetic. People are counted as in use one hour in eight.',
  run({ values }, output) {
    const number = (name: string, max: number, fallback: number) =>
      numberOption(values, name, { min: 1, max, fallback });
    const rows = resourceTable({
      users: number('users', 1_000_000, 100),
      mixesPerLayer: number('mixes-per-layer', 40, 1),
      edges: number('edges', 40, 2),
      capacity: number('capacity', 100_000, 1_000),
    });
    if (values['json'] === true) {
      output.out(JSON.stringify(rows));
      return;
    }
    output.out('T       relay   packets/s   core %   memory MB   disk GB   Mbit/s   GB a month');
    for (const row of rows) {
      output.out(
        [
          `${row.slotMs / 1_000} s`.padEnd(7),
          row.role.padEnd(7),
          row.packetsPerSecond.toFixed(0).padStart(9),
          row.corePercent.toFixed(1).padStart(8),
          row.memoryMb.toFixed(0).padStart(11),
          row.diskGb.toFixed(2).padStart(9),
          row.megabits.toFixed(1).padStart(8),
          row.gigabytesPerMonth.toFixed(0).padStart(12),
        ].join(' '),
      );
    }
  },
};
