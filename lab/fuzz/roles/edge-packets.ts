/** Frames from mixes of the last layer, through the production opener. */
import { isAppError, pick, randomBytes, randomInt } from '@tacet/base';
import { delayCapMs } from '@tacet/directory';
import { type Frame, GEOMETRY as G, type Opened, type ReplyId } from '@tacet/onion';
import { decodeRelayFrame } from '@tacet/wire';
import { smallOrder } from '../forge.ts';
import { flip, resized, spliced } from '../mutate.ts';
import type { Input } from '../types.ts';
import { type Card, type EdgeRole, PAYLOAD_AT, stocked } from './edge.ts';

const [FORWARD, REQUEST, REPLY, END] = [1, 2, 3, 4];

export function packetCards(role: EdgeRole): Card[] {
  const { rng, forge, node, machine, noise, boxes } = role;
  const longest = delayCapMs(role.network.parameters);
  const base = { relay: node.relay, layer: 4 } as const;
  const block = () => forge.replyBlock(role.firstMix);
  const request = (payload: Uint8Array, delayMs = 0): Frame =>
    forge.packet({ ...base, command: REQUEST, delayMs, payload });
  const plain = (): Uint8Array => forge.request(boxes.get(), block());
  const changed = (change: (payload: Uint8Array) => void) => (): Frame => {
    const payload = plain();
    change(payload);
    return request(payload);
  };
  const id = (): Uint8Array => randomBytes(rng, 16);
  const good = stocked(role, 60, () => request(plain(), randomInt(rng, 300)));
  const puts = stocked(role, 40, () => request(forge.request(boxes.put(), block())));
  const replies = stocked(role, 40, () =>
    forge.packet({ ...base, command: REPLY, id: id(), payload: null }),
  );
  const commands = stocked(role, 15, () => {
    const payload = noise.take(G.payload);
    const command = pick(rng, [0, FORWARD, REPLY, END, 5 + randomInt(rng, 250)]);
    if (randomInt(rng, 3) > 0) return forge.packet({ ...base, command, payload });
    // A request without a MAC, with a next hop, with an id.
    const how = randomInt(rng, 3);
    return forge.packet({
      ...base,
      command: REQUEST,
      payload: how === 0 ? null : payload,
      next: how === 1 ? 1 + randomInt(rng, 60_000) : 0,
      id: how === 2 ? id() : null,
    });
  });
  const late = stocked(role, 10, () => request(plain(), longest + 1 + randomInt(rng, 2 ** 31)));
  const unzero = stocked(
    role,
    30,
    changed((payload) => flip(rng, payload, 0, 16)),
  );
  const bits = stocked(
    role,
    12,
    changed((payload) => flip(rng, payload, 16, 18)),
  );
  const padding = stocked(
    role,
    12,
    changed((payload) => flip(rng, payload, G.payload - 1_000)),
  );
  const tooLong = stocked(
    role,
    12,
    changed((payload) => payload.set([0x80 | 0x0f, 0xff], 16)),
  );
  const malformed = stocked(role, 20, () => request(forge.request(randomBytes(rng, 500), block())));

  function packet(kind: string, silent: boolean, make: () => Frame): Card[1] {
    return (): Input => {
      const bytes = make();
      const straight = randomInt(rng, 2) === 0;
      return role.input(kind, silent, () => {
        const frame = straight ? bytes : read(bytes);
        if (frame === null) return;
        machine.onOpened(node.opener.open(frame, role.now), role.now);
      });
    };
  }
  function read(bytes: Uint8Array): Frame | null {
    try {
      const frame = decodeRelayFrame(bytes);
      return frame.kind === 'packet' ? frame.frame : null;
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      role.count('frame-malformed');
      return null;
    }
  }
  const bent = (kind: string, change: (frame: Frame) => Frame): Card[1] =>
    packet(kind, true, () => change(good().slice()));
  /** A reply that was opened, for a client that is here, was here or never was. */
  const reply = (handle: () => Uint8Array): Opened => ({
    kind: 'reply',
    epoch: forge.epoch,
    replyId: Uint8Array.from([...handle(), ...randomBytes(rng, 8)]) as ReplyId,
    payload: new Uint8Array(G.payload),
  });
  return [
    [12, bent('packet, length', (frame) => resized(rng, frame)), 12],
    [8, bent('packet, version', (frame) => flip(rng, frame, 0, 1)), 12],
    [8, bent('packet, layer', (frame) => flip(rng, frame, 1, 2)), 16],
    [12, bent('packet, epoch', (frame) => flip(rng, frame, 2, 6)), 24],
    [12, bent('packet, index', (frame) => flip(rng, frame, 6, 8)), 24],
    [4, bent('packet, ciphertext', (frame) => flip(rng, frame, 8, 1_128))],
    [3, bent('packet, small order', (frame) => smallOrder(frame, randomInt(rng, 2) === 0))],
    [4, bent('packet, header', (frame) => flip(rng, frame, 1_128, G.layer + 8))],
    [3, bent('packet, payload', (frame) => flip(rng, frame, PAYLOAD_AT, G.frame))],
    [2, packet('packet, spliced', false, () => spliced(rng, good().slice(), good(), 8))],
    [4, packet('packet, good', false, good)],
    [3, packet('packet, put', false, puts)],
    [2, packet('packet, reply', true, replies)],
    [2, packet('packet, command', true, commands)],
    [2, packet('packet, delay', true, late)],
    [2, packet('packet, end check', true, unzero)],
    [1, packet('request, bits', false, bits)],
    [1, packet('request, padding', true, padding)],
    [1, packet('request, length', true, tooLong)],
    [2, packet('request, noise', true, malformed)],
    [
      3,
      () => {
        // More than one queue holds.
        const handle = pick(rng, role.handles);
        const all = Array.from({ length: 12 }, () => reply(() => handle));
        return role.input('replies', true, () => {
          for (const one of all) machine.onOpened(one, role.now);
        });
      },
    ],
    [
      3,
      () =>
        role.input('reply for nobody', true, () =>
          machine.onOpened(
            reply(() => randomBytes(rng, 8)),
            role.now,
          ),
        ),
      6,
    ],
  ];
}
