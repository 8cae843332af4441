/** The box store's rules over a map, answering at once: what the lab's edges stand on. */
import { BytesMap, equalBytes, hex } from '@tacet/base';
import type { StoreCommand, StoredBox, StoreResult } from '@tacet/relay';
import type { BoxRecord } from '@tacet/wire';

interface Kept extends StoredBox {
  readonly expiryDay: number;
  effectDay: number | null;
}

export class MemoryBoxes {
  private readonly boxes = new BytesMap<Kept>();

  get size(): number {
    return this.boxes.size;
  }

  /** Marks of all boxes held, in hex. */
  marks(): string[] {
    return [...this.boxes.entries()].map(([mark]) => hex(mark));
  }

  run(command: StoreCommand): StoreResult {
    switch (command.kind) {
      case 'put': {
        const { mark } = command.box;
        const had = this.boxes.get(mark);
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
        this.boxes.set(mark, { ...command.box, expiryDay, effectDay: null });
        return { kind: 'put', result: { outcome: 'stored', expiryDay } };
      }
      case 'get': {
        const records = command.marks.map((mark): BoxRecord | null => {
          const box = this.boxes.get(mark);
          return box === undefined || box.record.length === 0
            ? null
            : (box.record.slice() as BoxRecord);
        });
        return { kind: 'get', records };
      }
      case 'tombstone': {
        const box = this.boxes.get(command.mark);
        if (box !== undefined) box.effectDay ??= command.effectDay;
        return { kind: 'tombstone' };
      }
      case 'expire':
        for (const [mark, box] of this.boxes.entries()) {
          const erased = box.effectDay !== null && box.effectDay <= command.today;
          if (box.expiryDay <= command.today || erased) this.boxes.delete(mark);
        }
        return { kind: 'expire' };
      case 'count':
        return { kind: 'count', count: this.boxes.size };
    }
  }
}
