/**
 * What one packet, client and box take, as measured by `npm run -s bench -- relays`
 * (docs/ops/resources.md names machine and day). Change them together with that page.
 */
export const MEASURED = {
  /**
   * Bytes of one frame on the wire: 12,318 of TLS, nine segments of TCP/IPv4 with 52 bytes before
   * each, and five acknowledgements the other way.
   */
  wireBytes: 13_046,
  /** Milliseconds of one core a mix spends on a packet: TLS, opening, replay log, waiting, TLS. */
  mixPacketMs: 0.52,
  /** The same for an edge, on one packet of a client and all that follows from it there. */
  edgePacketMs: 2.29,
  /** Memory of an idle process, MB. */
  mixIdleMb: 120,
  edgeIdleMb: 140,
  authorityMb: 104,
  /** Memory for each client link, MB. */
  clientMb: 0.135,
  /** Disk for each box, until its day is over; erased ones keep their pages until then. */
  boxBytes: 2_800,
} as const;
