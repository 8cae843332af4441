/**
 * The suites of `npm test`, found by convention: a folder with `test/**` holding `*.test.ts`.
 * pure: machines and codecs. process: sockets, stores, workers. network: several programs at once,
 * which wait more than they work. timing: the same, but a full machine would spoil them. Each file
 * has a process of its own, but for pure suites and a few others, which have one for all.
 */

export const KINDS = ['pure', 'process', 'network', 'timing'] as const;
export type Kind = (typeof KINDS)[number];

/** Suites one after another, while other lanes run theirs. */
export interface Lane {
  /** What it takes first, and what when there is nothing left of that. */
  readonly kinds: readonly Kind[];
  /** Takes only what the other lanes leave of the machine. */
  readonly beside: boolean;
}

const lane = (...kinds: Kind[]): Lane => ({ kinds, beside: false });

/** For two cores. Lanes of a row run side by side, rows one after another. */
export const ROWS: readonly (readonly Lane[])[] = [
  // Two of its files at a time.
  [lane('process')],
  // Needs a core; of the other one `BESIDE` takes what is left.
  [lane('timing')],
  [lane('network', 'pure'), lane('network', 'pure')],
];
/** Machines and codecs are tested while the suites of all rows wait. */
export const BESIDE: Lane = { kinds: ['pure'], beside: true };

export interface Suite {
  readonly name: string;
  readonly kind: Kind;
  readonly files: readonly string[];
  /** All files in one process, one after another. */
  readonly together: boolean;
  /**
   * Seconds on two cores; a suite above it fails. By the clock, with what else runs in its row of
   * lanes; of a core for `pure`.
   */
  readonly budget: number;
}

const DEFAULT_BUDGET: Readonly<Record<Kind, number>> = {
  pure: 30,
  process: 40,
  network: 90,
  timing: 60,
};

/** Instants of frames on a wire. */
const TIMING = ['e2e/rhythm'];

/** Suites of networks that have one process for all files, with the reason. */
const ONE_PROCESS = [
  // One browser for all.
  'e2e/window',
];

/** Folders that are suites of their own: clusters of servers come to an agreement in their own time. */
const APART = ['packages/adapters/test/boxes-redis'];

/**
 * Suites that need more than the default of their kind, with the reason, or less: a longer budget
 * begins earlier.
 */
const BUDGETS: Readonly<Record<string, number>> = {
  // Thirty browser tests, each with a fresh browser profile.
  'e2e/window': 120,
  // Half a minute or more, and a minute longer where a hole of a stream has to be repaired.
  'e2e/restart': 150,
  // Networks in the order of their lengths: one of half a minute or more that begins last would
  // keep one lane waiting, and be slowed down by the pure suites of the other.
  'e2e/daemon': 80,
  'e2e/browser': 60,
  'e2e/start': 70,
  'e2e/relay': 60,
  'packages/adapters/test/boxes-redis': 40,
  'e2e/test': 40,
  'e2e/kill-boxes': 30,
  // Five hundred tests, most with a store or two of their own: 27 s of a core, half as much again where
  // others fill both.
  'packages/client': 45,
  // Profiles and backups on a disk, killed and torn at each step.
  'packages/adapters': 60,
  // Several authorities over random losses and crashes.
  'packages/relay': 45,
  // Scenarios, chaos and wrong clocks in virtual time.
  lab: 80,
};

/** Everything together, on two cores. */
export const TOTAL_BUDGET = 300;

/**
 * `x.long.test.ts`: what `npm test` has no time for with its five minutes (docs/dev/testing.md);
 * `npm run test:long` runs these and nothing else.
 */
export function isLong(file: string): boolean {
  return /\.long\.test\.tsx?$/.test(file);
}

export function findSuites(files: readonly string[], long = false): Suite[] {
  const byName = new Map<string, string[]>();
  for (const file of files) {
    const name = suiteOf(file);
    if (name === null || isLong(file) !== long) continue;
    byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  return [...byName]
    .map(([name, members]) => {
      const kind = kindOf(name);
      const together = kind === 'pure' || ONE_PROCESS.includes(name);
      const budget = BUDGETS[name] ?? DEFAULT_BUDGET[kind];
      return { name, kind, files: members, together, budget };
    })
    .sort((a, b) => {
      // The longest first, so that no worker is left alone with it at the end.
      const byKind = KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
      return byKind || b.budget - a.budget || (a.name < b.name ? -1 : 1);
    });
}

/**
 * `packages/onion/test/build.test.ts` -> `packages/onion`, `e2e/window/x.test.ts` -> `e2e/window`,
 * `e2e/rhythm.test.ts` -> `e2e/rhythm`.
 */
function suiteOf(file: string): string | null {
  if (!file.endsWith('.test.ts') && !file.endsWith('.test.tsx')) return null;
  const apart = APART.find((folder) => file.startsWith(`${folder}/`));
  if (apart !== undefined) return apart;
  const member = /^((?:packages|apps)\/[^/]+|lab|tools)\/test\//.exec(file)?.[1];
  if (member !== undefined) return member;
  const folder = /^e2e\/([^/]+)\//.exec(file)?.[1];
  if (folder !== undefined) return `e2e/${folder}`;
  return file.startsWith('e2e/') ? file.replace(/\.test\.tsx?$/, '') : null;
}

function kindOf(name: string): Kind {
  if (TIMING.includes(name)) return 'timing';
  if (name.startsWith('e2e') || APART.includes(name)) return 'network';
  const isProcess = name.startsWith('apps/') || /^packages\/(adapters|host)$/.test(name);
  return isProcess ? 'process' : 'pure';
}

/** Keeps suites of the wanted names and what lies below wanted paths; nothing wanted keeps all. */
export function select(suites: readonly Suite[], wanted: readonly string[]): Suite[] {
  if (wanted.length === 0) return [...suites];
  const paths = wanted.map((path) => path.replace(/^\.\//, '').replace(/\/+$/, ''));
  const isWanted = (file: string): boolean =>
    paths.some((path) => file === path || file.startsWith(`${path}/`));
  return suites
    .map((suite) =>
      paths.includes(suite.name) ? suite : { ...suite, files: suite.files.filter(isWanted) },
    )
    .filter((suite) => suite.files.length > 0);
}
