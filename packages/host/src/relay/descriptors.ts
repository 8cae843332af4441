/**
 * Tells the authority once an epoch what this relay is (docs/spec/06-directory.md, 5 and 7). The
 * seeds behind the packet keys in a descriptor are on disk before the descriptor leaves.
 */
import type { AuthorityClient } from '@tacet/adapters/directory-https';
import { Backoff } from '@tacet/adapters/link-ws';
import { type Clock, DAY, isAppError, type Millis, type Rng, randomBetween } from '@tacet/base';
import type { HybridKeyPair } from '@tacet/crypto';
import {
  type Descriptor,
  epochAt,
  epochStart,
  type LinkCertificate,
  makeLinkCertificate,
  signDescriptor,
} from '@tacet/directory';
import type { EpochKeyring } from '@tacet/relay';
import type { EpochSeeds } from './epoch-seeds.ts';
import { LIMITS } from './limits.ts';
import { Poller } from './poller.ts';

/** What does not change from one descriptor to the next. */
export type FixedDescriptor = Omit<Descriptor, 'link' | 'issuedAt' | 'firstEpoch' | 'keys'>;

export interface DescriptorKeeperOptions {
  readonly identity: HybridKeyPair;
  readonly linkKeyHash: Uint8Array;
  readonly fixed: FixedDescriptor;
  readonly keyring: EpochKeyring;
  readonly seeds: EpochSeeds;
  readonly client: Pick<AuthorityClient, 'submit'>;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Of the network's parameters; read anew each time. */
  readonly epochMs: () => Millis;
  readonly onCertificate: (certificate: LinkCertificate) => void;
  /** `accepted`, or the code with which the authority or the way to it refused. */
  readonly onOutcome: (code: string) => void;
}

export class DescriptorKeeper {
  private readonly options: DescriptorKeeperOptions;
  private readonly backoff: Backoff;
  private readonly poller = new Poller(() => this.submit());
  private link: LinkCertificate | null = null;
  private issuedAt = 0;
  private signed: { readonly epoch: number; readonly bytes: Uint8Array } | null = null;

  constructor(options: DescriptorKeeperOptions) {
    this.options = options;
    this.backoff = new Backoff(options.rng, {
      firstMs: LIMITS.authorityRetryFirstMs,
      capMs: LIMITS.authorityRetryCapMs,
    });
  }

  start(): void {
    this.certify();
    this.poller.start();
  }

  stop(): void {
    this.poller.stop();
  }

  private async submit(): Promise<Millis> {
    const { client, clock, rng, epochMs, onOutcome } = this.options;
    try {
      await client.submit(this.current());
    } catch (error) {
      if (!isAppError(error)) throw error;
      onOutcome(error.code);
      if (error.kind !== 'refused') return this.backoff.next();
      this.signed = null;
      const pause = Math.min(LIMITS.refusedRetryMs, epochMs() / 4);
      return randomBetween(rng, pause / 2, pause);
    }
    this.backoff.reset();
    onOutcome('accepted');
    const next = epochAt({ epochMs: epochMs() }, clock.now()) + 1;
    // Well before descriptors are due (at 7/12 of the epoch), and not all relays at once.
    const start = epochStart({ epochMs: epochMs() }, next);
    return start + randomBetween(rng, 0.02, 0.3) * epochMs() - clock.now();
  }

  /** The descriptor of this epoch; a retry sends the same bytes. */
  private current(): Uint8Array {
    const { identity, fixed, keyring, seeds, clock, epochMs } = this.options;
    const now = clock.now();
    const epoch = epochAt({ epochMs: epochMs() }, now);
    if (this.signed?.epoch === epoch) return this.signed.bytes;
    seeds.save(keyring.ensure(now));
    const link = this.certify();
    this.issuedAt = Math.max(Math.floor(now), this.issuedAt + 1);
    const keys = keyring.publicKeys(now);
    const bytes = signDescriptor(identity, { ...fixed, link, issuedAt: this.issuedAt, ...keys });
    this.signed = { epoch, bytes };
    return bytes;
  }

  private certify(): LinkCertificate {
    const { identity, linkKeyHash, clock, onCertificate } = this.options;
    const now = clock.now();
    if (this.link === null || this.link.notAfter - now < LIMITS.linkRenewDays * DAY) {
      const notAfter = Math.floor(now) + LIMITS.linkDays * DAY;
      this.link = makeLinkCertificate(identity, linkKeyHash, notAfter);
      onCertificate(this.link);
    }
    return this.link;
  }
}
