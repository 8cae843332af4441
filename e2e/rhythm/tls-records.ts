/**
 * Cuts one direction of a TCP stream into TLS records, from the outside: type, length and the
 * instant at which the first byte came. Nothing is decrypted.
 */

export interface TlsRecord {
  readonly type: number;
  /** On the wire, with the five bytes of the record's header. */
  readonly bytes: number;
  /** Of its first byte. */
  readonly at: number;
}

const HEADER = 5;

export class TlsRecords {
  private readonly header = new Uint8Array(HEADER);
  private have = 0;
  /** Bytes of the open record that have still to come. */
  private rest = 0;
  private startedAt = 0;

  /** Records that this piece completes, in order. */
  push(piece: Uint8Array, now: number): TlsRecord[] {
    const done: TlsRecord[] = [];
    for (let at = 0; at < piece.length; ) {
      if (this.have < HEADER) {
        if (this.have === 0) this.startedAt = now;
        this.header[this.have++] = piece[at++] ?? 0;
        if (this.have < HEADER) continue;
        this.rest = ((this.header[3] ?? 0) << 8) | (this.header[4] ?? 0);
      }
      const taken = Math.min(this.rest, piece.length - at);
      this.rest -= taken;
      at += taken;
      if (this.rest > 0) continue;
      const length = ((this.header[3] ?? 0) << 8) | (this.header[4] ?? 0);
      done.push({ type: this.header[0] ?? 0, bytes: HEADER + length, at: this.startedAt });
      this.have = 0;
    }
    return done;
  }
}
