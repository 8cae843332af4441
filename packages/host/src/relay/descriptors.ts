/**
 * Tells every authority once an epoch what this relay is (docs/spec/06-directory.md, 5 and 12).
 * The seeds behind the packet keys in a descriptor are on disk before the descriptor leaves, and
 * all authorities get the same bytes.
 */
import type { AuthorityClient } from '@tacet/adapters/directory-https';
import { Backoff } from '@tacet/adapters/link-ws';
import {
  type Clock,
  DAY,
  equalBytes,
  isAppError,
  type Millis,
  type Rng,
  randomBetween,
} from '@tacet/base';
import type { HybridKeyPair } from '@tacet/crypto';
import {
  type Descriptor,
  epochAt,
  epochStart,
  type LinkCertificate,
  makeLinkCertificate,
  signDescriptor,
} from '@tacet/directory';
import type { EpochVault } from './epoch-vault.ts';
import { LIMITS } from './limits.ts';
import { Poller } from './poller.ts';

/** What a relay measured in its last whole epoch, and whether it is being drained. */
export type Measured = Pick<Descriptor, 'requestRate' | 'loops' | 'leaving'>;

export const UNMEASURED: Measured = { requestRate: 0, loops: [], leaving: false };

/** What does not change from one descriptor to the next. */
export type FixedDescriptor = Omit<
  Descriptor,
  'link' | 'issuedAt' | 'firstEpoch' | 'keys' | keyof Measured
>;

export interface DescriptorKeeperOptions {
  readonly identity: HybridKeyPair;
  /** Of the key links use now. */
  readonly linkKeyHash: () => Uint8Array;
  /** Of the key they will use once documents name it, or null. */
  readonly nextLinkKeyHash: () => Uint8Array | null;
  readonly fixed: FixedDescriptor;
  readonly measured: () => Measured;
  readonly vault: Pick<EpochVault, 'ensure' | 'publicKeys'>;
  readonly clients: readonly Pick<AuthorityClient, 'submit'>[];
  readonly clock: Clock;
  readonly rng: Rng;
  /** Of the network's parameters; read anew each time. */
  readonly epochMs: () => Millis;
  readonly onCertificate: (certificate: LinkCertificate) => void;
  /** `accepted`, or the code with which that authority or the way to it refused. */
  readonly onOutcome: (code: string, authority: number) => void;
}

export class DescriptorKeeper {
  private readonly options: DescriptorKeeperOptions;
  private readonly backoffs: readonly Backoff[];
  private readonly pollers: readonly Poller[];
  private link: LinkCertificate | null = null;
  private issuedAt = 0;
  private signed: { readonly epoch: number; readonly bytes: Uint8Array } | null = null;

  constructor(options: DescriptorKeeperOptions) {
    this.options = options;
    const pauses = {
      firstMs: LIMITS.authorityRetryFirstMs,
      capMs: LIMITS.authorityRetryCapMs,
    };
    this.backoffs = options.clients.map(() => new Backoff(options.rng, pauses));
    this.pollers = options.clients.map((_, i) => new Poller(() => this.submit(i)));
  }

  start(): void {
    this.certify();
    for (const poller of this.pollers) poller.start();
  }

  stop(): void {
    for (const poller of this.pollers) poller.stop();
  }

  /** Makes a new descriptor now: something in it has changed. */
  renew(): void {
    this.signed = null;
    for (const poller of this.pollers) poller.start();
  }

  private async submit(authority: number): Promise<Millis> {
    const { clients, clock, rng, epochMs, onOutcome } = this.options;
    const backoff = this.backoffs[authority] as Backoff;
    const bytes = await this.current();
    try {
      await clients[authority]?.submit(bytes);
    } catch (error) {
      if (!isAppError(error)) throw error;
      onOutcome(error.code, authority);
      if (error.kind !== 'refused') return backoff.next();
      // Made anew for all, unless another authority's refusal has had that done already.
      if (this.signed?.bytes === bytes) this.signed = null;
      const pause = Math.min(LIMITS.refusedRetryMs, epochMs() / 4);
      return randomBetween(rng, pause / 2, pause);
    }
    backoff.reset();
    onOutcome('accepted', authority);
    // Renewed while this was on its way: the newer one follows at once.
    if (this.signed?.bytes !== bytes) return 0;
    const next = epochAt({ epochMs: epochMs() }, clock.now()) + 1;
    // Well before descriptors are due (at 7/12 of the epoch), and not all relays at once.
    const start = epochStart({ epochMs: epochMs() }, next);
    return start + randomBetween(rng, 0.02, 0.3) * epochMs() - clock.now();
  }

  /** The descriptor of this epoch; a retry sends the same bytes. */
  private async current(): Promise<Uint8Array> {
    const { identity, fixed, measured, vault, clock, epochMs } = this.options;
    let now: Millis;
    let keys: ReturnType<typeof vault.publicKeys>;
    do {
      await vault.ensure(clock.now());
      now = clock.now();
      keys = vault.publicKeys(now);
      // A machine that slept meanwhile may wake in an epoch for which no key was made.
    } while (keys.keys.length === 0);
    // Nothing is awaited from here on: several authorities ask at once, and get the same bytes.
    const epoch = epochAt({ epochMs: epochMs() }, now);
    if (this.signed?.epoch === epoch) return this.signed.bytes;
    const present = this.certify();
    const next = this.options.nextLinkKeyHash();
    const link = next === null ? present : this.makeCertificate(next);
    this.issuedAt = Math.max(Math.floor(now), this.issuedAt + 1);
    const { issuedAt } = this;
    const bytes = signDescriptor(identity, { ...fixed, ...measured(), link, issuedAt, ...keys });
    this.signed = { epoch, bytes };
    return bytes;
  }

  /** Last moment of the certificate of the present link key. */
  get linkNotAfter(): Millis | null {
    return this.link?.notAfter ?? null;
  }

  /** The certificate of the present link key, made anew when it is old or of another key. */
  certify(): LinkCertificate {
    const { linkKeyHash, clock, onCertificate } = this.options;
    const keyHash = linkKeyHash();
    const isOld =
      this.link !== null && this.link.notAfter - clock.now() < LIMITS.linkRenewDays * DAY;
    if (this.link === null || isOld || !equalBytes(this.link.keyHash, keyHash)) {
      this.link = this.makeCertificate(keyHash);
      onCertificate(this.link);
    }
    return this.link;
  }

  private makeCertificate(keyHash: Uint8Array): LinkCertificate {
    const { identity, clock } = this.options;
    const notAfter = Math.floor(clock.now()) + LIMITS.linkDays * DAY;
    return makeLinkCertificate(identity, keyHash, notAfter);
  }
}
