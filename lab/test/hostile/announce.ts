/** A digest as an edge would sign it, put into one person's frames. */
import type { Mark } from '@tacet/wire';
import { packBroadcast, signDigest } from '@tacet/wire';
import type { Person } from '../../src/person.ts';
import type { LabStage } from '../../src/scenarios/lab-stage.ts';

export function announce(
  stage: LabStage,
  person: Person,
  mark: Mark,
  options: {
    readonly number?: number;
    readonly edge?: number;
    /** Beside `mark`, at most 63. */
    readonly others?: readonly Mark[];
  } = {},
): void {
  const { world } = stage;
  const edge = world.network.edges[options.edge ?? 0];
  if (edge === undefined) throw new RangeError('no such edge');
  const number = options.number ?? Math.floor(world.now / world.network.parameters.digestMs) + 1;
  const random = (): Mark => world.rng.fill(new Uint8Array(8)) as Mark;
  const others = options.others ?? [];
  const padding = Array.from({ length: 63 - others.length }, random);
  const marks = [mark, ...others, ...padding].sort(Buffer.compare);
  const { bytes } = signDigest(
    edge.identity,
    { edge: edge.hash, number, previous: new Uint8Array(32), seen: [], marks },
    world.network.document.networkId,
  );
  for (const broadcast of packBroadcast([{ kind: 'digest', bytes }])) {
    person.client.onDown({ broadcast, reply: null }, world.now);
  }
  world.pumpPerson(person);
}
