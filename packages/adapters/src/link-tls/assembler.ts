/** Cuts a stream of bytes into frames of one length. */

export class FrameAssembler {
  private readonly partial: Uint8Array;
  private filled = 0;
  private readonly length: number;
  private readonly onFrame: (frame: Uint8Array) => void;

  /** @param onFrame gets a view that is valid during the call only. */
  constructor(length: number, onFrame: (frame: Uint8Array) => void) {
    this.length = length;
    this.onFrame = onFrame;
    this.partial = new Uint8Array(length);
  }

  take(chunk: Uint8Array): void {
    let at = 0;
    if (this.filled > 0) {
      at = Math.min(this.length - this.filled, chunk.length);
      this.partial.set(chunk.subarray(0, at), this.filled);
      this.filled += at;
      if (this.filled < this.length) return;
      this.filled = 0;
      this.onFrame(this.partial);
    }
    while (chunk.length - at >= this.length) {
      this.onFrame(chunk.subarray(at, at + this.length));
      at += this.length;
    }
    if (at < chunk.length) {
      this.partial.set(chunk.subarray(at));
      this.filled = chunk.length - at;
    }
  }
}
