export type {
  BoxAnswer,
  BoxId,
  BoxRecord,
  BoxRequest,
  Digest,
  DownFrame,
  Hello,
  Mark,
  RelayFrame,
  SignedDigest,
  UpFrame,
  Welcome,
} from './types.ts';
