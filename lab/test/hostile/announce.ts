/** A digest as an edge would sign it, put into one person's frames. */
import type { Mark } from '@tacet/wire';
import { packBroadcast, signDigest } from '@tacet/wire';
import type { Person } from '../../src/person.ts';
import type { LabStage } from '../../src/scenarios/lab-stage.ts';

export function announce(
  stage: LabStage,
  person: Person,
  mark: Mark,
  options: { readonly number?: number; readonly edge?: number } = {},
): void {
  const { world } = stage;
  const edge = world.network.edges[options.edge ?? 0];
  if (edge === undefined) throw new RangeError('no such edge');
  const number = options.number ?? Math.floor(world.now / world.network.parameters.digestMs) + 1;
  const random = (): Mark => world.rng.fill(new Uint8Array(8)) as Mark;
  const marks = [mark, ...Array.from({ length: 63 }, random)].sort(Buffer.compare);
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
