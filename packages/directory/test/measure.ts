/**
 * Prints what the directory costs, as one JSON object:
 *   node packages/directory/test/measure.ts
 */
import { makeTestNetwork, seededRng } from '@tacet/testkit';
import { DocumentBook } from '../src/book.ts';
import { defaultParameters } from '../src/parameters.ts';
import { drawPath } from '../src/path.ts';
import { placement } from '../src/placement.ts';
import type { RelayHash } from '../src/types.ts';

/** Best of five rounds, in microseconds. */
function best(rounds: number, act: (i: number) => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const from = performance.now();
    for (let i = 0; i < rounds; i++) act(i);
    least = Math.min(least, ((performance.now() - from) / rounds) * 1_000);
  }
  return Number(least.toFixed(2));
}

const network = makeTestNetwork({ mixesPerLayer: 3, edges: 4, parameters: defaultParameters });
const { verified, documentBytes, document } = network;
const rng = seededRng('measure');
const last = network.edges[0]?.hash as RelayHash;
const mark = new Uint8Array(8);
const book = network.book();

const figures = {
  document_bytes: documentBytes.length,
  card_chars: network.cardText.length,
  path_us: best(50_000, () => drawPath(rng, verified, document.epoch, { last })),
  placement_us: best(20_000, (i) => {
    mark[0] = i;
    mark[1] = i >> 8;
    placement(verified, mark);
  }),
  for_building_us: best(50_000, () => book.forBuilding(document.publishedAt)),
  verify_document_us: best(10, () => new DocumentBook(network.trust).add(documentBytes)),
};
console.log(JSON.stringify(figures));
