/** What adversaries of these tests see: the requests as built, the rows of one person's link. */

import type { TestNetwork, TestNetworkOptions } from '@tacet/testkit';
import { type BoxRequest, BroadcastReader, decodeDigest, decodeRequest } from '@tacet/wire';
import { modelledOnion, type Onion } from '../../src/onion.ts';
import type { Person } from '../../src/person.ts';
import { LabStage } from '../../src/scenarios/lab-stage.ts';
import { Trace, type TraceRow } from '../../src/trace.ts';

export interface Built {
  /** Index of the edge it goes to. */
  readonly edge: number;
  readonly bytes: number;
  readonly request: BoxRequest;
  readonly at: number;
}

export interface Watched {
  readonly stage: LabStage;
  readonly rows: TraceRow[];
  readonly built: Built[];
}

export function watched(seed: string, network: TestNetworkOptions = {}): Watched {
  const rows: TraceRow[] = [];
  const built: Built[] = [];
  let now = (): number => 0;
  const onion = (test: TestNetwork): Onion => {
    const model = modelledOnion(test);
    return {
      ...model,
      builder: {
        ...model.builder,
        request(path, data, block) {
          const edge = path.hops.at(-1)?.index ?? -1;
          built.push({ edge, bytes: data.length, request: decodeRequest(data), at: now() });
          return model.builder.request(path, data, block);
        },
      },
    };
  };
  const trace = new Trace((row) => rows.push(row));
  const stage = new LabStage(seed, onion, { trace, network });
  now = () => stage.world.now;
  return { stage, rows, built };
}

/** Instants and sizes on one person's link from a moment on, both directions. */
export function linkOfPerson(rows: readonly TraceRow[], person: Person, from: number): string[] {
  return rows
    .filter((row) => row.at >= from && (row.from === person.id || row.to === person.id))
    .map((row) => `${row.at} ${row.from === person.id ? 'up' : 'down'} ${row.bytes}`);
}

/** Marks that each edge's digests named, as this person has seen them. */
export function digestsSeenBy(person: Person): Map<string, Set<string>> {
  const seen = new Map<string, Set<string>>();
  const reader = new BroadcastReader();
  const { client } = person;
  const onDown = client.onDown.bind(client);
  client.onDown = (frame, now) => {
    for (const item of reader.take(frame.broadcast)) {
      if (item.kind !== 'digest') continue;
      const { digest } = decodeDigest(item.bytes);
      const edge = Buffer.from(digest.edge).toString('hex');
      const marks = seen.get(edge) ?? new Set();
      for (const mark of digest.marks) marks.add(Buffer.from(mark).toString('hex'));
      seen.set(edge, marks);
    }
    onDown(frame, now);
  };
  return seen;
}
