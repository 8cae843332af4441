/**
 * Builds the page into apps/web/dist: two scripts, one of them with parts, one style sheet, one
 * icon, two HTML files and the manifest the window server reads. The same sources give the same bytes. Run by
 * itself it prints the sizes.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build as bundle } from 'esbuild';

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
  const { entry: app, parts, first } = await split('src/main.tsx');
  const open = named('open', 'js', await bundled('src/open.ts'));
  const style = named('style', 'css', await bundled('src/style/index.css'));
  const icon = named('icon', 'svg', await readFile(join(here, 'src/page/icon.svg')));
  const page = async (
    source: string,
    script: BuiltFile,
    ahead: readonly BuiltFile[] = [],
  ): Promise<Uint8Array> => {
    const text = await readFile(join(here, 'src/page', source), 'utf8');
    const preloads = ahead.map(
      ({ path, bytes }) =>
        `<link rel="modulepreload" href="${path}" integrity="${integrity(bytes)}">\n`,
    );
    const filled = text
      .replace('{{preloads}}\n', preloads.join(''))
      .replace('{{script}}', script.path)
      .replace('{{script-hash}}', integrity(script.bytes))
      .replace('{{style}}', style.path)
      .replace('{{style-hash}}', integrity(style.bytes))
      .replace('{{icon}}', icon.path);
    return Buffer.from(filled);
  };
  return [
    { path: '/', file: 'index.html', bytes: await page('index.html', app, first) },
    { path: '/open', file: 'open.html', bytes: await page('open.html', open) },
    app,
    open,
    style,
    icon,
    ...parts,
  ];
}

const how: BuildOptions = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2023',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  charset: 'utf8',
  logLevel: 'warning',
};

async function bundled(entry: string): Promise<Uint8Array> {
  const result = await bundle({ ...how, entryPoints: [entry], write: false });
  const output = result.outputFiles[0];
  if (output === undefined) throw new Error(`esbuild wrote nothing for ${entry}`);
  return output.contents;
}

interface Split {
  readonly entry: BuiltFile;
  /** All but the entry; esbuild names each by its content, because others name it. */
  readonly parts: readonly BuiltFile[];
  /** Those that the entry cannot begin without. */
  readonly first: readonly BuiltFile[];
}

/** A script, and what it imports when it is wanted, each a file of its own. */
async function split(entry: string): Promise<Split> {
  const result = await bundle({
    ...how,
    entryPoints: { app: entry },
    write: false,
    splitting: true,
    metafile: true,
    outdir: 'out',
    chunkNames: 'part-[hash]',
  });
  const files = new Map(result.outputFiles.map(({ path, contents }) => [basename(path), contents]));
  const part = (file: string): BuiltFile => {
    const bytes = files.get(file);
    if (bytes === undefined) throw new Error(`esbuild wrote no ${file}`);
    return { path: `/${file}`, file, bytes };
  };
  const needs = (file: string): string[] =>
    (result.metafile.outputs[`out/${file}`]?.imports ?? [])
      .filter(({ kind }) => kind === 'import-statement')
      .map(({ path }) => basename(path));
  const first = new Set(needs('app.js'));
  for (const file of first) for (const next of needs(file)) first.add(next);
  const names = [...files.keys()].filter((file) => file !== 'app.js').sort();
  return {
    entry: named('app', 'js', part('app.js').bytes),
    parts: names.map(part),
    first: names.filter((file) => first.has(file)).map(part),
  };
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
