/** What an edge checks of boxes: that whoever has their key wrote them, or wants them erased. */
import { verifyRecord, verifyTombstone } from '@tacet/wire';

export interface RecordChecks {
  readonly verifyRecord: typeof verifyRecord;
  readonly verifyTombstone: typeof verifyTombstone;
}

export const RECORD_CHECKS: RecordChecks = { verifyRecord, verifyTombstone };
