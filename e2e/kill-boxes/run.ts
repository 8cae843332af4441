/**
 * Fills boxes at an edge that is killed again and again, and looks whether everything it
 * acknowledged is there. What was under way at a kill is sent again, octet for octet, as a client
 * does: it must be *stored*, whether or not the first try was.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equalBytes, type Rng, randomInt } from '@tacet/base';
import { makeTestNetwork, seededRng } from '@tacet/testkit';
import {
  BOX_PLAINTEXT,
  type BoxAnswer,
  type BoxRecord,
  decodeAnswer,
  encodeRequest,
  type Mark,
  sealRecord,
  verifyRecord,
} from '@tacet/wire';
import { NETWORK_SEED, READ } from './form.ts';
import { EdgeProcess } from './process.ts';

export interface KillBoxesOptions {
  readonly puts: number;
  readonly kills: number;
  readonly seed: string;
  readonly say: (line: string) => void;
}

export interface KillBoxesResult {
  readonly puts: number;
  readonly kills: number;
  /** Answered *stored*. */
  readonly acknowledged: number;
  /** Under way at a kill, and sent again. */
  readonly unanswered: number;
  /** Acknowledged, and not readable with the same octets. */
  readonly lost: number;
  /** Answered *taken* or *refused*, although the box was only ever written with one record. */
  readonly wrong: number;
  readonly seconds: number;
}

const IN_FLIGHT = 256;
/** Around each kill so many of the last acknowledged boxes are read at once. */
const LOOK_BACK = 300;

export async function killBoxes(options: KillBoxesOptions): Promise<KillBoxesResult> {
  const { puts, kills, seed, say } = options;
  const dir = mkdtempSync(join(tmpdir(), 'tacet-kill-boxes-'));
  const edge = new EdgeProcess(dir);
  const start = performance.now();
  const rng = seededRng(`kill boxes ${seed}`);
  const killAt = momentsOf(rng, puts, kills);
  const marks = new Uint8Array(8 * puts);
  const acknowledged: number[] = [];
  const lost = new Set<number>();
  let wrong = 0;
  let unanswered = 0;
  let next = 0;
  const again: number[] = [];

  const markOf = (i: number): Mark => marks.slice(8 * i, 8 * i + 8) as Mark;
  const put = async (i: number): Promise<void> => {
    const record = recordOf(seed, i);
    marks.set(verify(record), 8 * i);
    const answer = decode(await edge.ask(encodeRequest({ kind: 'put', record })));
    if (answer === null) {
      again.push(i);
      unanswered += 1;
    } else if (answer.status === 'stored') acknowledged.push(i);
    else wrong += 1;
  };
  /** Reads three boxes and compares; null when the edge died. */
  const look = async (three: readonly number[]): Promise<void> => {
    const [a = 0, b = a, c = a] = three;
    const request = encodeRequest({
      kind: 'get',
      waitMs: 0,
      marks: [markOf(a), markOf(b), markOf(c)],
    });
    const answer = decode(await edge.ask(request));
    for (const [at, i] of three.entries()) {
      const record = answer?.status === 'read' ? answer.records[at] : undefined;
      if (record === undefined || !equalBytes(record, recordOf(seed, i))) lost.add(i);
    }
  };
  const lookAt = (boxes: readonly number[]): Promise<void> => {
    let at = 0;
    return inParallel(async () => {
      const three = boxes.slice(at, at + 3);
      at += 3;
      if (three.length > 0) await look(three);
      return three.length > 0;
    });
  };

  try {
    for (const stop of [...killAt, puts]) {
      edge.start();
      await lookAt(acknowledged.slice(-LOOK_BACK));
      let killed: Promise<void> | null = null;
      await inParallel(async () => {
        if (killed !== null) return false;
        const i = again.pop() ?? (next < puts ? next++ : undefined);
        if (i === undefined) return false;
        await put(i);
        if (acknowledged.length >= stop && stop < puts && killed === null) killed = edge.kill();
        return true;
      });
      if (again.length > 0 && killed === null) throw new Error('the edge ended by itself');
      await (killed ?? edge.kill());
      say(`${acknowledged.length} acknowledged, ${again.length} to be sent again, killed`);
    }
    edge.start();
    await lookAt(acknowledged);
    await edge.kill();
  } finally {
    await edge.kill();
    rmSync(dir, { recursive: true, force: true });
  }
  return {
    puts,
    kills: killAt.length + 1,
    acknowledged: acknowledged.length,
    unanswered,
    lost: lost.size,
    wrong,
    seconds: Math.round((performance.now() - start) / 1_000),
  };
}

/** Nothing lost, nothing strange, and the kills did hit puts under way. */
export function holds(result: KillBoxesResult): boolean {
  const { puts, acknowledged, lost, wrong, unanswered } = result;
  return acknowledged === puts && lost === 0 && wrong === 0 && unanswered > 0;
}

async function inParallel(step: () => Promise<boolean>): Promise<void> {
  const caller = async (): Promise<void> => {
    while (await step());
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
}

/** Numbers of acknowledged boxes after which the edge is killed. */
function momentsOf(rng: Rng, puts: number, kills: number): number[] {
  const moments = new Set<number>();
  while (moments.size < kills - 1) moments.add(1 + randomInt(rng, puts - 1));
  return [...moments].sort((a, b) => a - b);
}

const network = makeTestNetwork({ seed: NETWORK_SEED, edges: 1 });

function recordOf(seed: string, i: number): BoxRecord {
  const rng = seededRng(`box ${seed} ${i}`);
  const secrets = { seed: rng.fill(new Uint8Array(32)), key: rng.fill(new Uint8Array(32)) };
  const plaintext = rng.fill(new Uint8Array(BOX_PLAINTEXT));
  return sealRecord(secrets, network.document.networkId, plaintext);
}

function verify(record: BoxRecord): Mark {
  const valid = verifyRecord(record, network.document.networkId);
  if (valid === null) throw new Error('a record of ours is not valid');
  return valid.mark;
}

/** Answers without records come cut after the expiry day. */
function decode(bytes: Uint8Array | null): BoxAnswer | null {
  if (bytes === null || bytes[0] === READ) return bytes && decodeAnswer(bytes);
  const whole = new Uint8Array(7_560);
  whole.set(bytes);
  return decodeAnswer(whole);
}
