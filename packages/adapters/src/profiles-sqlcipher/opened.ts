/** A profile that is open, until it is closed (docs/spec/10-store.md). */
import { statfsSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { AppError, type Rng } from '@tacet/base';
import type { FileCells, ProfileStore } from '@tacet/client';
import { systemRng, wipe } from '@tacet/crypto';
import { intoFreeSlot, makeInSlot, refuseUsed } from './added.ts';
import { CELL_BYTES } from './cell-form.ts';
import { openFileCells } from './cells.ts';
import type { PageCheck } from './check.ts';
import type { InTurn, OpenProfile, Opens, ProfileOptions } from './contract.ts';
import * as errors from './errors.ts';
import { EvenGrowth } from './growth.ts';
import {
  checkSecret,
  type Header,
  newHeader,
  type ProfileSecret,
  rootOf,
  sealHead,
  slotKey,
} from './header.ts';
import { readHeaders } from './headers.ts';
import { PASSPHRASE_COST, SLOTS } from './limits.ts';
import { Rolling } from './rolling.ts';
import { levelCells, levelRolling, syncLater } from './sizes.ts';
import { type Found, openSlots, theOne } from './slots.ts';
import { type ProfileSnapshot, SnapshotFiles, takeSnapshot } from './snapshot.ts';
import { SqlcipherStore } from './store.ts';
import {
  evenHeads,
  type Files,
  readVault,
  replaceHead,
  type SlotFiles,
  settle,
  settling,
  slotFiles,
} from './vault.ts';
import { eraseOthers } from './wipe.ts';

export class Profile implements OpenProfile {
  readonly store: SqlcipherStore;
  readonly createdDay: number;
  readonly rolling: Rolling;
  private readonly options: ProfileOptions;
  private readonly files: Files;
  private readonly slot: number;
  private readonly own: SlotFiles;
  private readonly looked: Promise<void>;
  private readonly databaseKey: Uint8Array;
  private readonly snapshotFiles = new SnapshotFiles();
  private readonly release: () => void;
  private opening: Promise<FileCells> | null = null;
  /** What was closed is being brought to its step, or has been. */
  private resting = false;

  /** @param check what is left to look over */
  constructor(
    options: ProfileOptions,
    files: Files,
    header: Header,
    release: () => void,
    check: PageCheck,
  ) {
    this.options = options;
    this.files = files;
    this.slot = header.slot;
    this.own = slotFiles(files, header.slot);
    this.createdDay = header.createdDay;
    // For backups; the header's own is wiped by whoever read it.
    this.databaseKey = header.databaseKey.slice();
    this.release = release;
    this.store = this.openStore(check);
    this.rolling = new Rolling({
      paths: this.own.rolling,
      databaseKey: this.databaseKey,
      rng: this.rng,
      room: () => this.room(),
      level: (chunks) => levelRolling(files.slots, chunks, this.rng, syncLater, options.first),
      assertOpen: () => this.store.assertOpen(),
    });
    this.looked = lookOver(check);
    // Told to whoever asks; nobody must.
    this.looked.catch(() => undefined);
  }

  checked(): Promise<void> {
    return this.looked;
  }

  private get rng(): Rng {
    return this.options.rng ?? systemRng;
  }

  private openStore(check: PageCheck): SqlcipherStore {
    const { databaseKey, rng } = this;
    const { first } = this.options;
    const paths = this.files.slots.map(({ data }) => data);
    const growth = new EvenGrowth({ paths, slot: this.slot, databaseKey, rng, first }, check.pages);
    const onClose = (): void => {
      check.close();
      this.snapshotFiles.close();
      wipe(databaseKey);
      if (!this.resting) this.rest();
    };
    try {
      return new SqlcipherStore(growth.open(), onClose, growth);
    } catch (error) {
      growth.close();
      throw error;
    }
  }

  /** Those of all slots, a piece at a time. */
  private async levelCells(cells: number): Promise<void> {
    for (const piece of levelCells(this.files.slots, cells, this.rng, syncLater)) {
      // Nobody else's files once they may be.
      this.store.assertOpen();
      await piece();
      await setImmediate();
    }
  }

  async opens(secret: ProfileSecret): Promise<Opens> {
    try {
      checkSecret(secret);
      const all = await readHeaders(this.files, secret, this.options);
      const first = theOne(all);
      wipe(first.header.databaseKey);
      // Of several the one that destroys goes first, else this profile.
      const found = isDuress(first) ? first : (all.find((one) => this.has(one)) ?? first);
      if (isDuress(found)) eraseOthers(this.options.dir, found, this.rng);
      evenHeads(this.files);
      return this.has(found) ? 'this' : 'another';
    } catch (error) {
      if (error instanceof AppError && ['input', 'usage'].includes(error.kind)) return 'nothing';
      throw errors.fromSystem(error);
    }
  }

  async changeSecret(current: ProfileSecret, next: ProfileSecret): Promise<void> {
    checkSecret(current);
    checkSecret(next);
    const { rng = systemRng, cost = PASSPHRASE_COST } = this.options;
    try {
      const { header } = await this.mine(current);
      const { salt, heads } = readVault(this.files);
      const root = await rootOf(next, salt, cost);
      try {
        refuseUsed(openSlots(root, heads), this.slot);
        this.store.assertOpen();
        const sealed = sealHead(slotKey(root, this.slot), { ...header, kind: 'profile' }, rng);
        replaceHead(this.files, this.slot, sealed, rng);
      } finally {
        wipe(root, header.databaseKey);
      }
    } catch (error) {
      throw errors.fromSystem(error);
    }
  }

  async addProfile(
    secret: ProfileSecret,
    keep: readonly ProfileSecret[],
    prepare: (store: ProfileStore) => Promise<void>,
  ): Promise<void> {
    await this.add(secret, keep, async (slot) => {
      const header = newHeader(slot, this.rng);
      const own = slotFiles(this.files, slot);
      await makeInSlot(this.files, own, header.databaseKey, prepare, (pages) =>
        this.store.makeRoom(pages),
      );
      return header;
    });
  }

  async addDuress(secret: ProfileSecret, keep: readonly ProfileSecret[]): Promise<void> {
    const { slot, createdDay } = this;
    await this.add(secret, keep, async () => {
      return { kind: 'duress', slot, createdDay, databaseKey: this.databaseKey.slice() };
    });
  }

  room(): number {
    try {
      const { bavail, bsize } = statfsSync(this.options.dir);
      // What one slot grows, all of them grow when it is closed.
      return Math.floor((bavail * bsize) / SLOTS);
    } catch (error) {
      throw errors.fromSystem(error);
    }
  }

  cells(): Promise<FileCells> {
    this.store.assertOpen();
    this.opening ??= openFileCells(this.own.cells, this.rng, (cells) => this.levelCells(cells));
    return this.opening;
  }

  snapshot(withFiles: boolean): Promise<ProfileSnapshot> {
    const { store, databaseKey, own } = this;
    const cells = withFiles && statSync(own.cells).size > 0 ? own.cells : null;
    const parts = { store, databaseKey, data: own.data, cells, cellBytes: CELL_BYTES };
    return takeSnapshot({ ...parts, files: this.snapshotFiles });
  }

  close(): void {
    this.store.close();
    this.closeCells();
  }

  async closeInTurns(inTurn: InTurn): Promise<void> {
    if (this.resting) return;
    this.resting = true;
    const { files, options } = this;
    try {
      await inTurn(() => this.store.close());
      this.closeCells();
      for (const piece of settling(files, this.rng, options.first)) {
        await inTurn(piece);
      }
    } catch (error) {
      leaveApart(error);
    } finally {
      this.release();
    }
  }

  /** At rest before anybody else may open it. */
  private rest(): void {
    this.resting = true;
    const { files, options } = this;
    try {
      settle(files, this.rng, options.first);
    } catch (error) {
      leaveApart(error);
    } finally {
      this.release();
    }
  }

  private closeCells(): void {
    const { opening } = this;
    this.opening = null;
    // What is being written is finished; whoever asked for it is told if it could not be.
    if (opening !== null) opening.then((cells) => cells.close()).catch(() => undefined);
  }

  /** The header of this profile that the secret opens. Throws `passphrase-wrong`. */
  private async mine(secret: ProfileSecret): Promise<Found> {
    const found = await readHeaders(this.files, secret, this.options);
    for (const one of found) if (!this.has(one)) wipe(one.header.databaseKey);
    return theOne(found.filter((one) => this.has(one)));
  }

  private has({ header }: Found): boolean {
    return header.slot === this.slot;
  }

  private async add(
    secret: ProfileSecret,
    keep: readonly ProfileSecret[],
    fill: (slot: number) => Promise<Header>,
  ): Promise<void> {
    const { options, files, slot } = this;
    const assertOpen = (): void => this.store.assertOpen();
    try {
      await intoFreeSlot({ options, files, slot, assertOpen }, secret, keep, fill);
    } catch (error) {
      throw errors.fromSystem(error);
    }
  }
}

/** What the system refused: lengths stay apart until a close that it lets. What is saved is saved. */
function leaveApart(error: unknown): void {
  if (errors.codeOf(error) === '') throw error;
}

function isDuress({ header }: Found): boolean {
  return header.kind === 'duress';
}

async function lookOver(check: PageCheck): Promise<void> {
  try {
    await check.rest();
  } catch (error) {
    throw errors.fromSystem(error);
  }
}
