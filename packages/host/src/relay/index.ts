/** Layer 5: relays and authorities as running processes. */
export {
  type AdminVerb,
  askCounters,
  askFor,
  askStatus,
  type StatusAnswer,
} from './admin/client.ts';
export { environmentName, FIELDS, type Field, KEYS, type Role } from './config/fields.ts';
export { type ReadConfig, readConfig, type Setting, type Source } from './config/read.ts';
export type {
  AuthorityConfig,
  ProcessConfig,
  Readiness,
  RelayConfig,
  Running,
} from './config/types.ts';
export type { Report } from './core.ts';
export { examine } from './doctor/doctor.ts';
export type { Finding } from './doctor/finding.ts';
export { makeNextLinkKey } from './link-key.ts';
export { totalsOf } from './metrics/counts.ts';
export { METRICS_STEP, MetricsExporter, type Reading } from './metrics/exporter.ts';
export { admit, dismiss } from './network/admit.ts';
export { type AllowedRelay, readAllowed } from './network/allowed.ts';
export {
  type CreateOptions,
  createNetwork,
  foundFromRequests,
  type OperatorOptions,
} from './network/create.ts';
export { currentCard } from './network/current-card.ts';
export {
  DESCRIPTION_FILE,
  type NetworkDescription,
  type ProcessDescription,
  readDescription,
} from './network/description.ts';
export { RELAY_CARD_FILE } from './network/establish.ts';
export {
  hasSetup,
  type InitOptions,
  initFolder,
  isFounder,
  joinNetwork,
  readText,
} from './network/init.ts';
export { type Place, placesFrom } from './network/names.ts';
export { hasOneAuthority, ONE_AUTHORITY } from './network/one-authority.ts';
export { decodeRelayCard, encodeRelayCard, type RelayCard } from './network/relay-card.ts';
export {
  decodeOperatorRequest,
  encodeOperatorRequest,
  type OperatorRequest,
} from './network/request.ts';
export { parseHost, REQUEST_FILE } from './network/setup.ts';
export { type CodeSource, checkSource, UNKNOWN_SOURCE } from './network/source.ts';
export type { Leaving, Operations, OperatorStatus } from './operations.ts';
export { type ResourceRow, resourceTable } from './resources/table.ts';
export { type RunOptions, runProcess, untilReady } from './run.ts';
