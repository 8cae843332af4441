/** Layer 2: the public state of a network, who may sign it, and what follows from it. */
export { type Address, parseAddress } from './address.ts';
export { type AddOutcome, DocumentBook, type Evidence } from './book.ts';
export { CARD_PREFIX, decodeCard, encodeCard } from './card.ts';
export { type Cbor, type CborMap, decodeCanonical, encodeCanonical } from './cbor.ts';
export {
  decodeDescriptor,
  encodeDescriptor,
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
  MAX_CARD_CHARS,
  MAX_DESCRIPTOR_BYTES,
  MAX_DOCUMENT_BYTES,
  MAX_GENERATIONS,
  MAX_KEYS,
  MAX_RELAYS,
  MIN_GENERATION_DAYS,
} from './limits.ts';
export {
  encodeLinkProof,
  makeLinkCertificate,
  verifyLinkCertificate,
  verifyLinkProof,
} from './link-certificate.ts';
export { edgesOf, relayIndex } from './lookup.ts';
export {
  defaultParameters,
  delayCapMs,
  demonstrationParameters,
  parametersFrom,
} from './parameters.ts';
export { drawDelay, drawPath, type PathOptions, pathDelay } from './path.ts';
export { placeIn, placement } from './placement.ts';
export {
  type DocumentSignature,
  encodePublished,
  signDocument,
  signHash,
  verifyDocument,
} from './published.ts';
export type {
  AuthorityHash,
  AuthoritySet,
  Descriptor,
  Document,
  LinkCertificate,
  NetworkCard,
  NetworkId,
  Parameters,
  RelayHash,
  Role,
  StoreGeneration,
  VerifiedDocument,
} from './types.ts';
