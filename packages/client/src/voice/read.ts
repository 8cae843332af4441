/**
 * The sound in a WebM as browsers record it (docs/spec/19-files.md, 9): packets of its only track, in
 * order. Times, names, numbers of the recorder, and what stands beside the sound, are not even returned.
 */
import { MAX_VOICE_INPUT_BYTES, MAX_VOICE_PACKETS } from '../limits.ts';
import { type Element, ElementReader } from './ebml.ts';
import { tooLong, unreadable } from './errors.ts';
import { ID } from './ids.ts';

const DROPPED_IN_SEGMENT: ReadonlySet<number> = new Set([
  ID.seekHead,
  ID.info,
  ID.cues,
  ID.tags,
  ID.void,
  ID.crc,
]);
const DROPPED_IN_CLUSTER: ReadonlySet<number> = new Set([
  ID.timecode,
  ID.position,
  ID.prevSize,
  ID.void,
  ID.crc,
]);
/** Ids of elements that stand in a segment only: they end a cluster of unknown size. */
const ENDS_CLUSTER: ReadonlySet<number> = new Set([ID.cluster, ID.cues, ID.tags, ID.seekHead]);

const AUDIO_TRACK = 2;
const OPUS_HEAD = [0x4f, 0x70, 0x75, 0x73, 0x48, 0x65, 0x61, 0x64];

/** Views of the packets. Throws `voice-unreadable`, `voice-long`. */
export function readPackets(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length > MAX_VOICE_INPUT_BYTES) throw tooLong();
  const reader = new ElementReader(bytes);
  const head = reader.at(0, bytes.length);
  if (head.id !== ID.ebml || !head.sized) throw unreadable();
  checkHead(reader, head);
  const segment = reader.at(head.to, bytes.length);
  // Nothing stands behind it.
  if (segment.id !== ID.segment || segment.to !== bytes.length) throw unreadable();
  const packets: Uint8Array[] = [];
  let track: number | null = null;
  for (let at = segment.from; at < segment.to; ) {
    const element = reader.at(at, segment.to);
    at = element.to;
    if (element.id === ID.cluster) {
      if (track === null) throw unreadable();
      at = readCluster(reader, element, track, packets);
    } else if (!element.sized) throw unreadable();
    else if (element.id === ID.tracks) {
      if (track !== null) throw unreadable();
      track = readTracks(reader, element);
    } else if (!DROPPED_IN_SEGMENT.has(element.id)) throw unreadable();
  }
  return packets;
}

function checkHead(reader: ElementReader, head: Element): void {
  let type = '';
  for (const element of within(reader, head)) {
    switch (element.id) {
      case ID.docType:
        type = String.fromCharCode(...reader.inside(element).subarray(0, 8));
        break;
      case ID.ebmlReadVersion:
        if (reader.uint(element) !== 1) throw unreadable();
        break;
      case ID.docTypeReadVersion:
        if (reader.uint(element) > 4) throw unreadable();
        break;
      case ID.ebmlVersion:
      case ID.ebmlMaxIdLength:
      case ID.ebmlMaxSizeLength:
      case ID.docTypeVersion:
      case ID.void:
      case ID.crc:
        break;
      default:
        throw unreadable();
    }
  }
  if (type !== 'webm') throw unreadable();
}

/** The number of the only track, which is Opus. */
function readTracks(reader: ElementReader, tracks: Element): number {
  let found: number | null = null;
  for (const element of within(reader, tracks)) {
    if (element.id === ID.void || element.id === ID.crc) continue;
    if (element.id !== ID.trackEntry || found !== null) throw unreadable();
    found = readTrack(reader, element);
  }
  if (found === null) throw unreadable();
  return found;
}

function readTrack(reader: ElementReader, entry: Element): number {
  const seen = { number: 0, type: 0, codec: '', head: new Uint8Array() };
  for (const element of within(reader, entry)) {
    switch (element.id) {
      case ID.trackNumber:
        seen.number = reader.uint(element);
        break;
      case ID.trackType:
        seen.type = reader.uint(element);
        break;
      case ID.codecId:
        seen.codec = String.fromCharCode(...reader.inside(element).subarray(0, 8));
        break;
      case ID.codecPrivate:
        seen.head = reader.inside(element).slice();
        break;
      // Compressed or encrypted: the packets would be something else.
      case ID.contentEncodings:
        throw unreadable();
    }
  }
  const { number, type, codec, head } = seen;
  const isOpus = type === AUDIO_TRACK && codec === 'A_OPUS' && isOpusHead(head);
  if (!isOpus || number < 1 || number > 126) throw unreadable();
  return number;
}

/** One or two channels in one stream (RFC 7845, 5.1). */
function isOpusHead(head: Uint8Array): boolean {
  const [version, channels = 0] = head.subarray(8);
  const isNamed = OPUS_HEAD.every((byte, n) => head[n] === byte);
  const isPlain = version === 1 && (channels === 1 || channels === 2) && head[18] === 0;
  return head.length === 19 && isNamed && isPlain;
}

/** Answers where it ends. */
function readCluster(
  reader: ElementReader,
  cluster: Element,
  track: number,
  packets: Uint8Array[],
): number {
  for (let at = cluster.from; at < cluster.to; ) {
    const element = reader.at(at, cluster.to);
    if (!cluster.sized && ENDS_CLUSTER.has(element.id)) return at;
    if (!element.sized) throw unreadable();
    at = element.to;
    if (element.id === ID.simpleBlock) packets.push(packetOf(reader, element, track));
    else if (element.id === ID.blockGroup) packets.push(packetOfGroup(reader, element, track));
    else if (!DROPPED_IN_CLUSTER.has(element.id)) throw unreadable();
    if (packets.length > MAX_VOICE_PACKETS) throw tooLong();
  }
  return cluster.to;
}

function packetOfGroup(reader: ElementReader, group: Element, track: number): Uint8Array {
  let packet: Uint8Array | null = null;
  for (const element of within(reader, group)) {
    if (element.id !== ID.block) continue;
    if (packet !== null) throw unreadable();
    packet = packetOf(reader, element, track);
  }
  if (packet === null) throw unreadable();
  return packet;
}

/** Behind the track's number, a time and flags; several packets in one (lacing) are not read. */
function packetOf(reader: ElementReader, block: Element, track: number): Uint8Array {
  const bytes = reader.inside(block);
  const [number, , , flags = 0] = bytes;
  if (bytes.length < 5 || number !== (track | 0x80) || (flags & 0x06) !== 0) throw unreadable();
  return bytes.subarray(4);
}

/** Each with a size of its own. */
function* within(reader: ElementReader, parent: Element): Generator<Element> {
  for (let at = parent.from; at < parent.to; ) {
    const element = reader.at(at, parent.to);
    if (!element.sized) throw unreadable();
    yield element;
    at = element.to;
  }
}
