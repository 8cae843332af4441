/** What levels cost and show, with the figures of a plausible network. */
import type { LevelFactsView, ProfileStatus, ResultOf } from '@tacet/api';

const GB = 1_000_000_000;
const flat = (size: number) => ({ least: size, most: size });
const inUse = {
  to: 'own-edge',
  code: 'in-use',
  text: 'your own edge and your internet provider see roughly when a window is in use',
} as const;
const instants = {
  to: 'own-edge',
  code: 'instants',
  text: 'your own edge and your internet provider see each moment at which you write or something is there for you, and about how much',
} as const;
const correlates = {
  to: 'watcher',
  code: 'correlates',
  text: 'whoever watches your line and that of a contact can tell by the times that you talk to each other',
} as const;

const levels: readonly LevelFactsView[] = [
  {
    level: 'strong',
    up: flat(0.53 * GB),
    down: flat(1.06 * GB),
    delivery: { typical: 11_800, p95: null, from: 'parameters' },
    shows: [],
  },
  {
    level: 'balanced',
    up: { least: 0.53 * GB, most: 1.06 * GB },
    down: { least: 1.06 * GB, most: 2.12 * GB },
    delivery: { typical: 4_300, p95: 8_100, from: 'receipt' },
    shows: [inUse],
  },
  {
    level: 'fast',
    up: { least: 0.53 * GB, most: 1.06 * GB },
    down: flat(2.12 * GB),
    delivery: { typical: 3_600, p95: null, from: 'parameters' },
    shows: [instants, correlates],
  },
];

export function compareLevels({
  level,
  nextLevel,
  network,
}: ProfileStatus): ResultOf<'level.compare'> {
  return { level, next: nextLevel, levels: network === null ? null : levels };
}
