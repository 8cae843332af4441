/**
 * The files of the page, read once at start from the folder apps/web/build.ts wrote. Its
 * manifest is the whole list: each file must be there with the hash it names, nothing else is
 * served, and no path of a request ever reaches the disk.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@tacet/base';
import { MAX_ASSET_BYTES, MAX_ASSETS } from './limits.ts';
import type { Asset, Assets } from './port.ts';

const types: ReadonlyMap<string, string> = new Map([
  ['html', 'text/html; charset=utf-8'],
  ['js', 'text/javascript; charset=utf-8'],
  ['css', 'text/css; charset=utf-8'],
  ['svg', 'image/svg+xml'],
  ['png', 'image/png'],
]);

interface Line {
  readonly path: string;
  readonly file: string;
  readonly sha256: string;
}

/** @param folder holds `manifest.json`. Throws `window-assets` when anything is not as listed. */
export async function loadAssets(folder: string): Promise<Assets> {
  const assets = new Map<string, Asset>();
  let total = 0;
  for (const { path, file, sha256 } of await readManifest(folder)) {
    const type = types.get(file.split('.').at(-1) ?? '');
    const bytes = await readCapped(join(folder, file));
    total += bytes.length;
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (type === undefined || hash !== sha256 || total > MAX_ASSET_BYTES || assets.has(path)) {
      throw broken();
    }
    assets.set(path, { type, bytes });
  }
  if (!assets.has('/') || !assets.has('/open')) throw broken();
  return assets;
}

async function readManifest(folder: string): Promise<readonly Line[]> {
  let value: unknown;
  try {
    value = JSON.parse((await readCapped(join(folder, 'manifest.json'))).toString('utf8'));
  } catch (error) {
    throw broken(error);
  }
  const files = isRecord(value) && value['version'] === 1 ? value['files'] : null;
  if (!Array.isArray(files) || files.length > MAX_ASSETS || !files.every(isLine)) throw broken();
  return files;
}

function isLine(value: unknown): value is Line {
  if (!isRecord(value)) return false;
  const { path, file, sha256 } = value;
  return (
    typeof path === 'string' &&
    /^\/[a-zA-Z0-9._-]*$/.test(path) &&
    typeof file === 'string' &&
    /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(file) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256)
  );
}

async function readCapped(path: string): Promise<Buffer> {
  try {
    if ((await stat(path)).size > MAX_ASSET_BYTES) throw broken();
    return await readFile(path);
  } catch (error) {
    throw error instanceof AppError ? error : broken(error);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function broken(cause?: unknown): AppError {
  return new AppError(
    'window-assets',
    'storage',
    'the files of the window are missing or changed: build them again (node apps/web/build.ts)',
    { cause },
  );
}
