/**
 * A world of relays under Poisson load, without people: requests with production paths, delays
 * and reply blocks enter layer 1 as an edge would send them. Links take no time, so that what a
 * wiretapper notes is what the machines did.
 */
import { type Millis, pick, type Rng, randomBytes, randomExponential } from '@tacet/base';
import { drawPath, edgesOf, type Parameters } from '@tacet/directory';
import type { Path, ReplyId } from '@tacet/onion';
import { MixMachine } from '@tacet/relay';
import { seededRng } from '@tacet/testkit';
import { encodeRequest, type Mark } from '@tacet/wire';
import { modelledOnion } from '../onion.ts';
import { Trace, type TraceRow } from '../trace.ts';
import { type RelayNode, World } from '../world.ts';

export interface FieldOptions {
  readonly seed: number | string;
  readonly mixesPerLayer: number;
  /** Requests per second, of all clients together; as many replies come back. */
  readonly rate: number;
  readonly parameters: Partial<Parameters>;
  readonly onRow?: (row: TraceRow) => void;
  readonly drops?: (from: number, to: number, packet: Uint8Array | null) => boolean;
}

export class Field {
  readonly world: World;
  readonly rng: Rng;
  private readonly options: FieldOptions;

  constructor(options: FieldOptions) {
    this.options = options;
    this.rng = seededRng(`${options.seed}/field`);
    this.world = new World({
      seed: options.seed,
      trace: new Trace(options.onRow ?? null),
      onion: modelledOnion,
      network: {
        mixesPerLayer: options.mixesPerLayer,
        parameters: { ...options.parameters, digestMs: 60_000 },
      },
      latency: [0, 0],
      ...(options.drops === undefined ? {} : { drops: options.drops }),
    });
    this.arrivals();
  }

  mixes(layer: number): { readonly node: RelayNode; readonly machine: MixMachine }[] {
    return this.world.relays.flatMap((node) =>
      node.relay.layer === layer && node.machine instanceof MixMachine
        ? [{ node, machine: node.machine }]
        : [],
    );
  }

  nodeAt(index: number): RelayNode {
    const node = this.world.relays[index];
    if (node === undefined) throw new RangeError('no such relay');
    return node;
  }

  async run(seconds: number): Promise<void> {
    await this.world.run(this.world.now + seconds * 1_000);
  }

  /** One request, as it enters layer 1. */
  request(path = this.path(null)): { readonly frame: Uint8Array; readonly path: Path } {
    const { onion } = this.world;
    const replyId = randomBytes(this.rng, 16) as ReplyId;
    const { block } = onion.builder.replyBlock(this.path(0), replyId);
    const mark = (): Mark => randomBytes(this.rng, 8) as Mark;
    const data = encodeRequest({ kind: 'get', marks: [mark(), mark(), mark()], waitMs: 0 });
    return { frame: onion.builder.request(path, data, block), path };
  }

  path(lastDelayMs: Millis | null): Path {
    const { newest, forBuilding } = this.book();
    const { verified, epoch } = forBuilding ?? { verified: newest, epoch: newest.document.epoch };
    const last = pick(this.rng, edgesOf(verified));
    return drawPath(this.rng, verified, epoch, {
      last,
      ...(lastDelayMs === null ? {} : { lastDelayMs }),
    });
  }

  private book() {
    const { book } = this.nodeAt(0);
    const newest = book.newest() ?? this.world.network.verified;
    return { newest, forBuilding: book.forBuilding(this.world.now) };
  }

  private arrivals(): void {
    this.world.time.after(randomExponential(this.rng, 1_000 / this.options.rate), () => {
      const { frame, path } = this.request();
      this.enter(frame, path);
      this.arrivals();
    });
  }

  /** Hears of each packet that is about to enter layer 1 from a client; false keeps it out. */
  onEnter: (path: Path, to: number, frame: Uint8Array) => boolean = () => true;

  private enter(frame: Uint8Array, path: Path): void {
    const [{ index }] = path.hops;
    if (this.onEnter(path, index, frame)) this.world.inject(this.nodeAt(index), frame);
  }
}
