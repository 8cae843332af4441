/** Fetches from other authorities the documents that came about without this one. */
import type { AuthorityClient } from '@tacet/adapters/directory-https';
import { type Clock, isAppError, type Millis, type Rng, randomBetween, shuffle } from '@tacet/base';
import { epochAt, type Parameters, scheduleOf } from '@tacet/directory';
import type { AuthorityMachine } from '@tacet/relay';
import { AskInTurn } from './ask-in-turn.ts';
import { LIMITS } from './limits.ts';
import { Poller } from './poller.ts';

type Source = Pick<AuthorityClient, 'documents'>;

export interface CatchUpOptions {
  readonly clients: readonly Source[];
  readonly machine: Pick<AuthorityMachine, 'behind' | 'newest'>;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly parameters: Parameters;
  /** Unverified. */
  readonly onDocument: (bytes: Uint8Array) => void;
  readonly onUnreachable: () => void;
}

export class CatchUp {
  private readonly options: CatchUpOptions;
  private readonly poller = new Poller(() => this.poll());
  private readonly inTurn = new AskInTurn<Source>();

  constructor(options: CatchUpOptions) {
    this.options = options;
  }

  start(): void {
    if (this.options.clients.length > 0) this.poller.start();
  }

  stop(): void {
    this.poller.stop();
  }

  private async poll(): Promise<Millis> {
    const { clients, machine, clock, rng, parameters } = this.options;
    if (machine.behind(clock.now())) {
      await this.inTurn.round({
        sources: shuffle(rng, [...clients]),
        patienceMs: LIMITS.catchUpMs,
        ask: async (client) => {
          await this.ask(client);
          return this.poller.stopped || !machine.behind(clock.now());
        },
      });
    }
    const now = clock.now();
    const behind = LIMITS.catchUpMs * randomBetween(rng, 0.5, 1);
    if (machine.behind(now)) return behind;
    const { publication } = scheduleOf(parameters, epochAt(parameters, now) + 1);
    // The document of the next epoch is here already: after its publication comes the next one.
    return publication > now ? publication - now + behind : parameters.epochMs / 2;
  }

  private async ask(client: Source): Promise<void> {
    const { machine, onDocument, onUnreachable } = this.options;
    try {
      const found = await client.documents(machine.newest()?.document.epoch ?? null);
      if (this.poller.stopped) return;
      for (const bytes of found) onDocument(bytes);
    } catch (error) {
      if (!isAppError(error)) throw error;
      onUnreachable();
    }
  }
}
