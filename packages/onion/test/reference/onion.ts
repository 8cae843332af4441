/**
 * A second implementation of docs/spec/02-onion.md, written from the page. Every random octet is
 * an argument, so that packets can be made again; everything made on the way is returned.
 */
import {
  expand,
  join,
  lionessDecrypt,
  lionessEncrypt,
  mac,
  number,
  type Octets,
  open,
  prf,
  readNumber,
  seal,
  xwingDecapsulate,
  xwingEncapsulate,
  zeros,
} from './primitives.ts';

export interface RefHop {
  index: number;
  publicKey: Octets;
  delay: number;
  /** 64 octets for the KEM. */
  coins: Octets;
}

export interface RefContext {
  epoch: number;
  documentHash: Octets;
}

export function prefixOf(layer: number, epoch: number, index: number): Octets {
  return join(number(1, 1), number(layer, 1), number(epoch, 4), number(index, 2));
}

export function layerKeys(secret: Octets, layer: number, context: RefContext) {
  const prk = prf(
    secret,
    'onion-layer',
    number(layer, 1),
    number(context.epoch, 4),
    context.documentHash,
  );
  return { prk, ...cut(prk) };
}

function cut(prk: Octets) {
  const stream = expand(prk, 212);
  return {
    headerKey: stream.slice(0, 32),
    headerNonce: stream.slice(32, 44),
    lioness: [44, 76, 108, 140].map((at) => stream.slice(at, at + 32)),
    replayTag: stream.slice(172, 180),
    macKey: stream.slice(180, 212),
  };
}

export function routingBlock(fields: {
  command: number;
  flags: number;
  next: number;
  delay: number;
  id?: Octets;
  mac: Octets;
}): Octets {
  return join(
    number(fields.command, 1),
    number(fields.flags, 1),
    number(fields.next, 2),
    number(fields.delay, 4),
    fields.id ?? zeros(16),
    fields.mac,
  );
}

/** One layer around `inner`. */
export function wrapLayer(
  context: RefContext,
  layer: number,
  hop: RefHop,
  routing: (keys: ReturnType<typeof layerKeys>) => Octets,
  inner: Octets,
) {
  const { ciphertext, secret } = xwingEncapsulate(hop.publicKey, hop.coins);
  const keys = layerKeys(secret, layer, context);
  const block = routing(keys);
  const ad = join(prefixOf(layer, context.epoch, hop.index), ciphertext);
  const { sealed, tag } = seal(keys.headerKey, keys.headerNonce, ad, join(block, inner));
  return { header: join(ciphertext, tag, sealed), ciphertext, secret, keys, routing: block };
}

export type WrappedLayer = ReturnType<typeof wrapLayer> & { payload?: Octets };

export function requestPlaintext(data: Octets, block: Octets | null): Octets {
  const word = (block === null ? 0 : 0x8000) + data.length;
  const used = join(zeros(16), number(word, 2), block ?? zeros(4742), data);
  return join(used, zeros(7576 - used.length));
}

/** @param fill the octets behind the live header: (firstLayer - 1) x 1,176 of them */
export function buildRequest(
  context: RefContext,
  firstLayer: number,
  hops: RefHop[],
  plaintext: Octets,
  fill: Octets,
) {
  let header: Octets = zeros(0);
  let payload = plaintext;
  const layers: WrappedLayer[] = [];
  for (let i = hops.length - 1; i >= 0; i--) {
    const hop = hops[i] as RefHop;
    const next = hops[i + 1];
    const made = wrapLayer(
      context,
      firstLayer + i,
      hop,
      (keys) => {
        payload = lionessEncrypt(keys.lioness, payload);
        return routingBlock({
          command: next === undefined ? 2 : 1,
          flags: 1,
          next: next?.index ?? 0,
          delay: hop.delay,
          mac: mac(keys.macKey, payload),
        });
      },
      header,
    );
    header = made.header;
    layers.unshift({ ...made, payload });
  }
  const first = hops[0] as RefHop;
  const packet = join(prefixOf(firstLayer, context.epoch, first.index), header, fill, payload);
  return { packet, layers };
}

/** What a client sends: the packet for layer 1 with layer 0 in its prefix. */
export function clientFrame(packet: Octets): Octets {
  return join(packet.slice(0, 1), number(0, 1), packet.slice(2));
}

/** @param fill what lies behind the last hop, (4 - hops) x 1,176 octets */
export function buildReplyBlock(
  context: RefContext,
  hops: RefHop[],
  last: { command: number; id: Octets },
  random: { seed: Octets; macs: Octets[]; fill: Octets },
) {
  let header = random.fill;
  const layers: WrappedLayer[] = [];
  for (let i = hops.length - 1; i >= 0; i--) {
    const hop = hops[i] as RefHop;
    const next = hops[i + 1];
    const made = wrapLayer(
      context,
      1 + i,
      hop,
      () =>
        routingBlock({
          command: next === undefined ? last.command : 1,
          flags: 0,
          next: next?.index ?? 0,
          delay: next === undefined ? 0 : hop.delay,
          id: next === undefined ? last.id : zeros(16),
          mac: random.macs[i] as Octets,
        }),
      header,
    );
    header = made.header;
    layers.unshift(made);
  }
  const first = hops[0] as RefHop;
  const block = join(number(first.index, 2), header, random.seed, number(context.epoch, 4));
  return { block, layers };
}

