/** Looks at everything a relay depends on, and says of each finding what to do. Changes nothing. */
import { isAppError } from '@tacet/base';
import { relayHashOf } from '@tacet/directory';
import { askStatus, type StatusAnswer } from '../admin/client.ts';
import type { ProcessConfig } from '../config/types.ts';
import { readKeys } from '../keys.ts';
import { boxesFindings } from './boxes.ts';
import { bad, type Finding } from './finding.ts';
import { machineFindings } from './machine.ts';
import { documentFinding, runningFindings, trustFinding } from './network-findings.ts';
import { addressFindings, authorityFindings, clockFinding } from './reach.ts';
import { sourceFinding } from './source.ts';

/**
 * @param version of the program that asks, to be compared with the one that runs
 * @param commit its commit, to be compared with the configuration's; null for unknown
 */
export async function examine(
  config: ProcessConfig,
  configPath: string,
  version: string,
  commit: string | null,
): Promise<Finding[]> {
  const status = await statusOrNull(config.admin);
  const now = Date.now();
  const findings = [...machineFindings(config, configPath), trustFinding(config)];
  if (config.role === 'authority') return [...findings, ...runningFindings(status, version, now)];
  let keys: ReturnType<typeof readKeys>;
  try {
    keys = readKeys(config.data);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return [...findings, bad('keys', error.message, 'docs/ops/run-a-relay.md, "Backup"')];
  }
  const self = relayHashOf(keys.identity.publicKey);
  const [authorities, clock, addresses, boxes] = await Promise.all([
    authorityFindings(config),
    clockFinding(config),
    addressFindings(config, keys.link.keyHash),
    boxesFindings(config, self),
  ]);
  return [
    ...findings,
    sourceFinding(config, commit),
    clock,
    ...authorities.findings,
    documentFinding(config.card, self, authorities.documents, now),
    ...addresses,
    ...boxes,
    ...runningFindings(status, version, now),
  ];
}

async function statusOrNull(socket: string): Promise<StatusAnswer | null> {
  try {
    return await askStatus(socket);
  } catch (error) {
    if (isAppError(error, 'relay-not-running') || isAppError(error, 'relay-silent')) return null;
    throw error;
  }
}
