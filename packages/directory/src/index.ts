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
