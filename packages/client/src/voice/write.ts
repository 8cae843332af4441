/**
 * The one WebM in which a voice note travels (docs/spec/19-files.md, 9). Everything but the packets
 * follows from how many there are, how long each is and their size.
 */
import { ByteWriter, concat, u32 } from '@tacet/base';
import { ID } from './ids.ts';

/** Packets of one cluster: 6 s at most, so that its blocks can say their time in 16 bits. */
export const CLUSTER_PACKETS = 100;
/** Bytes before the packet: id, size, track, time, flags. */
const BLOCK_HEAD = 7;

/**
 * @param packets 1 to 12,000, all of one size of at most 16,000 bytes
 * @param each ms of one packet, a whole number
 */
export function writeWebm(packets: readonly Uint8Array[], each: number): Uint8Array {
  const clusters: Uint8Array[] = [];
  for (let first = 0; first < packets.length; first += CLUSTER_PACKETS) {
    clusters.push(cluster(packets.slice(first, first + CLUSTER_PACKETS), first * each, each));
  }
  const before = concat(info(packets.length * each), tracks());
  const starts: number[] = [];
  // Points to clusters are as long as others, wherever these stand.
  let at =
    before.length +
    cues(
      clusters.map(() => 0),
      each,
    ).length;
  for (const { length } of clusters) {
    starts.push(at);
    at += length;
  }
  return concat(head(), master(ID.segment, before, cues(starts, each), ...clusters));
}

function head(): Uint8Array {
  return element(
    ID.ebml,
    concat(
      element(ID.ebmlVersion, byte(1)),
      element(ID.ebmlReadVersion, byte(1)),
      element(ID.ebmlMaxIdLength, byte(4)),
      element(ID.ebmlMaxSizeLength, byte(8)),
      element(ID.docType, text('webm')),
      element(ID.docTypeVersion, byte(4)),
      element(ID.docTypeReadVersion, byte(2)),
    ),
  );
}

/** Both names must be there, and say nothing. */
function info(duration: number): Uint8Array {
  return element(
    ID.info,
    concat(
      element(ID.timecodeScale, u32(1_000_000)),
      element(ID.duration, float(duration)),
      element(ID.muxingApp, text('-')),
      element(ID.writingApp, text('-')),
    ),
  );
}

/** Mono to its decoder, which mixes what is stereo. Delays are those of Opus itself, ns. */
function tracks(): Uint8Array {
  const opusHead = concat(text('OpusHead'), byte(1), byte(1), Uint8Array.of(0x38, 0x01));
  const entry = concat(
    element(ID.trackNumber, byte(1)),
    element(ID.trackUid, byte(1)),
    element(ID.trackType, byte(2)),
    element(ID.flagLacing, byte(0)),
    element(ID.codecId, text('A_OPUS')),
    element(ID.codecDelay, u32(6_500_000)),
    element(ID.seekPreRoll, u32(80_000_000)),
    // 48,000 samples a second, low byte first; no gain; one stream.
    element(ID.codecPrivate, concat(opusHead, Uint8Array.of(0x80, 0xbb, 0, 0, 0, 0, 0))),
    element(
      ID.audio,
      concat(element(ID.samplingFrequency, float(48_000)), element(ID.channels, byte(1))),
    ),
  );
  return element(ID.tracks, element(ID.trackEntry, entry));
}

/** Where each cluster begins, of the segment's inside. */
function cues(starts: readonly number[], each: number): Uint8Array {
  const points = starts.map((start, n) =>
    element(
      ID.cuePoint,
      concat(
        element(ID.cueTime, u32(n * CLUSTER_PACKETS * each)),
        element(
          ID.cueTrackPositions,
          concat(element(ID.cueTrack, byte(1)), element(ID.cueClusterPosition, u32(start))),
        ),
      ),
    ),
  );
  return master(ID.cues, ...points);
}

function cluster(packets: readonly Uint8Array[], time: number, each: number): Uint8Array {
  const size = packets[0]?.length ?? 0;
  const blocks = new ByteWriter(packets.length * (BLOCK_HEAD + size));
  for (const [n, packet] of packets.entries()) {
    blocks.u8(ID.simpleBlock).u16(0x4000 | (4 + size));
    // Of track 1; each packet can be decoded by itself.
    blocks
      .u8(0x81)
      .u16(n * each)
      .u8(0x80)
      .put(packet);
  }
  return master(ID.cluster, element(ID.timecode, u32(time)), blocks.done());
}

/** Of at most 126 bytes. */
function element(id: number, inside: Uint8Array): Uint8Array {
  return concat(idBytes(id), byte(0x80 | inside.length), inside);
}

/** With a size of four bytes: of at most 268 million. */
function master(id: number, ...inside: readonly Uint8Array[]): Uint8Array {
  const size = inside.reduce((sum, { length }) => sum + length, 0);
  return concat(idBytes(id), u32(0x1000_0000 + size), ...inside);
}

function idBytes(id: number): Uint8Array {
  const bytes = u32(id);
  return bytes.subarray(bytes.findIndex((value) => value !== 0));
}

function byte(value: number): Uint8Array {
  return Uint8Array.of(value);
}

function text(value: string): Uint8Array {
  return Uint8Array.from(value, (letter) => letter.charCodeAt(0));
}

function float(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}
