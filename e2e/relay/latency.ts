/**
 * What relays add to the waits that were drawn, at low load, over six real processes:
 *   node e2e/relay/latency.ts [requests]
 * The document makes every drawn wait small (mean 1 ms), so that what is left is the relays':
 * took - drawn - turn-around - the entry edge's own wait (mean 1 ms) - the wait for a frame down
 * (uniform over half a slot). Prints one JSON object.
 */
import { TURNAROUND_MS } from '@tacet/relay';
import { makeBox, randomMark } from './lib/boxes.ts';
import { PacketClient } from './lib/packet-client.ts';
import { ProcessNetwork } from './lib/processes.ts';

const requests = Number(process.argv[2] ?? 300);
const SLOT = 50;
const set = { slotMs: SLOT, inUseSlotMs: SLOT, digestMs: 1_000, delayMeanMs: 1 };
const network = await ProcessNetwork.create({ set });
try {
  await network.startAll();
  const client = await PacketClient.join(network.card, 0);
  const { document } = await client.document();
  const puts: number[] = [];
  const gets: number[] = [];
  for (let i = 0; i < requests; i++) {
    const box = makeBox(document.networkId, i);
    const [edge] = client.home(box.mark);
    const put = await client.ask(edge, { kind: 'put', record: box.record });
    puts.push(put.tookMs - put.drawnMs - TURNAROUND_MS);
    const marks = [randomMark(), box.mark, randomMark()] as const;
    const get = await client.ask(edge, { kind: 'get', marks, waitMs: 0 });
    gets.push(get.tookMs - get.drawnMs - TURNAROUND_MS);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
  }
  client.close();
  const known = 1 + SLOT / 4;
  process.stdout.write(
    `${JSON.stringify({
      put_beyond_p50_ms: at(puts, 0.5) - known,
      put_beyond_p99_ms: at(puts, 0.99) - known,
      get_beyond_p50_ms: at(gets, 0.5) - known,
      get_beyond_p99_ms: at(gets, 0.99) - known,
      hop_p50_ms: (at(gets, 0.5) - known) / 10,
    })}\n`,
  );
} finally {
  await network.close();
}

function at(values: number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(part * (values.length - 1))] ?? 0;
}
