/** Layer 5: relays and authorities as running processes. */
export { environmentName, FIELDS, KEYS } from './config/fields.ts';
export { type ReadConfig, readConfig, type Setting, type Source } from './config/read.ts';
export type {
  AuthorityConfig,
  ProcessConfig,
  Readiness,
  RelayConfig,
  Running,
} from './config/types.ts';
export type { Report } from './core.ts';
export { type CreateOptions, createNetwork } from './network/create.ts';
export {
  DESCRIPTION_FILE,
  type NetworkDescription,
  type ProcessDescription,
  readDescription,
} from './network/description.ts';
export { type RunOptions, runProcess, untilReady } from './run.ts';
