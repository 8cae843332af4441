/** The box store's rules over a map, answering at once: what the lab's edges stand on. */
import { equalBytes } from '@tacet/base';
import type { StoreCommand, StoredBox, StoreResult } from '@tacet/relay';
import { type BoxRecord, markKey } from '@tacet/wire';

export class MemoryBoxes {
  private readonly boxes = new Map<ReturnType<typeof markKey>, StoredBox & { dead: boolean }>();

  get size(): number {
    return this.boxes.size;
  }

  /** Keys of all boxes held. */
  keys(): ReturnType<typeof markKey>[] {
    return [...this.boxes.keys()];
  }

  run(command: StoreCommand): StoreResult {
    switch (command.kind) {
      case 'put': {
        const key = markKey(command.box.mark);
        const had = this.boxes.get(key);
        if (had !== undefined) {
          const same = equalBytes(had.record, command.box.record);
          return { kind: 'put', outcome: same ? 'same' : 'taken' };
        }
        this.boxes.set(key, { ...command.box, dead: false });
        return { kind: 'put', outcome: 'stored' };
      }
      case 'get': {
        const records = command.marks.map((mark): BoxRecord | null => {
          const box = this.boxes.get(markKey(mark));
          return box === undefined || box.record.length === 0 ? null : box.record;
        });
        return { kind: 'get', records };
      }
      case 'tombstone': {
        const box = this.boxes.get(markKey(command.mark));
        if (box !== undefined) box.dead = true;
        return { kind: 'tombstone' };
      }
      case 'expire':
        for (const [key, box] of this.boxes) {
          if (box.expiryDay <= command.today || box.dead) this.boxes.delete(key);
        }
        return { kind: 'expire' };
    }
  }
}
