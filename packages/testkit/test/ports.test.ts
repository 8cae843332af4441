import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { leasePort, leasePorts, PortRows } from '../src/ports.ts';

const SOURCE = fileURLToPath(new URL('../src/ports.ts', import.meta.url));

test('ports are consecutive, free, and nobody gets one twice', async () => {
  const rows = await Promise.all([leasePorts(40), leasePorts(40), leasePorts(3), leasePorts(63)]);
  const ports = [...rows.flat(), await leasePort()];
  assert.equal(new Set(ports).size, 147);
  for (const row of rows)
    assert.deepEqual(
      row,
      Array.from(row, (_, i) => (row[0] ?? 0) + i),
    );
  for (const port of ports) {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
  }
  await assert.rejects(leasePorts(64), RangeError);
  await assert.rejects(leasePorts(0), RangeError);
});

test('another process gets none of them, though they are closed', async () => {
  const lowest = 8_000;
  const own = new Set(await new PortRows(lowest, 4).lease(63));
  // As many as are left, until there are no more.
  const script = `
    const { PortRows } = await import(process.argv[1]);
    const rows = new PortRows(${lowest}, 4);
    const ports = [];
    try { for (;;) ports.push(...await rows.lease(63)); }
    catch { console.log(JSON.stringify(ports)); process.exit(); }`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--input-type=module', '-e', script, SOURCE],
  ]);
  const others = JSON.parse(stdout) as number[];
  assert.ok(others.length >= 63);
  assert.deepEqual(
    others.filter((port) => own.has(port)),
    [],
  );
});
