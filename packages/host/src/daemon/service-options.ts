/** What a daemon is made of; the program wires the real parts, tests their own. */
import type { Millis } from '@tacet/base';
import type { Handover, PicturePort } from '@tacet/client';
import type { Beside } from './beside.ts';
import type { CoverSeat, HandingMachine } from './full-lock.ts';
import type { Person } from './machine.ts';
import type { Dial, Environment, InTurn, Opened, ProfileVault } from './ports.ts';

export interface ServiceOptions<Store extends Opened, Job, Outcome> {
  readonly handle: string;
  /** The profile's folder. */
  readonly dir: string;
  readonly version: string;
  readonly environment: Environment;
  readonly vault: ProfileVault<Store>;
  readonly dial: Dial;
  /** Fills a new profile: identity, tables. */
  readonly prepare: (store: Store, name: string) => Promise<void>;
  /** The same, of a profile that is added to a vault. */
  readonly fill: Beside['fill'];
  /** @param from a link that stands, and goes on */
  readonly openPerson: (
    store: Store,
    now: Millis,
    from: Handover | null,
  ) => PersonMachine<Job, Outcome>;
  /** For a full lock. */
  readonly prepareCover: (inTurn: InTurn) => Promise<CoverSeat<Job, Outcome>>;
  /** What was freed is overwritten: by the engine, and by the rest; see freed-memory.ts. */
  readonly collectFreed: () => void;
  readonly fillFreed: () => readonly (() => void)[];
  readonly runJob: (job: Job) => Promise<Outcome>;
  readonly pictures: PicturePort;
  /** Null while no window server runs. */
  readonly window: () => WindowDoor | null;
  /** The daemon was asked to stop; called after the answer had time to leave. */
  readonly onStop: () => void;
}

export interface WindowDoor {
  /** Without any secret. */
  readonly address: string;
  /** A one-time address, and the page that leads there. */
  open(): { readonly url: string; readonly file: string };
}

export type PersonMachine<Job, Outcome> = Person & HandingMachine<Job, Outcome>;
