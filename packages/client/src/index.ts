/** Layer 3: a person's client, without I/O. The daemon and the lab drive it. */
export type { AddressCardView, AddressView, RequestView } from './addresses/views.ts';
export { Client } from './client.ts';
export { cleanName } from './contacts/contacts.ts';
export { patienceOf } from './copies/patience.ts';
export type { ClientEffect, ClientOptions } from './effects.ts';
export type { CellJob, CellOutcome } from './files/cell-jobs.ts';
export type { FilePreview } from './files/estimate.ts';
export type { SendFileRequest } from './files/feature.ts';
export { BLOCK_BYTES } from './files/geometry.ts';
export type { BlockRead } from './files/table.ts';
export type { BlockWrite, MadeFacts, Uploads } from './files/uploads.ts';
export type { FileView } from './files/view.ts';
export type { IdentityView } from './identities/identities.ts';
export type { LevelFacts, PerDay, Shown } from './levels/costs.ts';
export { Crowd, type CrowdView, coverRate } from './levels/crowd.ts';
export type { LevelDeliveries, Measured } from './levels/deliveries.ts';
export type { NetworkFacts, RelayFacts } from './levels/facts.ts';
export type { MonthView, StatisticsView, UsageView } from './levels/levels.ts';
export type { DayUsage } from './levels/usage.ts';
export { prepareProfile } from './meeting/identity.ts';
export { PUBLIC_CHECKS, type PublicChecks } from './network/checks.ts';
export type { Handover } from './network/handover.ts';
export type { RequestFacts } from './network/link.ts';
export type {
  BundleInfo,
  BundleResult,
  CellPlace,
  FileCells,
  KeychainPort,
  PictureBudget,
  PicturePort,
  ProfileStore,
  RemadePicture,
  SafetyParty,
  SessionPort,
  SessionRecords,
  SessionWrites,
  SqlRow,
  SqlValue,
} from './ports.ts';
export type { BackupChange, BackupPlan, Backups } from './recovery/backups.ts';
export {
  type Contents,
  contentsOf,
  fence,
  type RestoredFrom,
  type RestoredView,
} from './recovery/restored.ts';
export type { Hit, SearchPage, SearchRequest } from './search/search.ts';
export type { JobOutcome, SessionJob } from './sessions/jobs.ts';
export { type Migration, migrate, schemaVersion } from './store/migrate.ts';
export { MIGRATIONS } from './store/schema.ts';
export { schemaSteps } from './store/steps.ts';
export { originOf, type TokenRequest, type TokenScope, type TokenView } from './tokens/tokens.ts';
export type {
  ClientEvent,
  ContactView,
  ConversationView,
  DisputeView,
  EventPage,
  Evidence,
  InvitationView,
  Level,
  MeetingSteps,
  MessageState,
  MessageView,
  StatusView,
} from './views.ts';
