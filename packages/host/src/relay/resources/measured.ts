/**
 * What one packet, client and box take, as measured by `npm run -s bench -- relays`
 * (docs/ops/resources.md names machine and day). Change them together with that page.
 */
export const MEASURED = {
  /** Bytes of one frame on the wire, TLS, TCP and IP included, both ends of its acknowledgements too. */
  wireBytes: 12_740,
  /** Milliseconds of one core a mix spends on a packet: TLS, opening, replay log, waiting, TLS. */
  mixPacketMs: 0.22,
  /** The same for an edge, on one packet of a client and all that follows from it there. */
  edgePacketMs: 0.75,
  /** Memory of an idle process, MB. */
  mixIdleMb: 100,
  edgeIdleMb: 140,
  authorityIdleMb: 90,
  /** Memory for each client link, MB. */
  clientMb: 0.15,
  /** Disk for each box, until its day is over; erased ones keep their pages until then. */
  boxBytes: 3_100,
} as const;
