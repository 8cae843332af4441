/** The service unit and the container files say what they should; systemd is asked where it is there. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { command, tempDir } from './support.ts';

const DEPLOY = join(import.meta.dirname, '../deploy');
const ROOT = join(DEPLOY, '../../..');
const unit = readFileSync(join(DEPLOY, 'tacet-relay@.service'), 'utf8');
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

test('the unit takes every right away that a relay does not need', () => {
  for (const line of [
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'CapabilityBoundingSet=',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
    'SystemCallFilter=@system-service',
    'LimitCORE=0',
    'UMask=0077',
  ]) {
    assert.match(unit, new RegExp(`^${line}$`, 'm'));
  }
  // The engine writes the code it runs.
  assert.doesNotMatch(unit, /^MemoryDenyWriteExecute=yes/m);
});

test('systemd finds little to object to in the unit', {
  skip: hasSystemd ? false : 'systemd-analyze is not installed',
}, () => {
  const dir = tempDir();
  const path = join(dir, 'tacet-relay@x.service');
  copyFileSync(join(DEPLOY, 'tacet-relay@.service'), path);
  // In tenths: 2.0 of 10 is the most that is let pass.
  const { status, stdout, stderr } = spawnSync(
    'systemd-analyze',
    ['security', '--offline=yes', '--threshold=20', '--no-pager', path],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, `${stdout}${stderr}`);
});

const containerfile = readFileSync(join(DEPLOY, 'Containerfile'), 'utf8');
const compose = readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8');

test('the container runs as nobody special, with nothing to write but its volume', () => {
  assert.match(containerfile, /^USER 7700$/m);
  assert.match(containerfile, /^STOPSIGNAL SIGTERM$/m);
  assert.match(containerfile, /^VOLUME \/relay$/m);
  for (const line of ['read_only: true', 'cap_drop: \\[ALL\\]', 'no-new-privileges:true']) {
    assert.match(compose, new RegExp(line));
  }
  // A drained relay ends with 0; any other policy brings it back.
  assert.match(compose, /^ {4}restart: on-failure$/m);
  // Keys lie outside the build context, which is the repository.
  const volumes = [...compose.matchAll(/^ {6}- (\S+):\/relay$/gm)].map(([, source]) => source);
  assert.deepEqual(volumes, ['/srv/tacet-relay']);
});

test('an image takes the program, and nothing of a folder that init made in the repository', async () => {
  const dir = join(tempDir(), 'relay');
  const roles = ['--roles', 'authority,mix-1,edge', '--family', 'alice'];
  const place = ['--host', '127.0.0.1', '--port', '24000', '--yes'];
  const made = await command('init', '--dir', dir, ...roles, ...place);
  assert.equal(made.code, 0, made.err);
  const kept = filesUnder(dir);
  assert.ok(
    kept.some((path) => path.endsWith('identity.key')),
    'there is something to keep out',
  );
  const copies = copiedFrom(containerfile);
  const ignore = readFileSync(join(ROOT, '.dockerignore'), 'utf8');
  for (const place of ['apps/relay/deploy/relay', 'apps/relay/relay', 'packages/relay', 'relay']) {
    for (const path of kept.map((file) => `${place}/${file}`)) {
      assert.ok(!entersImage(path, ignore, copies), path);
      assert.ok(entersImage(path, '', ['.']), `${path} enters when everything may`);
    }
  }
  for (const folder of workspacesOf('apps/relay')) {
    const program = filesUnder(join(ROOT, folder, 'src')).map((file) => `${folder}/src/${file}`);
    for (const path of [`${folder}/package.json`, ...program]) {
      assert.ok(entersImage(path, ignore, copies), `${path} is part of the program`);
    }
  }
});

test('the last line of an ignore file that names a path or a folder above it decides', () => {
  const ignore = '# all\n*\n!a/src\na/src/b\n!a/src/b/c.ts\n';
  for (const path of ['a/x', 'x', 'a/src/b/d.ts', 'a/srcs/e.ts', '# all']) {
    assert.ok(!entersImage(path, ignore, ['.']), path);
  }
  for (const path of ['a/src/e.ts', 'a/src/b/c.ts'])
    assert.ok(entersImage(path, ignore, ['.']), path);
  assert.ok(!entersImage('a/src/e.ts', ignore, ['a/bin']), 'what no line copies stays out');
});

/** Sources of the COPY lines that read the build context. */
function copiedFrom(text: string): readonly string[] {
  const lines = [...text.matchAll(/^(?:COPY|ADD) (.+)$/gm)].map(([, rest = '']) =>
    rest.split(/ +/),
  );
  return lines
    .filter((words) => !words.some((word) => word.startsWith('--from=')))
    .flatMap((words) => words.slice(0, -1));
}

/** By the rules of an ignore file, for patterns of plain names and of one star. */
function entersImage(path: string, ignore: string, copies: readonly string[]): boolean {
  const isUnder = (folder: string) =>
    folder === '.' || path === folder || path.startsWith(`${folder}/`);
  let ignored = false;
  for (const line of ignore.split('\n').filter((text) => text !== '' && !text.startsWith('#'))) {
    const pattern = line.replace(/^!/, '');
    assert.match(pattern, /^(\*|[\w./-]+)$/, 'a pattern that this test understands');
    if (pattern === '*' || isUnder(pattern)) ignored = !line.startsWith('!');
  }
  return !ignored && copies.some(isUnder);
}

/** Folders of a workspace and of all workspaces it depends on. */
function workspacesOf(folder: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(folder)) return found;
  found.add(folder);
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    if (name.startsWith('@tacet/')) workspacesOf(name.replace('@tacet', 'packages'), found);
  }
  return found;
}

function filesUnder(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)));
}
