/** Makes vectors/onion/invalid.json: packets a relay drops, with the reason it counts. */
import { prefixOf, requestPlaintext, routingBlock, wrapLayer } from './onion.ts';
import { join, lionessEncrypt, mac, type Octets, zeros } from './primitives.ts';
import { CONTEXT, DELAY_CAP, EPOCH, hopOf, octets, PREDECESSOR, relayNamed } from './scene.ts';
import { fullRequest, hex } from './valid.ts';

/**
 * A packet is written as `hex`, then the octet `pad` up to `length`; or, with `of`, as the packet
 * of that name with octets changed by `xor` and cut or padded with zeros to `length`.
 */
export interface PacketJson {
  of?: string;
  xor?: [number, string][];
  hex?: string;
  pad?: string;
  length?: number;
}

export interface InvalidCase {
  name: string;
  relay: string;
  /** Opened one after the other by one relay; each has its outcome. */
  steps: { packet: PacketJson; expect: string }[];
}

const REQUEST = 'request';

function one(name: string, relay: string, packet: PacketJson, expect: string): InvalidCase {
  return { name, relay, steps: [{ packet, expect }] };
}

function flipped(name: string, at: number, bits: string, expect: string): InvalidCase {
  return one(name, 'mix 1', { of: REQUEST, xor: [[at, bits]] }, expect);
}

/** The seven points of small order that X25519 maps to zero, in the encodings below 2^255. */
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

function received(): InvalidCase[] {
  return [
    one('empty', 'mix 1', { hex: '', length: 0 }, 'length'),
    one('one octet short', 'mix 1', { of: REQUEST, length: 12_287 }, 'length'),
    one('one octet long', 'mix 1', { of: REQUEST, length: 12_289 }, 'length'),
    flipped('version 0', 0, '01', 'version'),
    flipped('version 3', 0, '02', 'version'),
    flipped('layer of a client link', 1, '01', 'layer'),
    flipped('layer 2 at a mix of layer 1', 1, '03', 'layer'),
    flipped('layer 5', 1, '04', 'layer'),
    flipped('an epoch not accepted', 2, '80', 'epoch'),
    flipped('another epoch that is accepted', 5, '01', 'header'),
    flipped('index of another relay', 7, '01', 'index'),
    flipped('first octet of the ML-KEM ciphertext', 8, '01', 'header'),
    flipped('last octet of the ML-KEM ciphertext', 1095, '80', 'header'),
    flipped('first octet of the X25519 point', 1096, '01', 'header'),
    flipped('top bit of the X25519 point', 1127, '80', 'header'),
    flipped('first octet of the tag', 1128, '01', 'header'),
    flipped('last octet of the tag', 1143, '80', 'header'),
    flipped('first octet of the routing block', 1144, '01', 'header'),
    flipped('last live octet of the header', 4711, '01', 'header'),
    flipped('first octet of the payload', 4712, '01', 'mac'),
    flipped('last octet of the payload', 12_287, '80', 'mac'),
    ...SMALL_ORDER.map((point, i) => {
      const original = fullRequest().packet.slice(1096, 1128);
      const xor = Buffer.from(point, 'hex').map((octet, at) => octet ^ (original[at] as number));
      return one(
        `X25519 point of small order ${i + 1}`,
        'mix 1',
        { of: REQUEST, xor: [[1096, hex(xor)]] },
        'kem',
      );
    }),
    {
      name: 'the same packet twice',
      relay: 'mix 1',
      steps: [
        { packet: { of: REQUEST }, expect: 'forward' },
        { packet: { of: REQUEST }, expect: 'replay' },
      ],
    },
    {
      name: 'a garbled copy does not burn the tag, a replay with another payload is a replay',
      relay: 'mix 1',
      steps: [
        { packet: { of: REQUEST, xor: [[9000, '10']] }, expect: 'mac' },
        { packet: { of: REQUEST }, expect: 'forward' },
        { packet: { of: REQUEST, xor: [[9000, '10']] }, expect: 'replay' },
      ],
    },
  ];
}

const PAD = 0x5a;

interface Made {
  relay: string;
  routing: Partial<Parameters<typeof routingBlock>[0]>;
  documentHash?: Octets;
  /** Plaintext of the payload; without it the payload is padding and not encrypted. */
  plaintext?: Octets;
}

