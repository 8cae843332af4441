/**
 * Builds the page into apps/web/dist: two scripts, one style sheet, one icon, two HTML files and
 * the manifest the window server reads. The same sources give the same bytes. Run by itself it
 * prints the sizes.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build as bundle } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
export const distFolder: string = join(here, 'dist');

interface BuiltFile {
  readonly path: string;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Writes `into` anew and gives that folder. */
export async function buildWindow(into: string = distFolder): Promise<string> {
  const files = await makeFiles();
  await mkdir(dirname(into), { recursive: true });
  const fresh = await mkdtemp(join(dirname(into), '.dist-'));
  for (const { file, bytes } of files) await writeFile(join(fresh, file), bytes);
  const manifest = {
    version: 1,
    files: files.map(({ path, file, bytes }) => ({ path, file, sha256: digest(bytes, 'sha256') })),
  };
  await writeFile(join(fresh, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
  await rm(into, { recursive: true, force: true });
  await rename(fresh, into);
  return into;
}

async function makeFiles(): Promise<readonly BuiltFile[]> {
  const app = named('app', 'js', await bundled('src/main.tsx'));
  const open = named('open', 'js', await bundled('src/open.ts'));
  const style = named('style', 'css', await bundled('src/style/index.css'));
  const icon = named('icon', 'svg', await readFile(join(here, 'src/page/icon.svg')));
  const page = async (source: string, script: BuiltFile): Promise<Uint8Array> => {
    const text = await readFile(join(here, 'src/page', source), 'utf8');
    const filled = text
      .replace('{{script}}', script.path)
      .replace('{{script-hash}}', integrity(script.bytes))
      .replace('{{style}}', style.path)
      .replace('{{style-hash}}', integrity(style.bytes))
      .replace('{{icon}}', icon.path);
    return Buffer.from(filled);
  };
  return [
    { path: '/', file: 'index.html', bytes: await page('index.html', app) },
    { path: '/open', file: 'open.html', bytes: await page('open.html', open) },
    app,
    open,
    style,
    icon,
  ];
}

async function bundled(entry: string): Promise<Uint8Array> {
  const result = await bundle({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'warning',
  });
  const output = result.outputFiles[0];
  if (output === undefined) throw new Error(`esbuild wrote nothing for ${entry}`);
  return output.contents;
}

function named(name: string, ending: string, bytes: Uint8Array): BuiltFile {
  const file = `${name}-${digest(bytes, 'sha256').slice(0, 16)}.${ending}`;
  return { path: `/${file}`, file, bytes };
}

function integrity(bytes: Uint8Array): string {
  return `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
}

function digest(bytes: Uint8Array, algorithm: string): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

if (import.meta.main) {
  await buildWindow();
  for (const { file, bytes } of await makeFiles()) {
    const packed = gzipSync(bytes, { level: 9 }).length;
    process.stdout.write(`${file}\t${bytes.length}\t${packed} gzipped\n`);
  }
}
