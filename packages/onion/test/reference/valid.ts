/** Makes vectors/onion/{keys,requests,replies}.json. */
import {
  buildReplyBlock,
  buildRequest,
  clientFrame,
  fillReply,
  layerKeys,
  openPacket,
  openReply,
  type RefHop,
  type RefOpened,
  requestPlaintext,
  type WrappedLayer,
} from './onion.ts';
import type { Octets } from './primitives.ts';
import { CONTEXT, EPOCH, hopOf, octets, refRelay, TO_BOX, TO_OWN } from './scene.ts';

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export function keysJson() {
  return [1, 2, 3, 4].map((layer) => {
    const secret = octets(`keys ${layer}`, 32);
    const keys = layerKeys(secret, layer, CONTEXT);
    return {
      secret: hex(secret),
      layer,
      epoch: EPOCH,
      document_hash: hex(CONTEXT.documentHash),
      prk: hex(keys.prk),
      header_key: hex(keys.headerKey),
      header_nonce: hex(keys.headerNonce),
      lioness: keys.lioness.map(hex),
      replay_tag: hex(keys.replayTag),
      mac_key: hex(keys.macKey),
    };
  });
}

function hopsJson(names: readonly string[], hops: readonly RefHop[]) {
  return hops.map(({ index, delay, coins }, i) => ({
    relay: names[i],
    index,
    delay,
    coins: hex(coins),
  }));
}

function layersJson(layers: readonly WrappedLayer[]) {
  return layers.map(({ secret, ciphertext, keys, routing }) => ({
    ciphertext: hex(ciphertext),
    secret: hex(secret),
    prk: hex(keys.prk),
    replay_tag: hex(keys.replayTag),
    routing: hex(routing),
  }));
}

/** Sends a packet on and says what each relay receives and does. */
function travel(names: readonly string[], packet: Octets, firstLayer: number) {
  const steps: object[] = [];
  let at = packet;
  let last: RefOpened = { drop: 'length' };
  for (const [i, name] of names.entries()) {
    const fill = octets(`refill ${firstLayer} ${i}`, (firstLayer + i) * 1176);
    last = openPacket(refRelay(name), at, fill);
    if ('drop' in last) throw new Error(`a valid packet was dropped at ${name}: ${last.drop}`);
    const step = { relay: name, receives: hex(at), command: last.command };
    if (last.command === 'forward') {
      steps.push({ ...step, next: last.next, delay: last.delay, refill: hex(fill) });
      at = last.packet;
    } else {
      steps.push(step);
    }
  }
  return { steps, last };
}

export function makeRequest(name: string, names: string[], data: Octets, block: Octets | null) {
  const firstLayer = 5 - names.length;
  const hops = names.map((relay, i) => hopOf(relay, 100 * (i + 1), name));
  const plaintext = requestPlaintext(data, block);
  const fill = octets(`${name} fill`, (firstLayer - 1) * 1176);
  const made = buildRequest(CONTEXT, firstLayer, hops, plaintext, fill);
  return { firstLayer, hops, plaintext, fill, ...made };
}

export function makeReplyBlock(name: string, names: string[], command: number) {
  const hops = names.map((relay, i) =>
    hopOf(relay, i === names.length - 1 ? 0 : 10 * (i + 1), name),
  );
  const random = {
    seed: octets(`${name} seed`, 32),
    macs: names.map((relay) => octets(`${name} mac ${relay}`, 16)),
    fill: octets(`${name} fill`, (4 - names.length) * 1176),
  };
  const id = octets(`${name} id`, 16);
  return { hops, random, id, ...buildReplyBlock(CONTEXT, hops, { command, id }, random) };
}

export const fullBlock = () => makeReplyBlock('reply', TO_OWN, 3);
export const loopBlock = () => makeReplyBlock('loop block', TO_OWN.slice(0, 2), 4);
export const fullRequest = () =>
  makeRequest('request', TO_BOX, octets('request data', 2816), fullBlock().block);

function requestJson(
  name: string,
  names: string[],
  data: Octets,
  block: Octets | null,
  detailed: boolean,
) {
  const made = makeRequest(name, names, data, block);
  const { steps, last } = travel(names, made.packet, made.firstLayer);
  if (!('command' in last) || last.command !== 'request') throw new Error('no request');
  return {
    name,
    first_layer: made.firstLayer,
    epoch: EPOCH,
    document_hash: hex(CONTEXT.documentHash),
    hops: hopsJson(names, made.hops),
    data: hex(data),
    reply_block: block === null ? null : hex(block),
    fill: hex(made.fill),
    packet: hex(made.firstLayer === 1 ? clientFrame(made.packet) : made.packet),
    ...(detailed ? { layers: layersJson(made.layers), steps } : {}),
  };
}

export function requestsJson() {
  return [
    requestJson('request', TO_BOX, octets('request data', 2816), fullBlock().block, true),
    requestJson('request without reply block', TO_BOX, octets('short data', 0), null, false),
    requestJson(
      'loop of a mix in layer 2',
      TO_BOX.slice(2),
      octets('loop', 9),
      loopBlock().block,
      false,
    ),
  ];
}

function replyBlockJson(name: string, names: string[], made: ReturnType<typeof makeReplyBlock>) {
  return {
    name,
    epoch: EPOCH,
    document_hash: hex(CONTEXT.documentHash),
    hops: hopsJson(names, made.hops),
    id: hex(made.id),
    key_seed: hex(made.random.seed),
    macs: made.random.macs.map(hex),
    fill: hex(made.random.fill),
    block: hex(made.block),
    layers: layersJson(made.layers),
  };
}

export function repliesJson() {
  const full = fullBlock();
  const data = octets('reply data', 7560);
  const packet = fillReply(full.block, data);
  const { steps, last } = travel(TO_OWN, packet, 1);
  if (!('command' in last) || last.command !== 'reply') throw new Error('no reply');
  const prks = full.layers.map((layer) => layer.keys.prk);
  const opened = openReply(prks, full.random.seed, last.payload as Octets);
  if (opened === null || hex(opened) !== hex(data)) throw new Error('a reply did not open');

  const loop = loopBlock();
  const loopPacket = fillReply(loop.block, octets('loop reply', 7560));
  const loopWay = travel(TO_OWN.slice(0, 2), loopPacket, 1);
  return [
    {
      ...replyBlockJson('reply', TO_OWN, full),
      data: hex(data),
      packet: hex(packet),
      steps,
      payload: hex(last.payload),
    },
    {
      ...replyBlockJson('loop block', TO_OWN.slice(0, 2), loop),
      data: hex(octets('loop reply', 7560)),
      packet: hex(loopPacket),
      steps: loopWay.steps,
    },
  ];
}