/** A packet with an authentic header that says something it must not. */
function make(name: string, made: Made): PacketJson {
  const { layer, index } = relayNamed(made.relay);
  const context = { epoch: EPOCH, documentHash: made.documentHash ?? CONTEXT.documentHash };
  const inner = octets(`${name} inner`, (4 - layer) * 1176);
  let payload: Octets = zeros(7576).fill(PAD);
  const hop = hopOf(made.relay, 0, name);
  const { header } = wrapLayer(
    context,
    layer,
    hop,
    (keys) => {
      if (made.plaintext) payload = lionessEncrypt(keys.lioness, made.plaintext);
      const fields = { command: 1, flags: 0, next: 0, delay: 0, ...made.routing };
      return routingBlock({ mac: mac(keys.macKey, payload), ...fields });
    },
    inner,
  );
  const start = join(prefixOf(layer, EPOCH, index), header);
  if (!made.plaintext) return { hex: hex(start), pad: '5a', length: 12_288 };
  const fill = zeros(4712 - start.length).fill(PAD);
  return { hex: hex(join(start, fill, payload)), length: 12_288 };
}

function bad(name: string, relay: string, routing: Made['routing'], expect = 'command') {
  return one(name, relay, make(name, { relay, routing }), expect);
}

function commands(): InvalidCase[] {
  const id = octets('an id', 16);
  return [
    bad('command 0', 'mix 3', { command: 0 }),
    bad('command 5', 'mix 3', { command: 5 }),
    bad('command 255', 'box edge', { command: 255, flags: 1 }),
    bad('forward with flag bit 1', 'mix 3', { flags: 2 }),
    bad('forward with flag bits 0 and 7', 'mix 3', { flags: 0x81 }),
    bad('forward with an id', 'mix 3', { flags: 1, id }),
    bad('forward at an edge', 'box edge', { flags: 1 }),
    bad('request at a mix', 'mix 3', { command: 2, flags: 1 }),
    bad('request without payload MAC', 'box edge', { command: 2 }),
    bad('request with a next relay', 'box edge', { command: 2, flags: 1, next: 1 }),
    bad('request with an id', 'box edge', { command: 2, flags: 1, id }),
    bad('reply at a mix', 'mix 2', { command: 3, id }),
    bad('reply with payload MAC', 'own edge', { command: 3, flags: 1, id }),
    bad('reply with a delay', 'own edge', { command: 3, delay: 1, id }),
    bad('reply with a next relay', 'own edge', { command: 3, next: 1, id }),
    bad('end at an edge', 'own edge', { command: 4, id }),
    bad('end with payload MAC', 'mix 1', { command: 4, flags: 1, id }),
    bad('end with a delay', 'mix 3', { command: 4, delay: 1, id }),
    bad('end with a next relay', 'mix 3', { command: 4, next: 256, id }),
    bad('payload MAC of another payload', 'mix 3', { flags: 1, mac: id }, 'mac'),
    bad('a delay beyond the cap', 'mix 3', { delay: DELAY_CAP + 1 }, 'delay'),
    bad('the longest delay', 'box edge', { command: 2, flags: 1, delay: 0xffff_ffff }, 'delay'),
    bad('a delay at the cap', 'mix 3', { delay: DELAY_CAP }, 'forward'),
    one(
      'bound to a document the relay does not have',
      'mix 3',
      make('another document', {
        relay: 'mix 3',
        routing: {},
        documentHash: octets('a private document', 32),
      }),
      'header',
    ),
    one(
      'bound to the predecessor, which the relay still tries',
      'mix 3',
      make('predecessor', { relay: 'mix 3', routing: {}, documentHash: PREDECESSOR }),
      'forward',
    ),
  ];
}

function payloads(): InvalidCase[] {
  const changed = (at: number, octet: number, data: Octets = octets('some data', 5)) => {
    const plaintext = requestPlaintext(data, null);
    plaintext[at] = octet;
    return plaintext;
  };
  const request = (name: string, plaintext: Octets, expect: string): InvalidCase => {
    const routing = { command: 2, flags: 1 };
    return one(name, 'box edge', make(name, { relay: 'box edge', routing, plaintext }), expect);
  };
  return [
    request('first octet of the end check', changed(0, 1), 'end-check'),
    request('last octet of the end check', changed(15, 0x80), 'end-check'),
    request('undefined bit 12', changed(16, 0x10), 'request'),
    request('undefined bit 14', changed(16, 0x40), 'request'),
    request('length 2817', changed(17, 0x01, zeros(2816)), 'request'),
    request('octets in the place of an absent reply block', changed(18, 1), 'request'),
    request('octet behind the data', changed(4760 + 5, 1), 'request'),
    request('last octet of the payload', changed(7575, 1), 'request'),
  ];
}

export function invalidJson(): InvalidCase[] {
  return [...received(), ...commands(), ...payloads()];
}
