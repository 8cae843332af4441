/**
 * Confirmation by repeats (docs/spec/04-mixing.md, 9). Somebody knows a box, because he is its
 * reader, runs the edge where it is written first, and wants to know behind which own edge its
 * writer is. When the box is written he lets nothing through to one own edge for a while and
 * watches for the same box a second time: a repeat says that the answer was held back there.
 */
import { MINUTE, type Millis, SECOND } from '@tacet/base';
import { decodeRequest } from '@tacet/wire';
import { modelledOnion, type Onion } from '../onion.ts';
import type { Person } from '../person.ts';
import { LabStage } from '../scenarios/lab-stage.ts';
import { meet } from '../scenarios/steps.ts';
import type { RelayNode } from '../world.ts';
import { atMost, type Check, close } from './check.ts';

export interface RepeatsOptions {
  readonly seed: number | string;
  /**
   * He tries the writer's own edge and one other by turns. Trials in which the box was written at
   * the very edge that he cut off are made again: he would see nothing.
   */
  readonly trials: number;
  /** For a positive control: what is done to the writer's client. */
  readonly onWriter?: (writer: Person) => void;
}

export interface RepeatsResult {
  /** Trials of the writer's own edge, and in how many of them the box came again. */
  readonly tried: number;
  readonly hits: number;
  /** The same for the other edges. */
  readonly others: number;
  readonly falseHits: number;
  /** Texts that were sent, one a trial, also of those made again; and how many arrived. */
  readonly sent: number;
  readonly delivered: number;
}

/** How long he holds back what goes to an edge, and how long he looks on after that. */
const HELD = MINUTE;
const WATCHED = MINUTE;
const APART = 25 * MINUTE;
const PARAMETERS = {
  slotMs: 2 * SECOND,
  inUseSlotMs: SECOND,
  delayMeanMs: 400,
  digestMs: 10 * SECOND,
  receiptInUseMs: 10 * SECOND,
  receiptMs: MINUTE,
  receiptStrongMs: 5 * MINUTE,
  secondCopyMinMs: 5 * SECOND,
  secondCopyMaxMs: MINUTE,
  retryPauseMs: 10 * MINUTE,
  // So that a box that is written now is the writer's: he would know it by its id.
  coverPutPermille: 0,
  poolFloor: 0,
};

export async function repeats(options: RepeatsOptions): Promise<RepeatsResult> {
  const written: { readonly box: string; readonly edge: number }[] = [];
  const held = { edge: -1, until: 0 };
  let now = (): Millis => 0;
  const stage = new LabStage(options.seed, listening(written), {
    network: { edges: 4, mixesPerLayer: 2, parameters: PARAMETERS },
    drops: (_from, to) => to === held.edge && now() < held.until,
  });
  const { world } = stage;
  now = () => world.now;
  const writer = await stage.person('writer');
  const reader = await stage.person('reader');
  await meet(stage, writer, reader);
  await writer.setLevel('strong');
  await stage.pass(10 * MINUTE);
  const person = stage.personOf(writer);
  options.onWriter?.(person);
  const address = person.client.status(world.now).edge;
  const isOwn = (node: RelayNode): boolean => node.relay.descriptor.clientAddress === address;
  const all = world.relays.filter((node) => node.relay.role === 'edge');
  const edges = [all.find(isOwn), all.find((node) => !isOwn(node))];
  const known = new Set<string>();
  let [tried, hits, others, falseHits] = [0, 0, 0, 0];
  const ids: string[] = [];
  while (tried + others < options.trials) {
    const edge = edges[(tried + others) % edges.length];
    if (edge === undefined) throw new RangeError('no edge');
    for (const { box } of written) known.add(box);
    written.length = 0;
    ids.push((await writer.send('reader', `text ${ids.length}`)).id);
    const fresh = () => written.find(({ box }) => !known.has(box));
    await stage.until('a box is written', async () => fresh() !== undefined);
    const first = fresh();
    held.edge = edge.id;
    held.until = world.now + HELD;
    await stage.pass(HELD + WATCHED);
    const again = written.filter((one) => one.box === first?.box && one.edge === first.edge);
    const repeated = again.length > 1;
    await stage.pass(APART);
    if (first?.edge === edge.id) continue;
    if (isOwn(edge)) {
      tried++;
      if (repeated) hits++;
    } else {
      others++;
      if (repeated) falseHits++;
    }
  }
  let delivered = 0;
  for (const id of ids) if ((await writer.message(id)).state === 'delivered') delivered++;
  return { tried, hits, others, falseHits, sent: ids.length, delivered };
}

/** Notes which box is written at which edge, as those edges could. */
function listening(written: { box: string; edge: number }[]) {
  return (network: Parameters<typeof modelledOnion>[0]): Onion => {
    const model = modelledOnion(network);
    return {
      ...model,
      opener(relay, book) {
        const inner = model.opener(relay, book);
        return {
          ...inner,
          open(frame, at) {
            const opened = inner.open(frame, at);
            if (opened.kind !== 'request') return opened;
            const request = decodeRequest(opened.data);
            if (request.kind === 'put') {
              const box = Buffer.from(request.record.subarray(0, 32)).toString('hex');
              written.push({ box, edge: network.relays.indexOf(relay) });
            }
            return opened;
          },
        };
      },
    };
  };
}

export async function confirmation({ seed, trials }: RepeatsOptions): Promise<Check[]> {
  const result = await repeats({ seed: `${seed}/repeats`, trials });
  return [
    // The pause is drawn, so that one in ten still falls into the minute in which he looks on.
    atMost("share of repeats that name the writer's edge", result.hits / result.tried, 0.3),
    atMost('repeats while another edge is cut', result.falseHits, 0),
    close('texts that arrive in spite of it', result.delivered, result.sent, 0),
  ];
}
