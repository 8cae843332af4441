/** Layer 2: the public state of a network, who may sign it, and what follows from it. */
export { type Address, parseAddress } from './address.ts';
export { type AddOutcome, DocumentBook, type Evidence } from './book.ts';
export { CARD_PREFIX, decodeCard, encodeCard } from './card.ts';
export { type Cbor, type CborMap, decodeCanonical, encodeCanonical } from './cbor.ts';
export {
  decodeDescriptor,
  encodeDescriptor,
  forDocument,
  linkHolds,
  signDescriptor,
  trimKeys,
  verifyDescriptor,
} from './descriptor.ts';
export { decodeDocument, documentHash, encodeDocument, isPassable } from './document.ts';
export {
  buildingEpoch,
  epochAt,
  epochStart,
  guardPatience,
  publicationLead,
  resumeWait,
  type Schedule,
  scheduleOf,
} from './epochs.ts';
export {
  authorityHashOf,
  checkAuthoritySet,
  networkIdOf,
  relayHashOf,
  smallestThreshold,
} from './identity.ts';
export {
  MAX_AUTHORITIES,
  MAX_CARD_CHARS,
  MAX_DESCRIPTOR_BYTES,
  MAX_DOCUMENT_BYTES,
  MAX_ECHO_BYTES,
  MAX_GENERATIONS,
  MAX_KEYS,
  MAX_LOOP_REPORTS,
  MAX_LOOPS,
  MAX_RELAYS,
  MAX_RELEASE_BYTES,
  MAX_REQUEST_RATE,
  MAX_VOTE_ATTEMPT,
  MAX_VOTE_BYTES,
  MIN_GENERATION_DAYS,
} from './limits.ts';
export {
  encodeLinkProof,
  makeLinkCertificate,
  readLinkProof,
  verifyLinkCertificate,
  verifyLinkProof,
} from './link-certificate.ts';
export { edgesOf, relayIndex } from './lookup.ts';
export { drawLoop, type LoopRoute } from './loop-route.ts';
export {
  defaultParameters,
  delayCapMs,
  demonstrationParameters,
  hasTransfer,
  parametersFrom,
} from './parameters.ts';
export { drawDelay, drawPath, type PathOptions, pathDelay } from './path.ts';
export { placeIn, placement } from './placement.ts';
export {
  type DocumentVerifier,
  decodePublished,
  encodePublished,
  signDocument,
  signHash,
  verifyDocument,
  verifyPartial,
} from './published.ts';
export { isCountry, isName } from './schema.ts';
export type { AuthoritySignature } from './signatures.ts';
export type {
  AuthorityHash,
  AuthoritySet,
  Descriptor,
  Document,
  LinkCertificate,
  LoopReport,
  NetworkCard,
  NetworkId,
  Parameters,
  RelayHash,
  Role,
  StoreGeneration,
  VerifiedDocument,
  VoteHash,
} from './types.ts';
export {
  countersignVote,
  decodeVote,
  encodeSignedVote,
  encodeVote,
  hasSigned,
  type SignedVote,
  signVote,
  type Vote,
  verifyVote,
} from './vote.ts';
