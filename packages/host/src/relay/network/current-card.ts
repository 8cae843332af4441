/** The network card with edges as they are now: those that left fall out, new ones come in. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@tacet/base';
import { DocumentBook, encodeCard } from '@tacet/directory';
import { readConfig } from '../config/read.ts';
import { cardEdges } from './found.ts';

/** @param configPath of a relay. @throws `card-no-document`, `card-of-authority` */
export function currentCard(
  configPath: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const { config } = readConfig(configPath, environment);
  if (config.role === 'authority') {
    throw new AppError(
      'card-of-authority',
      'usage',
      'give the configuration of a relay, not of an authority',
    );
  }
  const { card, data } = config;
  const book = new DocumentBook(card);
  const folder = join(data, 'documents');
  const files = readdirSync(folder).filter((name) => name.endsWith('.document'));
  for (const name of files.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))) {
    book.add(new Uint8Array(readFileSync(join(folder, name))));
  }
  const newest = book.newest();
  if (newest === null) {
    throw new AppError(
      'card-no-document',
      'state',
      'this relay has no document yet: the card it has still holds',
    );
  }
  const { relays } = newest.document;
  const listed = relays.flatMap((descriptor, i) => {
    const relay = newest.relayHashes[i];
    return relay === undefined ? [] : [{ relay, descriptor }];
  });
  return encodeCard({ ...card, edges: cardEdges(card, listed) });
}
