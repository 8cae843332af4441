/** Writes vectors/onion: `node packages/onion/test/reference/generate.ts`. Same result each time. */
import { writeFileSync } from 'node:fs';
import { invalidJson } from './invalid.ts';
import { xwingPublic } from './primitives.ts';
import { DELAY_CAP, DOCUMENT, EPOCH, PREDECESSOR, RELAYS } from './scene.ts';
import { hex, keysJson, repliesJson, requestsJson } from './valid.ts';

export const VECTORS = new URL('../../../../vectors/onion/', import.meta.url);

function sceneJson() {
  return {
    document_hash: hex(DOCUMENT),
    predecessor_hash: hex(PREDECESSOR),
    accepted_epochs: [EPOCH - 1, EPOCH],
    delay_cap: DELAY_CAP,
    relays: RELAYS.map(({ name, layer, index, seed }) => ({
      name,
      layer,
      index,
      seed: hex(seed),
      public_key: hex(xwingPublic(seed)),
    })),
  };
}

/** File name to content, as committed. */
export function allVectors(): Map<string, string> {
  const files = {
    'scene.json': sceneJson(),
    'keys.json': keysJson(),
    'requests.json': requestsJson(),
    'replies.json': repliesJson(),
    'invalid.json': invalidJson(),
  };
  return new Map(
    Object.entries(files).map(([name, value]) => [name, `${JSON.stringify(value, null, 1)}\n`]),
  );
}

if (import.meta.main) {
  for (const [name, text] of allVectors()) writeFileSync(new URL(name, VECTORS), text);
}
