/**
 * One mix drops a fifth of what comes to it (docs/spec/04-mixing.md, 5 and 8). People's clients
 * must name it and nobody else; the mixes' own sums, which authorities read, must show it.
 */
import { HOUR, MINUTE, randomUnit, SECOND } from '@tacet/base';
import { MixMachine } from '@tacet/relay';
import { seededRng } from '@tacet/testkit';
import { modelledOnion } from '../onion.ts';
import { Trace } from '../trace.ts';
import { World } from '../world.ts';
import { atLeast, atMost, type Check, close } from './check.ts';
import { mean } from './figures.ts';

export interface DroppingOptions {
  readonly seed: number;
  readonly people: number;
  readonly hours: number;
}

const SHARE = 0.2;

export async function dropping({ seed, people, hours }: DroppingOptions): Promise<Check[]> {
  const rng = seededRng(`${seed}/dropping`);
  let bad = -1;
  const world = new World({
    seed: `${seed}/dropping`,
    trace: new Trace(),
    onion: modelledOnion,
    network: {
      mixesPerLayer: 2,
      parameters: {
        epochMs: HOUR,
        slotMs: 2 * SECOND,
        inUseSlotMs: SECOND,
        delayMeanMs: 400,
        digestMs: 30 * SECOND,
        poolFloor: 0,
      },
    },
    drops: (_from, to) => to === bad && randomUnit(rng) < SHARE,
  });
  const victim = world.relays.find((node) => node.relay.layer === 2);
  if (victim === undefined) throw new RangeError('no mix in layer 2');
  for (let n = 0; n < people; n++) {
    const person = await world.addPerson(`person-${n}`);
    person.client.levels.set('strong', true, world.now);
    person.client.joinNetwork(world.network.cardText, world.now);
    world.pumpPerson(person);
  }
  // Whole epochs, so that the sums of the second one are all under the attack.
  await world.run(Math.ceil(world.now / HOUR) * HOUR);
  const quiet = world.people.flatMap((person) => person.alarms).length;
  bad = victim.id;
  const name = Buffer.from(victim.relay.hash).toString('hex');
  const from = world.now;
  const foundAt = new Map<number, number>();
  let wrong = 0;
  while (world.now < from + hours * HOUR) {
    await world.run(world.now + MINUTE);
    for (const person of world.people) {
      const suspects = person.client.suspectedMixes();
      if (suspects.includes(name) && !foundAt.has(person.id)) {
        foundAt.set(person.id, world.now - from);
      }
      if (suspects.some((one) => one !== name)) wrong++;
    }
  }
  const [bads, siblings] = sums(world, victim.relay.hash);
  const minutes = [...foundAt.values()].map((ms) => ms / MINUTE);
  return [
    close('suspicions while nothing was dropped', quiet, 0, 0),
    close('people whose clients name the mix', foundAt.size, people, 0),
    close('minutes with a wrong suspect', wrong, 0, 0),
    atMost('minutes until it is named, mean', mean(minutes), 120),
    close('share of loops lost, told by mixes, through it', bads, SHARE, 0.04),
    atMost('the same through its sibling', siblings, 0.02),
    atLeast('one over the other', bads / Math.max(siblings, 0.001), 5),
  ];
}

/** Share of loops lost through a relay and through its siblings, by the mixes' last reports. */
function sums(world: World, of: Uint8Array): [number, number] {
  const all = { its: [0, 0], others: [0, 0] };
  const layer = world.relays.find((node) => same(node.relay.hash, of))?.relay.layer;
  for (const { machine } of world.relays) {
    if (!(machine instanceof MixMachine)) continue;
    for (const { relay, sent, lost } of machine.report(world.now)?.measured.loops ?? []) {
      if (world.network.relayOf(relay).layer !== layer) continue;
      const into = same(relay, of) ? all.its : all.others;
      into[0] = (into[0] ?? 0) + sent;
      into[1] = (into[1] ?? 0) + lost;
    }
  }
  const share = ([sent = 0, lost = 0]: number[]): number => lost / Math.max(1, sent);
  return [share(all.its), share(all.others)];
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
