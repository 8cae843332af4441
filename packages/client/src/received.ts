/**
 * What contacts send, by itself and without a network: the decoders, and the inbox that takes it
 * in; and parts that are measured alone. For the fuzzer (docs/dev/testing.md) and the benches;
 * programs use `Client`.
 */
export {
  encodeEnd,
  isEndOf,
  lockedAddress,
  type Request as AddressRequest,
  requestBox,
  sealRequest,
} from './addresses/boxes.ts';
export {
  addressSecret,
  decodeAddressCard,
  decodeAddressLink,
  encodeAddressCard,
  encodeAddressLink,
} from './addresses/card.ts';
export { type Content, TYPES } from './content/content.ts';
export { decodeEnvelope, ENVELOPE_KEYS, encodeEnvelope } from './content/envelope.ts';
export { Inbox } from './inbox/inbox.ts';
export { ReceivedSet } from './inbox/received.ts';
export { makeAnswer } from './meeting/answer.ts';
export {
  decodeFirstWords,
  decodeKeys,
  decodeOffer,
  decodeOutcome,
  decodeReply,
  encodeFirstWords,
  encodeKeys,
  encodeOffer,
  encodeOutcome,
  encodeReply,
  keySetHash,
} from './meeting/boxes.ts';
export { encodeLink } from './meeting/link.ts';
export { addToSearch } from './search/added.ts';
export { Search } from './search/search.ts';
export { sessionRecords } from './sessions/jobs.ts';
export { MIGRATIONS } from './store/schema.ts';
export { type BoxContent, decodeBoxContent, encodeBoxContent } from './streams/parts.ts';