function replyLioness(seed: Octets): Octets[] {
  const stream = expand(prf(seed, 'onion-reply'), 128);
  return [0, 32, 64, 96].map((at) => stream.slice(at, at + 32));
}

/** The packet a box edge sends into layer 1. */
export function fillReply(block: Octets, data: Octets): Octets {
  const index = readNumber(block.slice(0, 2));
  const epoch = readNumber(block.slice(4738, 4742));
  const payload = lionessEncrypt(replyLioness(block.slice(4706, 4738)), join(zeros(16), data));
  return join(prefixOf(1, epoch, index), block.slice(2, 4706), payload);
}

/** Undoes layers 4 to 1 and the innermost one. Null when the end check fails. */
export function openReply(prks: Octets[], seed: Octets, received: Octets): Octets | null {
  let payload = received;
  for (const prk of prks.toReversed()) payload = lionessEncrypt(cut(prk).lioness, payload);
  payload = lionessDecrypt(replyLioness(seed), payload);
  return payload.slice(0, 16).every((octet) => octet === 0) ? payload.slice(16) : null;
}

export interface RefRelay {
  layer: number;
  index: number;
  seed: Octets;
  documents: Octets[];
  epochs: number[];
  delayCap: number;
  seen: Set<string>;
}

export type RefOpened =
  | { drop: string }
  | { command: 'forward'; next: number; delay: number; packet: Octets }
  | { command: 'request'; delay: number; data: Octets; block: Octets | null }
  | { command: 'reply'; id: Octets; payload: Octets }
  | { command: 'end'; id: Octets };

/** @param fill layer x 1,176 octets that stand for the relay's random refill */
export function openPacket(relay: RefRelay, packet: Octets, fill: Octets): RefOpened {
  if (packet.length !== 12_288) return { drop: 'length' };
  if (packet[0] !== 1) return { drop: 'version' };
  if (packet[1] !== relay.layer) return { drop: 'layer' };
  const epoch = readNumber(packet.slice(2, 6));
  if (!relay.epochs.includes(epoch)) return { drop: 'epoch' };
  if (readNumber(packet.slice(6, 8)) !== relay.index) return { drop: 'index' };
  const secret = xwingDecapsulate(relay.seed, packet.slice(8, 1128));
  if (secret === null) return { drop: 'kem' };

  const ad = packet.slice(0, 1128);
  const tag = packet.slice(1128, 1144);
  const sealed = packet.slice(1144, 8 + (5 - relay.layer) * 1176);
  for (const documentHash of relay.documents) {
    const keys = layerKeys(secret, relay.layer, { epoch, documentHash });
    const plain = open(keys.headerKey, keys.headerNonce, ad, sealed, tag);
    if (plain === null) continue;
    return route(relay, epoch, keys, plain, packet.slice(4712), fill);
  }
  return { drop: 'header' };
}

function route(
  relay: RefRelay,
  epoch: number,
  keys: ReturnType<typeof layerKeys>,
  plain: Octets,
  received: Octets,
  fill: Octets,
): RefOpened {
  const tag = `${epoch} ${keys.replayTag.join()}`;
  if (relay.seen.has(tag)) return { drop: 'replay' };
  const command = plain[0];
  const flags = plain[1];
  const next = readNumber(plain.slice(2, 4));
  const delay = readNumber(plain.slice(4, 8));
  const id = plain.slice(8, 24);
  const noId = id.every((octet) => octet === 0);
  const edge = relay.layer === 4;
  const allowed =
    (command === 1 && !edge && noId && (flags === 0 || flags === 1)) ||
    (command === 2 && edge && noId && flags === 1 && next === 0) ||
    (command === 3 && edge && flags === 0 && next === 0 && delay === 0) ||
    (command === 4 && !edge && flags === 0 && next === 0 && delay === 0);
  if (!allowed) return { drop: 'command' };
  if (flags === 1 && mac(keys.macKey, received).join() !== plain.slice(24, 40).join()) {
    return { drop: 'mac' };
  }
  if (delay > relay.delayCap) return { drop: 'delay' };
  relay.seen.add(tag);
  if (command === 4) return { command: 'end', id };

  const payload = lionessDecrypt(keys.lioness, received);
  if (command === 1) {
    const packet = join(prefixOf(relay.layer + 1, epoch, next), plain.slice(40), fill, payload);
    return { command: 'forward', next, delay, packet };
  }
  if (command === 3) return { command: 'reply', id, payload };
  if (!payload.slice(0, 16).every((octet) => octet === 0)) return { drop: 'end-check' };
  const word = readNumber(payload.slice(16, 18));
  const length = word % 4096;
  const block = payload.slice(18, 4760);
  const present = word >= 0x8000;
  const empty = (octets: Octets) => octets.every((octet) => octet === 0);
  if ((word & 0x7000) !== 0 || length > 2816) return { drop: 'request' };
  if (!empty(payload.slice(4760 + length)) || (!present && !empty(block))) {
    return { drop: 'request' };
  }
  const data = payload.slice(4760, 4760 + length);
  return { command: 'request', delay, data, block: present ? block : null };
}
