/** The benches by name. Each is loaded only when it is asked for. */

export type Figures = Record<string, number>;

export interface BenchArguments {
  readonly messages?: string | undefined;
  readonly levels?: string | undefined;
  readonly seed?: string | undefined;
  readonly boxes?: string | undefined;
  readonly clients?: string | undefined;
  readonly settle?: string | undefined;
  readonly rate?: string | undefined;
  readonly real?: string | undefined;
  readonly store?: string | undefined;
  readonly part?: string | undefined;
  readonly megabytes?: string | undefined;
  readonly kills?: string | undefined;
}

export interface Bench {
  readonly name: string;
  readonly about: string;
  readonly run: (args: BenchArguments, say: (line: string) => void) => Promise<Figures>;
}

export const BENCHES: readonly Bench[] = [
  {
    name: 'onion',
    about: 'building and unwrapping packets, against the bare primitives',
    run: async () => (await import('./onion.ts')).run(),
  },
  {
    name: 'delivery',
    about: 'a text from one person to another, over a network of processes',
    run: async (args, say) => (await import('./delivery.ts')).run(args, say),
  },
  {
    name: 'relays',
    about: 'processor time and memory of mixes and edges for each packet',
    run: async (_, say) => (await import('./relays.ts')).run(say),
  },
  {
    name: 'mix',
    about: 'one mix process under load: rate, cost of a frame, lateness, overload',
    run: async (args, say) => (await import('./mix.ts')).run(args, say),
  },
  {
    name: 'boxes',
    about: 'the box store of an edge: rates, restart, memory, disk',
    run: async ({ boxes }, say) =>
      (await import('./boxes.ts')).run({ ...(boxes && { boxes: Number(boxes) }), say }),
  },
  {
    name: 'answers',
    about: "whether the time of an edge's answer says what it answers",
    run: async (_args, say) => (await import('./answers.ts')).run({ say }),
  },
  {
    name: 'clients',
    about: 'many idle clients at one edge: memory and CPU of the edge',
    run: async (args, say) => (await import('./clients.ts')).run(args, say),
  },
  {
    name: 'links',
    about: 'hostile clients beside honest ones: a flood, a storm of connections',
    run: async (args, say) => (await import('./links.ts')).run(args, say),
  },
  {
    name: 'search',
    about: 'searching a long history, and what its index costs when messages are saved',
    run: async ({ messages }, say) =>
      (await import('./daemon/search.ts')).run(say, {
        ...(messages && { messages: Number(messages) }),
      }),
  },
  {
    name: 'backup',
    about: 'backups of a daemon that runs: first, without a change, after a text, tested',
    run: async (args, say) => (await import('./backup.ts')).run(args, say),
  },
  {
    name: 'profile',
    about: 'opening a profile, every page of it looked over',
    run: async (_, say) => (await import('./profile.ts')).run(say),
  },
  {
    name: 'vault',
    about: 'when a right, wrong, decoy and coerced passphrase are answered',
    run: async (_args, say) => (await import('./vault.ts')).run(say),
  },
  {
    name: 'files',
    about: 'files over a network of processes: time by level and in Transfer, memory',
    run: async (args, say) => (await import('./files.ts')).run(args, say),
  },
  {
    name: 'daemon',
    about: "a person's daemon: idle, memory, growth, start, search, a burst",
    run: async (args, say) => (await import('./daemon.ts')).run(args, say),
  },
];
