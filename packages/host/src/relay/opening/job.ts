/** Opens the frame of one slot in place and writes down what came of it: the thread's side. */
import { systemRng, wipe } from '@tacet/crypto';
import {
  createPacketOpener,
  type DocumentHash,
  DROP_REASONS,
  type EpochSecret,
  GEOMETRY as G,
  type Opened,
  type ReplayGuard,
} from '@tacet/onion';
import { copyFrame, OUTCOMES, PROGRESS, type Slots, WORD } from './memory.ts';

type Secret = EpochSecret['secret'];

/**
 * Replay sets belong to the main thread, which looks a tag up and inserts it when the slot comes
 * back (`desk.ts`). Until then every packet is taken for new, and its tag is noted.
 */
class NotedTag implements ReplayGuard {
  readonly tag: Uint8Array = new Uint8Array(G.replayTag);
  progress: number = PROGRESS.none;

  has(_epoch: number, tag: Uint8Array): boolean {
    this.tag.set(tag);
    this.progress = PROGRESS.tagged;
    return false;
  }

  insert(): boolean {
    this.progress = PROGRESS.spent;
    return true;
  }
}

/** A function that does the work of one slot. Never throws on bad input. */
export function createJob(
  slots: Slots,
  relay: { readonly role: 'mix' | 'edge'; readonly layer: number; readonly secret: Secret },
): (slot: number) => void {
  const { words } = slots;
  const noted = new NotedTag();
  const documentHash = new Uint8Array(32) as DocumentHash;
  const second = new Uint8Array(32) as DocumentHash;
  let frame: Uint8Array = new Uint8Array(0);
  const keys = {
    secret: relay.secret,
    index: 0,
    documentHash,
    predecessor: null as DocumentHash | null,
    delayCapMs: 0,
  };
  const opener = createPacketOpener({
    keys: { lookup: () => keys },
    replay: noted,
    rng: systemRng,
    role: relay.role,
    layer: relay.layer,
    take: copyFrame,
    // The packet goes back where its frame came from.
    keep: (packet) => {
      copyFrame(packet, frame);
      return frame;
    },
  });

  function write(slot: number, opened: Opened): void {
    const at = slots.record(slot);
    words[at + WORD.outcome] = OUTCOMES.indexOf(opened.kind);
    words[at + WORD.progress] = noted.progress;
    if (noted.progress !== PROGRESS.none) slots.putBytes(slot, WORD.tag, noted.tag);
    switch (opened.kind) {
      case 'drop':
        words[at + WORD.reason] = DROP_REASONS.indexOf(opened.reason);
        return;
      case 'forward':
        words[at + WORD.next] = opened.next;
        words[at + WORD.delay] = opened.delayMs;
        words[at + WORD.asks] = opened.request ? 1 : 0;
        return;
      case 'request':
        words[at + WORD.delay] = opened.delayMs;
        words[at + WORD.next] = opened.data.length;
        words[at + WORD.block] = opened.block === null ? 0 : 1;
        frame.set(opened.data);
        wipe(opened.data);
        if (opened.block !== null) {
          frame.set(opened.block, G.requestData);
          wipe(opened.block);
        }
        return;
      case 'reply':
        slots.putBytes(slot, WORD.id, opened.replyId);
        frame.set(opened.payload);
        return;
      case 'end':
        slots.putBytes(slot, WORD.id, opened.id);
    }
  }

  return (slot) => {
    const at = slots.record(slot);
    frame = slots.frame(slot);
    keys.index = words[at + WORD.index] as number;
    keys.delayCapMs = words[at + WORD.delayCap] as number;
    slots.takeBytes(slot, WORD.hash, documentHash);
    keys.predecessor = words[at + WORD.second] === 1 ? second : null;
    if (keys.predecessor !== null) slots.takeBytes(slot, WORD.predecessor, second);
    noted.progress = PROGRESS.none;
    write(slot, opener.open(frame, 0));
  };
}
