/**
 * A client away for weeks (docs/spec/13-client-view.md 3): no document it holds is in force, one
 * edge of its card is gone, the other has a new link key, boxes stand elsewhere, and all boxes of
 * the first weeks have ended. Its friend writes meanwhile. Production machines, virtual time.
 */
import { DAY, HOUR, type Millis } from '@tacet/base';
import { modelledOnion } from './onion.ts';
import { LabStage } from './scenarios/lab-stage.ts';
import { meet } from './scenarios/steps.ts';

export interface AwayOptions {
  readonly seed: number | string;
  readonly days: number;
  readonly boxLifeDays: number;
}

export interface AwayResult extends AwayOptions {
  readonly texts: number;
  readonly arrived: number;
  readonly twice: number;
  readonly receipted: number;
  /** Why nothing was sent right after coming back. */
  readonly pause: string | null;
  /** Simulated minutes from coming back to the link, to the last text, to the last receipt. */
  readonly linkMinutes: number;
  readonly textMinutes: number;
  readonly receiptMinutes: number;
}

/** Frames as rare as a network allows: what is looked at here takes days. */
const RARE = {
  epochMs: DAY,
  keysAhead: 3,
  validEpochs: 3,
  slotMs: 60_000,
  inUseSlotMs: 30_000,
  delayMeanMs: 1_000,
  digestMs: 60_000,
  secondCopyMinMs: 5_000,
  secondCopyMaxMs: 60_000,
};

export async function away(options: AwayOptions): Promise<AwayResult> {
  const { seed, days, boxLifeDays } = options;
  const network = { edges: 3, parameters: { ...RARE, boxLifeDays } };
  const stage = new LabStage(seed, modelledOnion, { network, patience: DAY });
  const { world } = stage;
  const [leaves, stays, joins] = world.relays.filter(({ relay }) => relay.role === 'edge');
  if (leaves === undefined || stays === undefined || joins === undefined) throw new RangeError();
  joins.listed = false;
  await stage.pass(2 * DAY);
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await stage.pass(HOUR);
  const start = world.now;
  await alice.kill();
  const sent = new Map<string, string>();
  for (const part of [0.03, 0.2, 0.4, 0.63, 0.93]) {
    await world.run(start + part * days * DAY);
    const text = `after ${part * days} days`;
    sent.set(text, (await bob.send('alice', text)).id);
    if (part === 0.2) {
      leaves.listed = false;
      joins.listed = true;
      world.rekey(stays, Math.floor(world.now + 90 * DAY));
    }
    if (part === 0.63) world.stop(leaves);
  }
  await world.run(start + days * DAY);
  await alice.restart();
  const back = world.now;
  const { pause } = await alice.status();
  const minutes = (): Millis => (world.now - back) / 60_000;
  await stage.until('the link is ready', async () => (await alice.status()).link === 'ready');
  const linkMinutes = minutes();
  const got = async () => (await alice.messages('bob')).map(({ text }) => text);
  await stage.until('all texts are there', async () => {
    const here = await got();
    return [...sent.keys()].every((text) => here.includes(text));
  });
  const textMinutes = minutes();
  await stage.until('all receipts are there', async () => {
    for (const id of sent.values()) if ((await bob.message(id)).state !== 'delivered') return false;
    return true;
  });
  const here = await got();
  const arrived = [...sent.keys()].filter((text) => here.includes(text)).length;
  return {
    ...options,
    texts: sent.size,
    arrived,
    twice: here.length - arrived,
    receipted: sent.size,
    pause,
    linkMinutes,
    textMinutes,
    receiptMinutes: minutes(),
  };
}
