/** Every bit of a packet's live header and of a request's payload; the quick tests turn one of each byte. */
import { test } from 'node:test';
import { GEOMETRY as G } from '@tacet/onion';
import { dropsFlipped, everyBit, formHoldsFlipped, LIVE_HEADER } from './flips.ts';

test('mixnet case (2): flipping any live bit of the header drops the packet at the next hop', () => {
  dropsFlipped(everyBit(LIVE_HEADER));
});

test('request payload: each bit flipped is refused or says what it then means', () => {
  formHoldsFlipped(everyBit(G.payload));
});
