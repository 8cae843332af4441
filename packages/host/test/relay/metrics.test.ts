import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';
import { leasePort } from '@tacet/testkit/ports';
import type { ProcessConfig, Running } from '../../src/relay/index.ts';
import { Band, PERCENT } from '../../src/relay/metrics/bands.ts';
import { MetricsExporter, type Reading } from '../../src/relay/metrics/exporter.ts';
import { serveMetrics } from '../../src/relay/metrics/server.ts';
import { tempDir } from './temp.ts';

const reading = (more: Partial<Reading> = {}): Reading => ({
  version: '1.2.3',
  role: 'edge',
  ready: true,
  documentAge: 0,
  links: { up: 3, wanted: 4 },
  leaving: false,
  packets: 0,
  shed: 0,
  capacity: 100,
  clients: 0.3,
  memoryBytes: 200e6,
  disk: 0.3,
  ...more,
});

test('a band is entered and left a margin beyond its edge, so it does not flutter', () => {
  const band = new Band(PERCENT);
  const after = (figure: number) => {
    band.take(figure);
    return band.value;
  };
  assert.equal(after(11.9), 0);
  assert.equal(after(12), 10);
  assert.equal(after(8.1), 10);
  assert.equal(after(7.9), 0);
  assert.equal(after(100), 75, 'ninety wants more than there is');
  assert.equal(after(108), 90);
  assert.equal(after(1), 0);
});

test('nothing before a whole step has passed; then the same bytes until the next', () => {
  const exporter = new MetricsExporter();
  assert.equal(exporter.text(), '');
  exporter.step(reading());
  assert.equal(exporter.text(), '');
  // 40 a second for five minutes: 40 % of capacity.
  exporter.step(reading({ packets: 12_000 }));
  const text = exporter.text();
  assert.match(text, /^tacet_relay_info\{version="1\.2\.3",role="edge"\} 1$/m);
  assert.match(text, /^tacet_relay_load_percent 25$/m);
  assert.match(text, /^tacet_relay_clients_percent 25$/m);
  assert.match(text, /^tacet_relay_links_up 3$/m);
  assert.match(text, /^tacet_relay_memory_bytes 134217728$/m);
  assert.equal(exporter.text(), text);
});

test('only version and role are labels, nothing is a histogram, no exact count is shown', () => {
  const exporter = new MetricsExporter();
  exporter.step(reading());
  exporter.step(reading({ packets: 12_345, shed: 678 }));
  const text = exporter.text();
  const labels = [...text.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]);
  assert.deepEqual(labels, ['version="1.2.3",role="edge"']);
  assert.doesNotMatch(text, /bucket|quantile|histogram|summary|counter|12345|678/);
  for (const line of text.trim().split('\n')) {
    assert.match(line, /^(# (HELP|TYPE) )?tacet_relay_[a-z_]+(\{.*\})? ?[\w .:;,%-]*$/);
  }
});

test('an authority and a mix have no clients, an authority no load', () => {
  const exporter = new MetricsExporter();
  const authority = reading({ role: 'authority', links: null, clients: null, capacity: 0 });
  exporter.step(authority);
  exporter.step(authority);
  assert.doesNotMatch(exporter.text(), /load_percent|links_|clients_percent/);
});

test('served on the loopback interface only, at one path', async () => {
  const data = tempDir();
  const metricsPort = await leasePort();
  const running = {
    role: 'mix',
    ready: () => ({ ready: true, missing: [], authorities: 1 }),
    counters: () => ({ received: 3 }),
    operations: { status: () => ({ epoch: 1, document: null, links: null, leaving: null }) },
  } as unknown as Running;
  const config = { role: 'mix', data, metricsPort, capacity: 10 } as unknown as ProcessConfig;
  const server = await serveMetrics({ config, running, version: '1', clock: { now: Date.now } });
  const get = async (path: string, host = '127.0.0.1') => {
    const asked = request({ host, port: metricsPort, path }).end();
    const [response] = await once(asked, 'response');
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return { status: response.statusCode, text };
  };
  assert.deepEqual(await get('/metrics'), { status: 200, text: '' });
  assert.equal((await get('/')).status, 404);
  await assert.rejects(get('/metrics', '127.0.0.2'), /ECONNREFUSED/);
  await server.close();
});
