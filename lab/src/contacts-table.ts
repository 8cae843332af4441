/** Figures of `lab contacts` beside what the system page promises. */
import type { ContactsResult } from './contacts.ts';

/** Seconds: usual, and 95 of 100, at delays of 0.4 s. */
const PROMISED = { strong: ['12', '17'], balanced: ['4-5', '8'] } as const;

export function contactsTable({ levels, contacts, active }: ContactsResult): string {
  const rows = levels.map((one) => {
    const promised = one.level === 'fast' ? ['-', '-'] : PROMISED[one.level];
    return [
      one.level,
      `${one.arrived}/${one.texts}`,
      `${one.waitP50} / ${one.waitP95}`,
      `${one.arrivalP50} / ${one.arrivalP95}`,
      `${one.openedP50} / ${one.openedP95}`,
      `${one.firstP50} / ${one.firstP95}`,
      promised.join(' / '),
    ];
  });
  const head = [
    'level',
    'arrived',
    'wait s',
    'delivery s',
    'conversation open',
    'first words',
    'promised',
  ];
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell) => cell.padEnd(18))
      .join('')
      .trimEnd(),
  );
  const parts = levels.map(({ level, delays }) => `${level}, open: ${JSON.stringify(delays)}`);
  return [`${contacts} contacts, ${active} active; p50 / p95`, ...lines, ...parts].join('\n');
}
