/**
 * Streams: a link that stands brings frames as fast as its socket takes them, at an edge's door for
 * clients and at the receiving end of a relay's link. Each has the form that a door lets through and
 * is random otherwise (relay, epoch, header, payload, rate, page); the last one is malformed. A frame
 * counts when it has come out at the other end, read and decoded.
 */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { pick, randomInt } from '@tacet/base';
import type { LinkRole, Scene } from './link.ts';
import { FRAME, gone, HEAD, sessionOf } from './link-peers.ts';
import { liar, receiver } from './link-relays.ts';

/** Frames in one write. */
const BLOCK = 8;
const [RATE, DIGEST] = [0xf2, 0xf3];

export function streamScenes(role: LinkRole): Scene[] {
  return [
    { kind: 'a stream of frames from a client', silent: false, play: () => fromClient(role) },
    { kind: 'a stream of frames from a relay', silent: true, play: () => fromRelay(role) },
  ];
}

async function fromClient(role: LinkRole): Promise<void> {
  const { rng, listener } = role;
  role.count('connections');
  const peer = await sessionOf(role.port, rng);
  if (peer === null) return;
  const [ups, ended] = [role.ups, listener.counters.get('closed-form')];
  role.eager = true;
  await pour(role, peer.socket, HEAD, (frame) => {
    frame[0] = 1;
    frame[1] = pick(rng, [0, 0, 0, RATE]);
    if (frame[1] === RATE) frame.fill(0, 2, 8);
  });
  await gone(peer.socket, 30_000);
  role.eager = false;
  const came = role.ups - ups;
  const refused = listener.counters.get('closed-form') - ended;
  role.count('frames-hostile', came + refused);
  // Nothing is lost, but on a machine that stood still for longer than a link may be silent.
  if (refused > 0) assert.equal(came, role.streamFrames, 'every frame of a link comes out');
}

async function fromRelay(role: LinkRole): Promise<void> {
  const { rng } = role;
  const source = await liar((socket) =>
    pour(role, socket, new Uint8Array(0), (frame) => {
      frame[0] = 1;
      frame[1] = pick(rng, [1, 2, 3, 4, DIGEST]);
      if (frame[1] === DIGEST) frame.fill(0, 2, 8);
    }),
  );
  role.count('connections');
  const { heard, seen, end } = await receiver(role, [source]);
  await seen(1);
  await end();
  await source.close();
  assert.equal(heard.taken, role.streamFrames, 'every frame of a link comes out');
  role.count('frames-hostile', heard.taken + heard.malformed);
}

/** @param shape gives random bytes the form of a frame of that link */
async function pour(
  role: LinkRole,
  socket: Socket,
  head: Uint8Array,
  shape: (frame: Uint8Array) => void,
): Promise<void> {
  const { rng, noise, streamFrames } = role;
  const unit = head.length + FRAME;
  for (let left = streamFrames + 1; left > 0 && !socket.destroyed; left -= BLOCK) {
    const block = noise.take(Math.min(left, BLOCK) * unit);
    for (let at = 0; at < block.length; at += unit) {
      block.set(head, at);
      shape(block.subarray(at + head.length, at + unit));
    }
    // The last of all.
    if (left <= BLOCK) block[block.length - FRAME + 1] = 5 + randomInt(rng, 0xe0);
    if (!socket.write(block)) await ready(socket);
  }
}

/** For more, or never again. */
function ready(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.once('drain', done);
    socket.once('close', done);
  });
}
