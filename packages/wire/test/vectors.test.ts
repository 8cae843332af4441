import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { NetworkId, RelayHash, VerifiedDocument } from '@tacet/directory';
import {
  type BoxId,
  type BoxRecord,
  type BoxRequest,
  type BroadcastItem,
  BroadcastReader,
  decodeAnswer,
  decodeDown,
  decodeGreeting,
  decodeHello,
  decodeRelayFrame,
  decodeRequest,
  decodeUp,
  decodeWelcome,
  encodeRequest,
  type Mark,
  markOf,
  openRecord,
  packBroadcast,
  sealRecord,
  signTombstone,
  verifyDigest,
  verifyRecord,
  verifyTombstone,
} from '@tacet/wire';
import * as boxes from './reference/boxes.ts';
import * as links from './reference/links.ts';
import { publicKey } from './reference/primitives.ts';
import { fromRuns } from './reference/runs.ts';
import { render, VECTORS } from './reference/vectors.ts';
import { isMalformed } from './support/exact.ts';

type Row = Readonly<Record<string, string>>;

/** A field of a row is a byte string, a number, null, or a list of byte strings or rows. */
interface VectorFile<Valid = Row> {
  readonly valid: readonly Valid[];
  readonly invalid: readonly Row[];
}

interface RequestRow {
  readonly kind: 'put' | 'get' | 'tombstone';
  readonly waitMs?: number;
  readonly marks?: readonly string[];
  readonly record?: string;
  readonly id?: string;
  readonly signature?: string;
  readonly bytes: string;
}

interface AnswerRow {
  readonly status: string;
  readonly expiryDay?: number;
  readonly records?: readonly string[];
  readonly bytes: string;
}

interface DigestRow {
  readonly number: number;
  readonly previous: string;
  readonly seen: readonly { readonly edge: string; readonly hash: string }[];
  readonly marks: readonly string[];
  readonly bytes: string;
  readonly hash: string;
}

interface FrameRow {
  readonly kind: 'greeting' | 'hello' | 'welcome' | 'up' | 'down' | 'relay';
  readonly bytes: string;
  readonly packet?: boolean;
  readonly slotMs?: number;
  readonly now?: number;
  readonly replyId?: string | null;
  readonly payload?: string;
  readonly [bytes: string]: unknown;
}

function read<File>(name: string): File {
  return JSON.parse(readFileSync(new URL(`../../../vectors/${name}`, import.meta.url), 'utf8'));
}

const field = (row: Row | undefined, name: string): Uint8Array => fromRuns(row?.[name] ?? '');

for (const [name, make] of Object.entries(VECTORS)) {
  test(`vectors/${name} is what the reference makes`, () => {
    const file = new URL(`../../../vectors/${name}`, import.meta.url);
    assert.equal(readFileSync(file, 'utf8'), render(make));
  });
}

const of = (row: Row) => ({
  network: field(row, 'network') as NetworkId,
  id: field(row, 'id') as BoxId,
  key: field(row, 'key'),
  record: field(row, 'record'),
});

test('records: sealed, checked and opened as the vectors say', () => {
  const file = read<VectorFile & { unopenable: Row }>('boxes/records.json');
  const { valid, unopenable, invalid } = file;
  for (const row of valid) {
    const { network, id, key, record } = of(row);
    const seed = field(row, 'seed');
    const plaintext = field(row, 'plaintext');
    const mark = field(row, 'mark');
    assert.deepEqual(sealRecord({ seed, key }, network, plaintext), record);
    assert.deepEqual(verifyRecord(record, network), { id, mark });
    assert.deepEqual(openRecord({ id, key }, network, record), plaintext);
    assert.deepEqual(boxes.openRecord(id, key, network, record), plaintext);
  }
  const torn = of(unopenable);
  assert.ok(verifyRecord(torn.record, torn.network));
  assert.equal(openRecord(torn, torn.network, torn.record), null);
  assert.equal(boxes.openRecord(torn.id, torn.key, torn.network, torn.record), null);
  for (const row of invalid) {
    const { network, id, key, record } = of(row);
    assert.equal(verifyRecord(record, network), null, `${row['why']}`);
    assert.equal(openRecord({ id, key }, network, record), null, `${row['why']}`);
    assert.ok(!boxes.recordIsValid(record, network), `${row['why']}`);
  }
});

test('tombstones: signed and checked as the vectors say', () => {
  const { valid, invalid } = read<{ tombstones: VectorFile }>('boxes/records.json').tombstones;
  for (const row of valid) {
    const seed = field(row, 'seed');
    const { network } = of(row);
    const signature = field(row, 'signature');
    assert.deepEqual(signTombstone(seed, network), signature);
    assert.ok(verifyTombstone(publicKey(seed) as BoxId, signature, network));
  }
  for (const row of invalid) {
    const { network, id } = of(row);
    const signature = field(row, 'signature');
    assert.ok(!verifyTombstone(id, signature, network), `${row['why']}`);
    assert.ok(!boxes.tombstoneIsValid(id, signature, network), `${row['why']}`);
  }
});

test('requests: read and written as the vectors say', () => {
  const { valid, invalid } = read<VectorFile<RequestRow>>('boxes/requests.json');
  for (const row of valid) {
    const bytes = fromRuns(row.bytes);
    const marks = row.marks?.map(fromRuns) as [Mark, Mark, Mark];
    const expected: BoxRequest =
      row.kind === 'put'
        ? { kind: 'put', record: fromRuns(`${row.record}`) as BoxRecord }
        : row.kind === 'get'
          ? { kind: 'get', waitMs: row.waitMs ?? 0, marks }
          : {
              kind: 'tombstone',
              id: fromRuns(`${row.id}`) as BoxId,
              signature: fromRuns(`${row.signature}`),
            };
    assert.deepEqual(decodeRequest(bytes), expected);
    assert.deepEqual(encodeRequest(expected), bytes);
    assert.deepEqual(boxes.decodeRequest(bytes), expected);
  }
  for (const { why, bytes } of invalid) {
    assert.ok(isMalformed(decodeRequest, fromRuns(`${bytes}`)), `${why}`);
    assert.equal(boxes.decodeRequest(fromRuns(`${bytes}`)), null, `${why}`);
  }
});

