/** Packets that carry their meaning beside them: for networks that are played in one process. */
import type { PacketBuilder, Path, ReplyBlock, ReplyId, ReplyKeys } from '@tacet/onion';

export interface PlainRequest {
  readonly path: Path;
  readonly data: Uint8Array;
  readonly replyId: ReplyId;
}

interface Meaning {
  sent?: PlainRequest;
  /** Of a loop. */
  loop?: ReplyId;
}
type Handle = Uint8Array & Meaning & { replyId?: ReplyId };

export const plainBuilder: PacketBuilder = {
  replyBlock(_path, replyId) {
    const block: Handle = new Uint8Array(0);
    block.replyId = replyId;
    return { block: block as unknown as ReplyBlock, keys: new Uint8Array(0) as ReplyKeys };
  },
  request(path, data, block) {
    const frame: Handle = new Uint8Array(0);
    const { replyId } = block as unknown as Handle;
    if (replyId !== undefined) frame.sent = { path, data, replyId };
    return frame;
  },
  loop(_path, replyId) {
    const frame: Handle = new Uint8Array(0);
    frame.loop = replyId;
    return { frame, keys: new Uint8Array(0) as ReplyKeys };
  },
  openReply: (_keys, payload) => payload,
};

/** What a packet of `plainBuilder` is; neither: cover that nobody answers. */
export function meaningOf(frame: Uint8Array): Readonly<Meaning> {
  return frame as Handle;
}
