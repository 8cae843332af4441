/** What each kind of process is told. Paths are absolute here, secrets are in files. */
import type { AuthorityHash, NetworkCard, Parameters } from '@tacet/directory';
import type { Operations } from '../operations.ts';

/** Where an authority is reached by HTTPS, and the SHA-256 of its TLS key. */
export interface AuthorityAddress {
  readonly address: string;
  readonly keyHash: Uint8Array;
}

/** Another authority, as an authority knows it. */
export interface AuthorityPeer extends AuthorityAddress {
  readonly identity: AuthorityHash;
}

/** Where an edge keeps its boxes. */
export type BoxesConfig = {
  /** Boxes there is room for; of a cluster: for all its edges together. */
  readonly capacity: number;
} & (
  | { readonly engine: 'sqlite' }
  | {
      readonly engine: 'redis';
      /** `host:port` of some nodes. */
      readonly nodes: readonly string[];
      readonly user: string | null;
      readonly passwordFile: string | null;
      readonly tls: BoxesTls | null;
    }
);

/** PEM files; without a CA those of the system count. */
export interface BoxesTls {
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
  /** The name in the nodes' certificates, where it is not their address. */
  readonly serverName: string | null;
}

export interface RelayConfig {
  readonly role: 'mix' | 'edge';
  /** 1, 2 or 3 for a mix, 0 for an edge. */
  readonly layer: number;
  /** Folder with keys, epoch seeds, replay logs, documents and boxes. */
  readonly data: string;
  readonly admin: string;
  readonly card: NetworkCard;
  /** All authorities of the network, 1 to 9. */
  readonly authorities: readonly AuthorityAddress[];
  readonly listenHost: string;
  readonly relayPort: number;
  readonly clientPort: number;
  readonly relayAddress: string;
  readonly clientAddress: string;
  /** SOCKS 5 server for everything this relay dials; empty: directly. */
  readonly socks: string;
  /** Address in a document -> address to dial. */
  readonly reach: ReadonlyMap<string, string>;
  readonly family: string;
  readonly country: string;
  readonly capacity: number;
  readonly sourceUrl: string;
  readonly sourceCommit: string;
  readonly maxClients: number;
  readonly clientsPerAddress: number;
  readonly boxes: BoxesConfig;
  /** Loopback port of the export for monitoring; 0: off. */
  readonly metricsPort: number;
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
  /** File with the admitted relays. */
  readonly allowed: string;
  /** The other authorities; none for a lone one. */
  readonly peers: readonly AuthorityPeer[];
  /** As for relays. */
  readonly socks: string;
  readonly parameters: Parameters;
  /** Echo's reusable address, or empty. */
  readonly echo: Uint8Array;
  /** Signed release statement, or empty. */
  readonly release: Uint8Array;
  /** Loopback port of the export for monitoring; 0: off. */
  readonly metricsPort: number;
}

export type ProcessConfig = RelayConfig | AuthorityConfig;

/** A running process of any role. */
export interface Running {
  readonly role: ProcessConfig['role'];
  /** True once, as long as: a document is in force, links stand, the store answers. */
  ready(): Readiness;
  counters(): Readonly<Record<string, number>>;
  /** What an operator may ask of it. */
  readonly operations: Operations;
  /** Client links by the most it takes, 0..1; null, or absent, where there are none. */
  clients?(): number | null;
  /** Lets what is on its way leave, then ends. May be called twice. */
  stop(): Promise<void>;
}

export interface Readiness {
  readonly ready: boolean;
  /** What is missing, in words an operator can act on. */
  readonly missing: readonly string[];
  /** How many authorities the network has; one alone can lie to everybody unseen. */
  readonly authorities: number;
}
