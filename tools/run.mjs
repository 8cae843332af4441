// Starts a TypeScript entry with the compile cache on (docs/dev/measuring.md: start 330 -> 125 ms).
// Plain JavaScript, because an older Node than ours must be able to read the sentence below.
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const major = Number(process.versions.node.split('.')[0]);
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
if (major < 26) {
  process.stderr.write(
    existsSync(join(root, 'node_modules'))
      ? 'Tacet needs Node 26. `npm ci` installs it for this folder; start this through `npm run` or `npx`.\n'
      : 'Tacet is not installed yet: run `npm ci` first.\n',
  );
  process.exit(1);
}
nodeModule.enableCompileCache();
const entry = resolve(process.argv[2] ?? '');
process.argv.splice(1, 2, entry);
await import(pathToFileURL(entry).href);
