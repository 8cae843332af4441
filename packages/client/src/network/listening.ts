/** What of the network the features of an engine hear. */
import type { Cover } from '../boxes/cover.ts';
import type { WatchList } from '../boxes/watches.ts';
import type { EventLog } from '../events/log.ts';
import type { Levels } from '../levels/levels.ts';
import type { JobQueue } from '../sessions/jobs.ts';
import type { Absence } from '../streams/absence.ts';
import type { Link } from './link.ts';
import type { NetworkListener } from './network.ts';

export interface Hearing {
  readonly watches: WatchList;
  readonly cover: Cover;
  readonly levels: Levels;
  readonly absence: Absence;
  readonly link: Link;
  readonly jobs: JobQueue;
  readonly events: EventLog;
  /** A document was held once: the periods of this network are known. */
  documented: boolean;
}

/** @param engine looked at with each call: not all of it is there yet */
export function networkListener(engine: Hearing): NetworkListener {
  return {
    onDigest: (digest, now) => {
      engine.watches.onDigest(digest, now);
      engine.cover.onDigest(digest, now);
      engine.levels.onDigest(digest, now);
      engine.absence.note(now);
    },
    onDocument: ({ document }, now) => {
      if (!engine.documented) engine.link.onFirstDocument(document.parameters, now);
      engine.documented = true;
      engine.jobs.kick();
    },
    onEquivocation: (now) => engine.events.append(now, 'alarm', 'document-equivocation'),
  };
}
