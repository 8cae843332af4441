export type {
  BundleInfo,
  BundleResult,
  ProfileStore,
  SafetyParty,
  SessionPort,
  SessionRecords,
  SessionWrites,
  SqlRow,
  SqlValue,
} from './ports.ts';
export type {
  ClientEvent,
  ContactView,
  Evidence,
  InvitationView,
  Level,
  MeetingSteps,
  MessageState,
  MessageView,
  StatusView,
} from './views.ts';
