/** What each kind of process is told. Paths are absolute here, secrets are in files. */
import type { NetworkCard, Parameters, RelayHash } from '@tacet/directory';

export interface RelayConfig {
  readonly role: 'mix' | 'edge';
  /** 1, 2 or 3 for a mix, 0 for an edge. */
  readonly layer: number;
  /** Folder with keys, epoch seeds, replay logs, documents and boxes. */
  readonly data: string;
  readonly admin: string;
  readonly card: NetworkCard;
  readonly authority: { readonly address: string; readonly keyHash: Uint8Array };
  readonly listenHost: string;
  readonly relayPort: number;
  readonly clientPort: number;
  readonly relayAddress: string;
  readonly clientAddress: string;
  readonly family: string;
  readonly country: string;
  readonly capacity: number;
  readonly sourceUrl: string;
  readonly sourceCommit: string;
  readonly maxClients: number;
  readonly clientsPerAddress: number;
  /** Holds until the first document is known. */
  readonly schedule: Pick<Parameters, 'epochMs' | 'graceMs' | 'keysAhead'>;
}

export interface AuthorityConfig {
  readonly role: 'authority';
  readonly data: string;
  readonly admin: string;
  readonly networkName: string;
  readonly listenHost: string;
  readonly port: number;
  readonly relays: readonly RelayHash[];
  readonly parameters: Parameters;
  /** Echo's reusable address, or empty. */
  readonly echo: Uint8Array;
}

export type ProcessConfig = RelayConfig | AuthorityConfig;

/** A running process of any role. */
export interface Running {
  readonly role: ProcessConfig['role'];
  /** True once, as long as: a document is in force, links stand, the store answers. */
  ready(): Readiness;
  counters(): Readonly<Record<string, number>>;
  /** Lets what is on its way leave, then ends. May be called twice. */
  stop(): Promise<void>;
}

export interface Readiness {
  readonly ready: boolean;
  /** What is missing, in words an operator can act on. */
  readonly missing: readonly string[];
}
