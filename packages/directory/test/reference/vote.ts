/** Spec 06 section 11.2 once more: votes, read slowly from the text. */
import { referenceDecode } from './cbor.ts';
import {
  ascending,
  bytes,
  exactly,
  integer,
  list,
  must,
  parametersOf,
  referenceHash,
  referenceNetworkId,
  referenceSignedDescriptor,
  same,
  type Trust,
  verifies,
} from './directory.ts';

export interface ReferenceVote {
  readonly hash: Uint8Array;
  readonly authority: Uint8Array;
  readonly epoch: number;
  readonly attempt: number;
  /** Hashes of the relays it admits. */
  readonly relays: readonly Uint8Array[];
  /** Authority hashes of the signers. */
  readonly signers: readonly Uint8Array[];
}

export function referenceVote(input: Uint8Array, trust: Trust): ReferenceVote {
  must(input.length <= 8_519_680, 'size');
  const outer = exactly(referenceDecode(input), 'body signatures');
  const body = bytes(outer['body'], 1, 8_519_680);
  const hash = referenceHash('vote', body);
  const signers = list(outer['signatures'], 1, 9).map((entry) => {
    const s = exactly(entry, 'authority signature');
    const key = bytes(s['authority'], 1_984);
    const name = referenceHash('authority-identity', key);
    must(
      trust.authorities.some((member) => same(member, name)),
      'stranger',
    );
    must(verifies(key, bytes(s['signature'], 3_373), 'vote-signature', hash), 'signature');
    return name;
  });
  ascending(signers);
  const v = exactly(
    referenceDecode(body),
    'version authority networkId epoch attempt previous parameters echo release descriptors',
  );
  must(v['version'] === 1, 'version');
  const authority = bytes(v['authority'], 32);
  must(
    signers.some((signer) => same(signer, authority)),
    'voter',
  );
  must(same(bytes(v['networkId'], 32), referenceNetworkId(trust)), 'network id');
  const epoch = integer(v['epoch'], 0, 2 ** 32 - 1);
  const attempt = integer(v['attempt'], 0, 65_535);
  bytes(v['previous'], 32);
  parametersOf(v['parameters']);
  bytes(v['echo'], 0, 4_096);
  bytes(v['release'], 0, 512);
  const relays = list(v['descriptors'], 0, 128).map(
    (signed) => referenceSignedDescriptor(bytes(signed, 1, 65_536)).hash,
  );
  ascending(relays);
  return { hash, authority, epoch, attempt, relays, signers };
}
