/** docs/spec/05-boxes.md, word for word and slowly. */
import {
  hash,
  hashKeyed,
  join,
  label,
  open,
  publicKey,
  readUint,
  same,
  seal,
  sign,
  uint,
  verify,
} from './primitives.ts';

const ZEROS = new Uint8Array(32);

export const markOf = (id: Uint8Array): Uint8Array => hash('mark', id).slice(0, 8);

const putMessage = (networkId: Uint8Array, id: Uint8Array, content: Uint8Array): Uint8Array =>
  join(label('box-put'), networkId, id, hash('box-content', content));

export function sealRecord(
  seed: Uint8Array,
  key: Uint8Array,
  networkId: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const id = publicKey(seed);
  const nonce = hashKeyed(key, 'record-nonce', 24, plaintext);
  const content = join(nonce, seal(key, nonce, id, plaintext));
  return join(id, sign(seed, putMessage(networkId, id, content)), content);
}

export function recordIsValid(record: Uint8Array, networkId: Uint8Array): boolean {
  if (record.length !== 2_400) return false;
  const id = record.slice(0, 32);
  return verify(id, record.slice(32, 96), putMessage(networkId, id, record.slice(96)));
}

export function openRecord(
  id: Uint8Array,
  key: Uint8Array,
  networkId: Uint8Array,
  record: Uint8Array,
): Uint8Array | null {
  if (!recordIsValid(record, networkId) || !same(record.slice(0, 32), id)) return null;
  return open(key, record.slice(96, 120), id, record.slice(120));
}

const tombstoneMessage = (networkId: Uint8Array, id: Uint8Array): Uint8Array =>
  join(label('box-tombstone'), networkId, id, ZEROS);

export const signTombstone = (seed: Uint8Array, networkId: Uint8Array): Uint8Array =>
  sign(seed, tombstoneMessage(networkId, publicKey(seed)));

export const tombstoneIsValid = (
  id: Uint8Array,
  signature: Uint8Array,
  networkId: Uint8Array,
): boolean => verify(id, signature, tombstoneMessage(networkId, id));

export type Request =
  | { kind: 'put'; record: Uint8Array }
  | { kind: 'get'; waitMs: number; marks: Uint8Array[] }
  | { kind: 'tombstone'; id: Uint8Array; signature: Uint8Array };

export function encodeRequest(request: Request): Uint8Array {
  if (request.kind === 'put') return join(uint(1, 1), request.record);
  if (request.kind === 'get') return join(uint(2, 1), uint(request.waitMs, 4), ...request.marks);
  return join(uint(3, 1), request.id, request.signature);
}

export function decodeRequest(bytes: Uint8Array): Request | null {
  const [op] = bytes;
  const rest = bytes.slice(1);
  if (op === 1 && rest.length === 2_400) return { kind: 'put', record: rest };
  if (op === 2 && rest.length === 28) {
    const marks = [4, 12, 20].map((at) => rest.slice(at, at + 8));
    return { kind: 'get', waitMs: readUint(rest.slice(0, 4)), marks };
  }
  if (op === 3 && rest.length === 96) {
    return { kind: 'tombstone', id: rest.slice(0, 32), signature: rest.slice(32) };
  }
  return null;
}

export interface Answer {
  status: 'stored' | 'taken' | 'refused' | 'read';
  expiryDay?: number;
  records?: Uint8Array[];
}

export function decodeAnswer(bytes: Uint8Array): Answer | null {
  if (bytes.length !== 7_560) return null;
  const statuses = { 1: 'stored', 2: 'taken', 3: 'refused', 4: 'read' } as const;
  const status = statuses[bytes[0] as keyof typeof statuses];
  if (status === undefined) return null;
  if (status === 'stored') return { status, expiryDay: readUint(bytes.slice(1, 5)) };
  if (status !== 'read') return { status };
  return { status, records: [5, 2_405, 4_805].map((at) => bytes.slice(at, at + 2_400)) };
}

export interface Digest {
  edge: Uint8Array;
  number: number;
  previous: Uint8Array;
  seen: { edge: Uint8Array; hash: Uint8Array }[];
  marks: Uint8Array[];
}

export const encodeDigestBody = (digest: Digest): Uint8Array =>
  join(
    digest.edge,
    uint(digest.number, 8),
    digest.previous,
    uint(digest.seen.length, 1),
    ...digest.seen.flatMap(({ edge, hash: of }) => [edge, of]),
    uint(digest.marks.length, 2),
    ...digest.marks,
  );

export const signDigest = (seed: Uint8Array, networkId: Uint8Array, body: Uint8Array): Uint8Array =>
  join(body, sign(seed, join(label('digest'), networkId, body)));

export const digestHash = (bytes: Uint8Array): Uint8Array => hash('digest-hash', bytes);

const before = (a: Uint8Array, b: Uint8Array): boolean => {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0);
};

const ascending = (list: Uint8Array[]): boolean =>
  list.every((item, i) => i === 0 || before(list[i - 1] ?? item, item));

/** Null unless canonical and signed by `edgeKey`, which belongs to the edge it names. */
export function decodeDigest(
  bytes: Uint8Array,
  edgeKey: Uint8Array,
  networkId: Uint8Array,
): Digest | null {
  const seenCount = bytes[72] ?? 0;
  const seenEnd = 73 + 64 * seenCount;
  const markCount = readUint(bytes.slice(seenEnd, seenEnd + 2));
  const end = seenEnd + 2 + 8 * markCount;
  if (bytes.length !== end + 64) return null;
  if (seenCount > 127 || markCount === 0 || markCount % 64 !== 0 || markCount > 4_096) return null;
  if (readUint(bytes.slice(32, 34)) !== 0 || readUint(bytes.slice(32, 40)) >= 2 ** 53) return null;
  const edge = bytes.slice(0, 32);
  const seen = Array.from({ length: seenCount }, (_, i) => {
    const at = 73 + 64 * i;
    return { edge: bytes.slice(at, at + 32), hash: bytes.slice(at + 32, at + 64) };
  });
  const marks = Array.from({ length: markCount }, (_, i) => {
    const at = seenEnd + 2 + 8 * i;
    return bytes.slice(at, at + 8);
  });
  if (!ascending(seen.map((other) => other.edge)) || !ascending(marks)) return null;
  if (seen.some((other) => same(other.edge, edge))) return null;
  const message = join(label('digest'), networkId, bytes.slice(0, end));
  if (!verify(edgeKey, bytes.slice(end), message)) return null;
  const number = readUint(bytes.slice(32, 40));
  return { edge, number, previous: bytes.slice(40, 72), seen, marks };
}
