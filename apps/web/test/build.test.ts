/** What is built: the same bytes twice, small enough, and nothing in it the policy forbids. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildWindow } from '../build.ts';

/** Of all the browser reads before its first picture; and of all there is. */
const LARGEST = 60 * 1024;
const LARGEST_OF_ALL = 100 * 1024;

describe('the built page', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tacet-web-'));
    await buildWindow(join(folder, 'a'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is the same twice, and an older one is replaced whole', async () => {
    await buildWindow(join(folder, 'b'));
    await writeFile(join(folder, 'b', 'left-over.js'), '1');
    await buildWindow(join(folder, 'b'));
    const names = (await readdir(join(folder, 'a'))).sort();
    assert.deepEqual((await readdir(join(folder, 'b'))).sort(), names);
    for (const name of names) {
      const [a, b] = await Promise.all(
        ['a', 'b'].map((side) => readFile(join(folder, side, name))),
      );
      assert.deepEqual(a, b, name);
    }
    assert.deepEqual((await readdir(folder)).sort(), ['a', 'b'], 'nothing is left beside it');
  });

  it('is at most 60 KiB gzipped until its first picture, and 100 with what it reads later', async () => {
    const names = (await readdir(join(folder, 'a'))).filter((name) => name !== 'manifest.json');
    const size = async (name: string): Promise<number> =>
      gzipSync(await readFile(join(folder, 'a', name))).length;
    const shell = await readFile(join(folder, 'a', 'index.html'), 'utf8');
    const first = names.filter((name) => name === 'index.html' || shell.includes(`"/${name}"`));
    const sum = async (list: readonly string[]): Promise<number> =>
      (await Promise.all(list.map(size))).reduce((a, b) => a + b, 0);
    assert.ok(first.length >= 5 && first.length < names.length, first.join());
    assert.ok((await sum(first)) <= LARGEST, `${await sum(first)} bytes`);
    assert.ok((await sum(names)) <= LARGEST_OF_ALL, `${await sum(names)} bytes`);
  });

  it('has no inline script or style, and names only its own files with their hashes', async () => {
    for (const name of ['index.html', 'open.html']) {
      const text = await readFile(join(folder, 'a', name), 'utf8');
      assert.doesNotMatch(text, /<style|\sstyle=|\son\w+=|<script(?![^>]*src=)|https?:|\{\{/);
      const loads = text.match(/<(script|link rel="(stylesheet|modulepreload)")[^>]*>/g) ?? [];
      assert.equal(loads.length, name === 'index.html' ? 3 : 2);
      for (const tag of loads) assert.match(tag, /="\/[\w-]+\.(js|css)" integrity="sha384-/);
    }
  });

  it('our sources build no markup from text, and lead nowhere else', async () => {
    const source = new URL('../src/', import.meta.url);
    for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
      if (!/\.tsx?$/.test(entry.name)) continue;
      const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
      assert.doesNotMatch(
        text,
        /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|href=|localStorage|indexedDB|document\.cookie|https?:\/\//,
        entry.name,
      );
    }
  });
});
