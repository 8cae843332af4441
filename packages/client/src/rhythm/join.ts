/** The features that want slots, in their places (docs/spec/04-mixing.md, 7). */
import type { Cover } from '../boxes/cover.ts';
import type { PutQueue } from '../boxes/puts.ts';
import type { ReadQueue } from '../boxes/reads.ts';
import type { StandingReads } from '../boxes/standing.ts';
import type { Tombstones } from '../boxes/tombstones.ts';
import type { FileReader } from '../files/reader.ts';
import type { OwnLoops } from './own-loops.ts';
import type { PlanSource } from './plan.ts';
import { Planner } from './planner.ts';

export function plannerOf(features: {
  readonly puts: PutQueue;
  readonly reads: ReadQueue;
  readonly standing: StandingReads;
  readonly tombstones: Tombstones;
  readonly cover: Cover;
  readonly files: {
    readonly writer: PlanSource;
    readonly reader: Pick<FileReader, 'before'>;
    readonly ahead: PlanSource;
  };
  readonly loops: OwnLoops;
}): Planner {
  const { puts, reads, standing, tombstones, cover, files, loops } = features;
  return new Planner(
    {
      puts: puts.first(0),
      control: puts.first(1),
      reads,
      own: reads.own,
      standing,
      copies: puts.second(),
      fileParts: files.writer,
      fileReads: files.reader.before(reads.files, files.ahead),
      fileCopies: puts.secondOfFiles(),
      behind: reads.behind,
      tombstones,
      cover,
    },
    (at) => loops.mayRetry(at),
    (at) => [puts.fresh(at), reads.fresh(at)],
  );
}
