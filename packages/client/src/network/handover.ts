/**
 * What one client hands to another that goes on with its link (docs/spec/21-lock.md, 4): the link and
 * its grid, what the line looks like by the level, and what everybody may know of the network. Nothing of
 * people, keys, texts or boxes, and no reply that is waited for: whoever takes over begins as after a start,
 * except that no frame is left out and nobody dials.
 */
import { encode } from 'cborg';
import type { Engine } from '../engine.ts';
import type { TransferHandover } from '../levels/transfer.ts';
import type { ProfileStore } from '../ports.ts';
import { blob, num } from '../store/rows.ts';
import { readSetting, type Setting, writeSetting } from '../store/settings.ts';
import type { LinkHandover } from './link.ts';
import type { NetworkHandover } from './network.ts';

/** Which network, which edge, which way there, and the period of the line now and later. */
const SETTINGS: readonly Setting[] = [
  'network-card',
  'guards',
  'socks',
  'level',
  'level-next',
  'level-trail',
  'in-use',
  'transfer',
];

/** More than cborg's piece of 256. */
const ENCODER_BYTES = 512;

interface DayFrames {
  readonly day: number;
  readonly up: number;
  readonly down: number;
}

export interface Handover {
  readonly settings: ReadonlyMap<Setting, Uint8Array>;
  readonly documents: readonly { readonly epoch: number; readonly bytes: Uint8Array }[];
  /** Frames of each day, with those of the client that hands over. */
  readonly usage: readonly DayFrames[];
  readonly link: LinkHandover;
  /** Null before a network was joined. */
  readonly network: NetworkHandover | null;
  readonly transfer: TransferHandover;
}

/** Between two frames: none may be ready. Whoever hands over is not driven any more. */
export function handoverOf(engine: Engine): Handover {
  const { store, link, network, levels } = engine;
  levels.rest(engine.now);
  overwriteEncoder();
  const settings = SETTINGS.flatMap((name): [Setting, Uint8Array][] => {
    const value = readSetting(store, name);
    return value === null ? [] : [[name, value.slice()]];
  });
  return {
    settings: new Map(settings),
    documents: store
      .all('SELECT epoch, bytes FROM documents ORDER BY epoch')
      .map((row) => ({ epoch: num(row, 'epoch'), bytes: blob(row, 'bytes').slice() })),
    usage: store
      .all('SELECT day, up, down FROM usage')
      .map((row) => ({ day: num(row, 'day'), up: num(row, 'up'), down: num(row, 'down') })),
    link: link.handOver(),
    network: network?.handOver() ?? null,
    transfer: levels.transfer.handOver(),
  };
}

/** The encoder writes into one piece of memory again and again, and would keep what it wrote last. */
function overwriteEncoder(): void {
  encode(new Array<number>(ENCODER_BYTES).fill(0));
}

/** Into the store of who takes over, before it is opened: what is of later than that store's last word. */
export function layHandover(store: ProfileStore, { settings, documents, usage }: Handover): void {
  store.transaction(() => {
    for (const [name, value] of settings) writeSetting(store, name, value);
    for (const { epoch, bytes } of documents) {
      store.run(
        'INSERT INTO documents (epoch, bytes) VALUES (?, ?) ON CONFLICT (epoch) DO NOTHING',
        epoch,
        bytes,
      );
    }
    for (const { day, up, down } of usage) {
      store.run(
        `INSERT INTO usage (day, up, down) VALUES (?, ?, ?)
         ON CONFLICT (day) DO UPDATE SET up = excluded.up, down = excluded.down`,
        day,
        up,
        down,
      );
    }
  });
}

/** The opened client goes on where the other one stopped. */
export function takeHandover(engine: Engine, { link, network, transfer }: Handover): void {
  if (network !== null) engine.network?.takeOver(network);
  engine.link.takeOver(link);
  engine.levels.transfer.takeOver(transfer);
}
