/** Runs a directory authority: the machine, its door, the others it talks to, its state on disk. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AuthorityClient,
  type AuthorityServer,
  serveAuthority,
} from '@tacet/adapters/directory-https';
import { socksRoute } from '@tacet/adapters/socks';
import { AppError, Counters, hex } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { type AuthoritySet, authorityHashOf, epochAt, smallestThreshold } from '@tacet/directory';
import {
  type AuthorityEffect,
  AuthorityMachine,
  type CouncilOutcome,
  type SubmitOutcome,
} from '@tacet/relay';
import { CatchUp } from './catch-up.ts';
import { RelayClock } from './clock.ts';
import type { AuthorityConfig, Readiness, Running } from './config/types.ts';
import type { Report } from './core.ts';
import { settleDataFormat } from './data-format.ts';
import { MachineDriver } from './driver.ts';
import { EvidenceFiles } from './evidence-files.ts';
import { privateFolder, writeDurably } from './files.ts';
import { lockFolder } from './folder-lock.ts';
import { type RelayKeys, readKeys } from './keys.ts';
import { hashesOf, readAllowed } from './network/allowed.ts';
import { PeerQueue } from './peers.ts';
import { documentStatus } from './relay-status.ts';

type HostCount = `peer-${'told' | 'refused' | 'lost' | 'unreachable'}` | 'evidence-full';

export async function runAuthority(config: AuthorityConfig, report: Report): Promise<Running> {
  privateFolder(config.data);
  const lock = lockFolder(config.data);
  try {
    return await start(config, report, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function start(
  config: AuthorityConfig,
  report: Report,
  release: () => void,
): Promise<Running> {
  settleDataFormat(config.data);
  const keys = readKeys(config.data);
  const statePath = join(config.data, 'authority.state');
  const clock = new RelayClock();
  const counters = new Counters<HostCount>();
  const evidence = new EvidenceFiles(join(config.data, 'evidence'));
  const machine = new AuthorityMachine({
    keyPair: keys.identity,
    trust: trustOf(config, keys),
    parameters: config.parameters,
    allowed: hashesOf(readAllowed(config.allowed)),
    echo: config.echo,
    release: config.release,
    state: readState(statePath),
  });
  const socks = socksRoute(config.socks, systemRng);
  const clients = new Map(
    config.peers.map((peer) => [
      hex(peer.identity),
      new AuthorityClient({ ...peer, identity: keys.link, socks }),
    ]),
  );
  const queues = new Map(
    [...clients].map(([name, client]) => [
      name,
      new PeerQueue({
        client,
        clock,
        rng: systemRng,
        onOutcome: (outcome) => counters.add(`peer-${outcome}`),
      }),
    ]),
  );
  const driver = new MachineDriver<AuthorityEffect>({
    machine,
    clock,
    // Within one turn of the event loop, in order: nobody sees what is not on the disk.
    perform: (effects) => {
      for (const effect of effects) perform(effect);
    },
  });
  clock.onStep = (by, now) => driver.onClockStep(by, now);
  const server: AuthorityServer = await serveAuthority({
    service: {
      submit: (signed) =>
        ask((now): SubmitOutcome => machine.submit(signed, now), { kind: 'known' }),
      documents: () => machine.documents(),
      tell: (what, bytes) =>
        ask(
          (now): CouncilOutcome =>
            what === 'vote' ? machine.onVote(bytes, now) : machine.onSignature(bytes, now),
          { kind: 'known' },
        ),
    },
    certPem: keys.link.certPem,
    keyPem: keys.link.keyPem,
    host: config.listenHost,
    port: config.port,
    peers: config.peers.map((peer) => peer.keyHash),
  });
  const catchUp = new CatchUp({
    clients: [...clients.values()],
    machine,
    clock,
    rng: systemRng,
    parameters: config.parameters,
    onDocument: (bytes) => driver.input((now) => machine.onDocument(bytes, now)),
    onUnreachable: () => counters.add('peer-unreachable'),
  });
  driver.input((now) => machine.advance(now));
  catchUp.start();
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    catchUp.stop();
    for (const queue of queues.values()) queue.stop();
    await server.close();
    driver.stop();
    release();
  };
  return {
    role: 'authority',
    operations: {
      status: () => ({
        role: 'authority',
        layer: 0,
        identity: hex(authorityHashOf(keys.identity.publicKey)),
        epoch: epochAt(config.parameters, clock.now()),
        document: documentStatus(machine, null),
        descriptor: [],
        links: null,
        leaving: null,
        linkNotAfter: null,
        newLinkKey: false,
        admitted: readAllowed(config.allowed).length,
      }),
      leave: () => {
        const message = 'an authority is not drained: it is replaced by founding a new network';
        throw new AppError('drain-authority', 'refused', message);
      },
      reload: () => {
        const relays = hashesOf(readAllowed(config.allowed));
        driver.input((now) => machine.allow(relays, now));
      },
    },
    ready: () => readiness(machine, clock.now(), config.peers.length + 1),
    counters: () => ({
      ...machine.counters.snapshot(),
      ...counters.snapshot(),
      evidence: evidence.count(),
    }),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };

  function ask<T>(input: (now: number) => T, otherwise: T): T {
    let outcome = otherwise;
    driver.input((now) => {
      outcome = input(now);
    });
    return outcome;
  }

  function perform(effect: AuthorityEffect): void {
    switch (effect.kind) {
      case 'save':
        writeDurably(statePath, effect.state);
        return;
      case 'tell':
        queues.get(hex(effect.to))?.push(effect);
        return;
      case 'evidence':
        report(`an authority signed two ${effect.what} that exclude each other; see evidence/`);
        if (!evidence.keep(effect.what, effect.first, effect.second)) counters.add('evidence-full');
        return;
      case 'publish':
    }
  }
}

function trustOf(config: AuthorityConfig, keys: RelayKeys): AuthoritySet {
  const self = authorityHashOf(keys.identity.publicKey);
  const authorities = [self, ...config.peers.map((peer) => peer.identity)];
  const threshold = smallestThreshold(authorities.length);
  return { networkName: config.networkName, authorities, threshold };
}

function readState(path: string): Uint8Array | null {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function readiness(machine: AuthorityMachine, now: number, authorities: number): Readiness {
  const newest = machine.newest()?.document;
  if (newest === undefined) {
    const missing =
      authorities === 1
        ? 'not all admitted relays have sent their descriptor yet'
        : 'no majority of authorities has made a document yet';
    return { ready: false, missing: [missing], authorities };
  }
  const { parameters, epoch } = newest;
  const valid = epochAt(parameters, now) < epoch + parameters.validEpochs;
  const missing = valid ? [] : ['the newest network document is out of date'];
  return { ready: valid, missing, authorities };
}
