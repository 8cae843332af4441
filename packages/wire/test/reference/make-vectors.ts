/** Writes vectors/boxes and vectors/links: node packages/wire/test/reference/make-vectors.ts */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { render, VECTORS } from './vectors.ts';

for (const [name, make] of Object.entries(VECTORS)) {
  const file = fileURLToPath(new URL(`../../../../vectors/${name}`, import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, render(make));
}
