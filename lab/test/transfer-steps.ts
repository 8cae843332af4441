/** A file between two people of the lab at usual rates, timed (docs/spec/17-levels.md, 8; 19-files.md, 4). */
import assert from 'node:assert/strict';
import { HOUR, MINUTE, type Millis, SECOND } from '@tacet/base';
import type { FilePreview, Level } from '@tacet/client';
import type { TestNetworkOptions } from '@tacet/testkit';
import { modelledOnion } from '../src/onion.ts';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import type { Actor } from '../src/scenarios/stage.ts';
import { meet } from '../src/scenarios/steps.ts';
import { USUAL_RATES } from '../src/usual-rates.ts';
import { act, bytesOf, fileLineOf, fileOf, readFile, sendFile } from './file-steps.ts';

/** 1/mu of the figure that is asked for: 1 MB within 30 s. */
export const RATES = { ...USUAL_RATES, delayMeanMs: 500 } as const;

/** Blocks of two minutes: what is to be seen is in them. */
export const SHORT = { ...RATES, transferBlockMs: 2 * MINUTE } as const;

export interface Pair {
  readonly stage: LabStage;
  readonly alice: Actor;
  readonly bob: Actor;
}

/** Two people who met and are at one level; in Balanced their windows are in use from now on. */
export async function pairAt(
  seed: string,
  level: Level,
  parameters: TestNetworkOptions['parameters'] = RATES,
): Promise<Pair> {
  const network = { parameters };
  const stage = new LabStage(seed, modelledOnion, { network, patience: 4 * HOUR });
  const [alice, bob] = [await stage.person('alice'), await stage.person('bob')];
  await meet(stage, alice, bob);
  for (const who of [alice, bob]) await who.setLevel(level);
  await stage.pass(MINUTE);
  if (level === 'strong') {
    for (const who of [alice, bob]) assert.equal((await who.status()).inUse, false);
  }
  return { stage, alice, bob };
}

export interface Timed {
  /** From the sender's word, or where it must be wanted from the reader's, until all is there. */
  readonly took: Millis;
  /** In Transfer: from when both lines were in it and parts were written. */
  readonly moving: Millis;
  readonly preview: FilePreview;
}

/** Sends and, where it must be, wants; Transfer for those who consent. */
export async function timeFile(
  { stage, alice, bob }: Pair,
  size: number,
  options: { readonly transfer?: readonly Actor[]; readonly inUse?: boolean } = {},
): Promise<Timed> {
  const { transfer = [], inUse = false } = options;
  const quick = (who: Actor): boolean => transfer.includes(who);
  const { client } = stage.personOf(alice);
  const look = async (): Promise<void> => {
    if (inUse) for (const who of [alice, bob]) await who.useWindow();
  };
  await look();
  if (inUse) await stage.pass(10 * SECOND);
  const preview = client.files.preview(size, stage.world.now);
  const bytes = bytesOf(`timed ${size}`, size);
  let from = stage.world.now;
  const id = await sendFile(stage, alice, 'bob', bytes, { transfer: quick(alice) });
  await stage.until('offered', async () => (await fileOf(bob, 'alice')) !== null);
  const line = (await fileLineOf(bob, 'alice')) ?? assert.fail('no line');
  if (line.file?.state === 'offered') from = stage.world.now;
  if (line.file?.state === 'offered' || quick(bob)) act(stage, bob, 'want', line.id, quick(bob));
  let moving = stage.world.now;
  let nextLook = moving;
  const on = (): boolean =>
    transfer.every((who) => stage.personOf(who).client.levels.transfer.on) &&
    client.message(id).file?.state !== 'offered';
  let begun = false;
  await stage.until(
    'here',
    async () => {
      if (stage.world.now >= nextLook) {
        nextLook += 10 * MINUTE;
        await look();
      }
      if (!begun && on()) {
        begun = true;
        moving = stage.world.now;
      }
      return (await fileOf(bob, 'alice'))?.state === 'here';
    },
    48 * HOUR,
  );
  assert.deepEqual(await readFile(stage, bob, line.id), bytes);
  assert.ok(begun);
  return { took: stage.world.now - from, moving: stage.world.now - moving, preview };
}

/** Slots that a period has beside loops. */
export function realSlot(period: Millis): Millis {
  return period / (1 - RATES.loopPermille / 1_000);
}
