/** What other edges send, or somebody who says so: signed digests, whole or in frames. */
import assert from 'node:assert/strict';
import { compareBytes, isAppError, randomBytes, randomInt } from '@tacet/base';
import {
  BROADCAST_PAGE,
  BroadcastReader,
  type Digest,
  decodeRelayFrame,
  digestFrames,
  encodeRelayFrame,
  type SignedDigest,
  signDigest,
} from '@tacet/wire';
import { addCounts, damaged, flip } from '../mutate.ts';
import { type Card, type EdgeRole, stocked } from './edge.ts';

const HOUR_OF_NUMBERS = 3_600;

export function digestCards(role: EdgeRole): Card[] {
  const { rng, network, machine, noise } = role;
  const { networkId, parameters } = network.document;
  const readers = [new BroadcastReader(), new BroadcastReader()];
  const number = (): number => Math.floor(role.now / parameters.digestMs);
  const marks = Array.from({ length: 64 }, () => role.boxes.mark()).sort(compareBytes);

  function digest(place: 1 | 2 | 3, change: Partial<Digest> = {}): SignedDigest {
    const other = network.edges[place];
    assert.ok(other);
    const previous = randomBytes(rng, 32);
    const body: Digest = {
      edge: other.hash,
      number: number(),
      previous,
      seen: [],
      marks,
      ...change,
    };
    return signDigest(other.identity, body, networkId);
  }
  const hear = (kind: string, silent: boolean, make: () => Uint8Array): Card[1] => {
    return () => {
      const bytes = make();
      return role.input(kind, silent, () => machine.onDigest(bytes, role.now));
    };
  };
  const old = stocked(role, 12, () => digest(1, { number: randomInt(rng, 1_000_000) }).bytes);
  const early = stocked(
    role,
    12,
    () => digest(2, { number: number() + 2 * HOUR_OF_NUMBERS + randomInt(rng, 1e6) }).bytes,
  );
  const held = stocked(role, 12, () => digest(3, { number: number() - randomInt(rng, 900) }).bytes);
  const doubt = (): Uint8Array => {
    const about = network.edges[1];
    assert.ok(about);
    const seen = [{ edge: about.hash, hash: randomBytes(rng, 32) }];
    return digest(2, { number: number() - 2 * randomInt(rng, 1_500), seen }).bytes;
  };
  const stranger = (): Uint8Array => {
    const edge = network.edges[2];
    const signer = network.edges[3];
    assert.ok(edge && signer);
    const previous = randomBytes(rng, 32);
    const body = { edge: edge.hash, number: number(), previous, seen: [], marks };
    return signDigest(signer.identity, body, networkId).bytes;
  };
  const frames = stocked(role, 12, () => {
    const one = digest(1, { number: number() - randomInt(rng, 1_800) });
    return digestFrames(one).map((frame) => encodeRelayFrame(frame, rng));
  });

  /** A frame of a link: its page goes to that sender's reader, what it completes to the machine. */
  function framed(kind: string, silent: boolean, make: () => Uint8Array): Card[1] {
    return () => {
      const bytes = make();
      const reader = readers[randomInt(rng, 2)];
      assert.ok(reader);
      return role.input(kind, silent, () => {
        const part = read(bytes);
        if (part === null) return;
        const before = reader.counters.snapshot();
        for (const item of reader.take(part)) {
          if (item.kind === 'digest') machine.onDigest(item.bytes, role.now);
        }
        count(before, reader);
      });
    };
  }
  function count(before: Readonly<Record<string, number>>, reader: BroadcastReader): void {
    const after = new Map<string, number>();
    addCounts(after, reader.counters.snapshot());
    for (const [name, n] of after) {
      const more = n - (before[name] ?? 0);
      if (more > 0) role.count(`page-${name}`, more);
    }
  }
  function read(bytes: Uint8Array): Uint8Array | null {
    try {
      const frame = decodeRelayFrame(bytes);
      return frame.kind === 'digest' ? frame.part : null;
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      role.count('frame-malformed');
      return null;
    }
  }
  const frame = (): Uint8Array => {
    const all = frames();
    return (all[randomInt(rng, all.length)] as Uint8Array).slice();
  };
  /** The first cell of a page that is new each time: items that never end. */
  const unended = (): Uint8Array => {
    const bytes = frame();
    bytes.set(randomBytes(rng, 16), 9);
    return bytes;
  };
  const noisy = (): Uint8Array => {
    const bytes = frame();
    bytes.set(noise.take(BROADCAST_PAGE), 8);
    return bytes;
  };

  return [
    [6, hear('digest, damaged', true, () => damaged(rng, held()))],
    [3, hear('digest, of a stranger', true, stranger)],
    [3, hear('digest, old', true, old)],
    [3, hear('digest, early', true, early)],
    [2, hear('digest, held', false, held)],
    [1, hear('digest, twin', false, () => digest(3).bytes)],
    [1, hear('digest, doubt', false, doubt)],
    [3, framed('digest frame', false, frame)],
    [4, framed('digest frame, damaged', false, () => flip(rng, frame(), 0, 600)), 6],
    [3, framed('digest frame, noise', true, noisy)],
    [3, framed('digest frame, item without end', true, unended)],
  ];
}