test('answers: read as the vectors say', () => {
  const { valid, invalid } = read<VectorFile<AnswerRow>>('boxes/answers.json');
  for (const row of valid) {
    const { status, expiryDay, records, bytes } = row;
    const expected = {
      status,
      ...(expiryDay === undefined ? {} : { expiryDay }),
      ...(records === undefined ? {} : { records: records.map(fromRuns) }),
    };
    assert.deepEqual(decodeAnswer(fromRuns(bytes)), expected);
    assert.deepEqual(boxes.decodeAnswer(fromRuns(bytes)), expected);
  }
  for (const { why, bytes } of invalid) {
    assert.ok(isMalformed(decodeAnswer, fromRuns(`${bytes}`)), `${why}`);
    assert.equal(boxes.decodeAnswer(fromRuns(`${bytes}`)), null, `${why}`);
  }
});

test('digests: taken and refused as the vectors say', () => {
  const file = read<VectorFile<DigestRow> & Record<'network' | 'edge' | 'key', string>>(
    'boxes/digests.json',
  );
  const { network, edge, key, valid, invalid } = file;
  const networkId = fromRuns(network) as NetworkId;
  const relay = {
    role: 'edge',
    identity: { ed25519: fromRuns(key), mldsa65: new Uint8Array(1_952) },
  };
  const verified = {
    document: { networkId, relays: [relay] },
    relayHashes: [fromRuns(edge) as RelayHash],
  } as unknown as VerifiedDocument;
  for (const row of valid) {
    const bytes = fromRuns(row.bytes);
    const digest = {
      edge: fromRuns(edge),
      number: row.number,
      previous: fromRuns(row.previous),
      seen: row.seen.map((other) => ({ edge: fromRuns(other.edge), hash: fromRuns(other.hash) })),
      marks: row.marks.map(fromRuns),
    };
    const signed = verifyDigest(bytes, verified);
    assert.deepEqual(signed, { digest, hash: fromRuns(row.hash), bytes });
    assert.deepEqual(boxes.decodeDigest(bytes, fromRuns(key), networkId), digest);
  }
  for (const { why, bytes } of invalid) {
    assert.equal(verifyDigest(fromRuns(`${bytes}`), verified), null, `${why}`);
    assert.equal(
      boxes.decodeDigest(fromRuns(`${bytes}`), fromRuns(key), networkId),
      null,
      `${why}`,
    );
  }
});

test('frames: taken and refused as the vectors say', () => {
  const { valid, invalid } = read<VectorFile<FrameRow>>('links/frames.json');
  const decoders = {
    greeting: [decodeGreeting, links.decodeGreeting],
    hello: [decodeHello, links.decodeHello],
    welcome: [decodeWelcome, links.decodeWelcome],
    up: [decodeUp, links.decodeUp],
    down: [decodeDown, links.decodeDown],
    relay: [decodeRelayFrame, links.decodeRelayFrame],
  } as const;
  for (const row of valid) {
    const bytes = fromRuns(row.bytes);
    const [ours, slow] = decoders[row.kind];
    const value = ours(bytes);
    assert.deepEqual(value, slow(bytes));
    const fields = value as unknown as Record<string, unknown>;
    for (const name of ['joinSecret', 'resume', 'handle', 'proof', 'part', 'broadcast']) {
      if (name in row) assert.deepEqual(fields[name], fromRuns(`${row[name]}`));
    }
    for (const name of ['slotMs', 'now']) if (name in row) assert.equal(fields[name], row[name]);
    if (row.packet) assert.equal(fields['kind'], 'packet');
    if (row.kind !== 'down') continue;
    const reply =
      row.replyId == null
        ? null
        : { replyId: fromRuns(row.replyId), payload: fromRuns(`${row.payload}`) };
    assert.deepEqual(fields['reply'], reply);
  }
  for (const { kind, why, bytes } of invalid) {
    const [ours, slow] = decoders[kind as keyof typeof decoders];
    assert.ok(isMalformed(ours, fromRuns(`${bytes}`)), `${kind}: ${why}`);
    assert.equal(slow(fromRuns(`${bytes}`)), null, `${kind}: ${why}`);
  }
});

test('broadcast: cut and put together as the vectors say', () => {
  const { items, pages, invalid } = read<{
    readonly items: readonly Row[];
    readonly pages: readonly string[];
    readonly invalid: readonly { readonly why: string; readonly pages: readonly string[] }[];
  }>('links/broadcast.json');
  const wanted = items.map((item) => ({
    kind: item['kind'],
    bytes: field(item, 'bytes'),
  })) as BroadcastItem[];
  const cut = pages.map(fromRuns);
  assert.deepEqual(packBroadcast(wanted), cut);
  const reader = new BroadcastReader();
  assert.deepEqual(
    cut.flatMap((page) => reader.take(page)),
    links.assemble(cut),
  );
  for (const row of invalid) {
    const bent = row.pages.map(fromRuns);
    assert.deepEqual(
      bent.flatMap((page) => new BroadcastReader().take(page)),
      [],
      row.why,
    );
    assert.deepEqual(links.assemble(bent), [], row.why);
  }
});

test('the mark of an id is the same to both', () => {
  const id = publicKey(new Uint8Array(32)) as BoxId;
  assert.deepEqual(markOf(id), boxes.markOf(id));
});
