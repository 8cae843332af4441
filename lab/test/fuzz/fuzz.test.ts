/** The quick form of `npm run fuzz`: every named reason comes up, and nothing else happens. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { runRole } from '../../fuzz/engine.ts';
import { faults, figuresOf } from '../../fuzz/report.ts';
import { ROLES } from '../../fuzz/roles/index.ts';

/** Some six seconds together; an authority's inputs are dear, since most end in two signatures. */
const COUNTS: Readonly<Record<string, number>> = {
  mix: 8_000,
  edge: 16_000,
  client: 2_500,
  authority: 700,
  link: 212,
  address: 420,
  requester: 350,
};
const SEED = process.env['FUZZ_SEED'] ?? '1';

async function quick(name: string, t: TestContext): Promise<void> {
  const kind = ROLES.find((role) => role.name === name);
  assert.ok(kind);
  const count = Number(process.env['FUZZ_COUNT'] ?? COUNTS[name]);
  const report = await runRole(kind, { count, seed: SEED });
  assert.deepEqual(faults(kind, figuresOf(report), 1), []);
  t.diagnostic(`${report.inputs} inputs, slowest ${report.slowestMs} ms, ${report.cpuSeconds} s`);
}

test('hostile input: a mix drops each by its name', (t) => quick('mix', t));

test('hostile input: an edge, from clients, mixes and edges, drops each by its name', (t) =>
  quick('edge', t));

test('hostile input: an authority refuses each by its name', (t) => quick('authority', t));

test('hostile input: a client takes nothing that is not genuine, from edges or contacts', (t) =>
  quick('client', t));

test('hostile input: the owner of an address counts what is no request, and answers nothing', (t) =>
  quick('address', t));

test('hostile input: who asks at an address takes no end and no answer that is not the owner’s', (t) =>
  quick('requester', t));

test('hostile input: doors end what is no TLS, no request, no frame, slow, silent or too much', (t) =>
  quick('link', t));
