/**
 * The contract between a daemon and its windows (docs/spec/11-api.md): methods, views, errors,
 * the JSON-RPC codec and a typed client. Pure: no socket, no clock, no Node module.
 */
export { checkParams, checkResult } from './check.ts';
export { type Api, connect, type Transport } from './client.ts';
export { fileBytes } from './file-bytes.ts';
export { hintFor } from './hints.ts';
export { parseJson } from './json.ts';
export {
  FILE_PIECE,
  MAX_CLIENT_ID,
  MAX_DEPTH,
  MAX_EVENTS,
  MAX_ID,
  MAX_LINK,
  MAX_MESSAGE_BYTES,
  MAX_NAME,
  MAX_OPEN_CALLS,
  MAX_PAGE,
  MAX_PASSPHRASE,
  MAX_VALUES,
  MAX_WAIT_MS,
  MAX_WORD,
} from './limits.ts';
export { LineSplitter } from './lines.ts';
export type { Scope } from './method.ts';
export {
  type AddressCardView,
  type AddressView,
  addressMethods,
  type RequestView,
} from './methods/addresses.ts';
export { backupMethods } from './methods/backups.ts';
export { blockingMethods } from './methods/blocking.ts';
export {
  type ConversationView,
  conversationMethods,
  type DraftView,
  type MuteView,
} from './methods/conversations.ts';
export { type AlarmView, eventMethods } from './methods/events.ts';
export { fileMethods } from './methods/files.ts';
export { type IdentityView, identityMethods } from './methods/identities.ts';
export { type LetterView, letterMethods } from './methods/letters.ts';
export {
  type CrowdView,
  type LevelFactsView,
  levelMethods,
  type MeasuredView,
  type NetworkFactsView,
  type StatisticsView,
  type UsageView,
} from './methods/levels.ts';
export { type SearchHit, searchMethods } from './methods/search.ts';
export { talkMethods } from './methods/talk.ts';
export { type TokenScope, type TokenView, tokenMethods } from './methods/tokens.ts';
export {
  type CodeView,
  type IntroductionView,
  type MeetCodeView,
  type ReachView,
  type ScanView,
  type TrustFactView,
  trustMethods,
} from './methods/trust.ts';
export { whyMethods } from './methods/why.ts';
export {
  API_VERSION,
  isMethod,
  type MethodName,
  methods,
  type ParamsOf,
  type ResultOf,
} from './methods.ts';
export { PROMISES, type Promised } from './promises.ts';
export { REACH, type Reach } from './reach.ts';
export { RemoteError } from './remote-error.ts';
export {
  decodeRequest,
  decodeResponse,
  describeError,
  encodeError,
  encodeRequest,
  encodeResult,
  idOf,
  type RpcError,
  type RpcId,
  type RpcRequest,
  type RpcResponse,
} from './rpc.ts';
export { sayingOf } from './sayings.ts';
export type {
  CardView,
  ContactView,
  DaemonStatus,
  DisputeView,
  EventView,
  EvidenceView,
  FileView,
  InvitationView,
  LatenessView,
  LevelName,
  MeetingStepsView,
  MessageDetail,
  MessageStateName,
  MessageView,
  NetworkView,
  ProfileStatus,
  VersionView,
} from './views.ts';
