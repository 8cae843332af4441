/** What the newest network document says, as a relay has it on its disk. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, decodeDocument, decodePublished } from '@tacet/directory';
import type { RelayNetwork } from '../lib/network.ts';

/** Of all documents any relay keeps the newest. Throws when there is none. */
export function newestDocument(network: RelayNetwork): Document {
  let path = '';
  let newest = -1;
  for (const name of [...network.names('mix'), ...network.names('edge')]) {
    const folder = join(network.folder(name), 'data', 'documents');
    for (const file of readdirSync(folder)) {
      const epoch = /^\d+\.document$/.test(file) ? Number.parseInt(file, 10) : -1;
      if (epoch > newest) [newest, path] = [epoch, join(folder, file)];
    }
  }
  return decodeDocument(decodePublished(new Uint8Array(readFileSync(path))).body);
}

/** Relays of one layer that a document lists; layer 0 are the edges. */
export function inLayer({ relays }: Document, layer: number): number {
  return relays.filter((relay) => relay.layer === layer).length;
}
