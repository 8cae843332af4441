/** The box store's rules over a map, answering at once: what the lab's edges stand on. */
import { equalBytes } from '@tacet/base';
import type { StoreCommand, StoredBox, StoreResult } from '@tacet/relay';
import { type BoxRecord, markKey } from '@tacet/wire';

interface Kept extends StoredBox {
  readonly expiryDay: number;
  effectDay: number | null;
}

export class MemoryBoxes {
  private readonly boxes = new Map<ReturnType<typeof markKey>, Kept>();

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
          const { expiryDay } = had;
          const same = equalBytes(had.record, command.box.record);
          return {
            kind: 'put',
            result: same ? { outcome: 'same', expiryDay } : { outcome: 'taken' },
          };
        }
        const { expiryDay } = command.box;
        if (expiryDay === null) return { kind: 'put', result: { outcome: 'refused' } };
        this.boxes.set(key, { ...command.box, expiryDay, effectDay: null });
        return { kind: 'put', result: { outcome: 'stored', expiryDay } };
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
        if (box !== undefined) box.effectDay ??= command.effectDay;
        return { kind: 'tombstone' };
      }
      case 'expire':
        for (const [key, box] of this.boxes) {
          const erased = box.effectDay !== null && box.effectDay <= command.today;
          if (box.expiryDay <= command.today || erased) this.boxes.delete(key);
        }
        return { kind: 'expire' };
      case 'count':
        return { kind: 'count', count: this.boxes.size };
    }
  }
}
