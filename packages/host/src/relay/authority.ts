/** Runs a directory authority: the machine, its door, its state on disk. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AuthorityServer, serveAuthority } from '@tacet/adapters/directory-https';
import { type AuthoritySet, authorityHashOf, epochAt } from '@tacet/directory';
import { type AuthorityEffect, AuthorityMachine, type SubmitOutcome } from '@tacet/relay';
import { RelayClock } from './clock.ts';
import type { AuthorityConfig, Readiness, Running } from './config/types.ts';
import type { Report } from './core.ts';
import { MachineDriver } from './driver.ts';
import { privateFolder, writeDurably } from './files.ts';
import { lockFolder } from './folder-lock.ts';
import { readKeys } from './keys.ts';

export async function runAuthority(config: AuthorityConfig, _report: Report): Promise<Running> {
  privateFolder(config.data);
  const lock = lockFolder(config.data);
  try {
    return await start(config, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function start(config: AuthorityConfig, release: () => void): Promise<Running> {
  const keys = readKeys(config.data);
  const statePath = join(config.data, 'authority.state');
  const clock = new RelayClock();
  const trust: AuthoritySet = {
    networkName: config.networkName,
    authorities: [authorityHashOf(keys.identity.publicKey)],
    threshold: 1,
  };
  const machine = new AuthorityMachine({
    keyPair: keys.identity,
    trust,
    parameters: config.parameters,
    allowed: config.relays,
    echo: config.echo,
    state: readState(statePath),
  });
  const driver = new MachineDriver<AuthorityEffect>({
    machine,
    clock,
    perform: (effects) => {
      // Within one turn of the event loop: nobody sees a document before it is on the disk.
      for (const effect of effects)
        if (effect.kind === 'save') writeDurably(statePath, effect.state);
    },
  });
  const server: AuthorityServer = await serveAuthority({
    service: {
      submit(signed) {
        let outcome: SubmitOutcome = { kind: 'known' };
        driver.input((now) => {
          outcome = machine.submit(signed, now);
        });
        return outcome;
      },
      documents: () => machine.documents(),
    },
    certPem: keys.link.certPem,
    keyPem: keys.link.keyPem,
    host: config.listenHost,
    port: config.port,
  });
  driver.input((now) => machine.advance(now));
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    await server.close();
    driver.stop();
    release();
  };
  return {
    role: 'authority',
    ready: () => readiness(machine, clock.now()),
    counters: () => machine.counters.snapshot(),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

function readState(path: string): Uint8Array | null {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function readiness(machine: AuthorityMachine, now: number): Readiness {
  const newest = machine.newest()?.document;
  if (newest === undefined) {
    return { ready: false, missing: ['not all admitted relays have sent their descriptor yet'] };
  }
  const { parameters, epoch } = newest;
  if (epochAt(parameters, now) < epoch + parameters.validEpochs)
    return { ready: true, missing: [] };
  return { ready: false, missing: ['the newest network document is out of date'] };
}
