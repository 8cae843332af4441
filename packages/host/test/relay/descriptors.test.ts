import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { AppError, DAY, HOUR, hex } from '@tacet/base';
import { kemKeyPair } from '@tacet/crypto';
import {
  type Descriptor,
  demonstrationParameters,
  epochAt,
  type LinkCertificate,
  verifyDescriptor,
} from '@tacet/directory';
import { FakeClock, makeTestNetwork, seededRng, TEST_NOW } from '@tacet/testkit';
import { DescriptorKeeper, UNMEASURED } from '../../src/relay/descriptors.ts';
import { EpochVault } from '../../src/relay/epoch-vault.ts';
import { tempDir } from './temp.ts';

const network = makeTestNetwork();
const [relay] = network.edges;
if (relay === undefined) throw new RangeError('a network without edges');
const { link: _link, issuedAt: _at, firstEpoch: _first, keys: _keys, ...rest } = relay.descriptor;
const { requestRate: _rate, loops: _loops, leaving: _leaving, ...fixed } = rest;

function setUp(refusals: AppError[], sleepMs = 0) {
  const dir = tempDir();
  const clock = new FakeClock(TEST_NOW);
  const vault = new EpochVault(dir, () => demonstrationParameters);
  const ensure = vault.ensure.bind(vault);
  let asleep = sleepMs;
  // Once: the machine sleeps while keys are made.
  vault.ensure = async (now) => {
    await ensure(now);
    clock.advance(asleep);
    asleep = 0;
  };
  const sent: Descriptor[] = [];
  const bytes: string[] = [];
  const outcomes: string[] = [];
  const certificates: LinkCertificate[] = [];
  let answered: () => void = () => undefined;
  const keeper = new DescriptorKeeper({
    identity: relay?.identity as NonNullable<typeof relay>['identity'],
    nextLinkKeyHash: () => null,
    linkKeyHash: () => new Uint8Array(32).fill(3),
    fixed,
    vault,
    measured: () => UNMEASURED,
    clients: [
      {
        submit: async (signed) => {
          const { descriptor } = verifyDescriptor(signed);
          // What is published can be opened after a crash: its seeds are on the disk already.
          descriptor.keys.forEach((key, i) => {
            const seed = readFileSync(vault.seedFile(descriptor.firstEpoch + i));
            assert.equal(hex(kemKeyPair(seed).publicKey), hex(key));
          });
          sent.push(descriptor);
          bytes.push(hex(signed));
          const refusal = refusals.shift();
          setImmediate(() => answered());
          if (refusal) throw refusal;
        },
      },
    ],
    clock,
    rng: seededRng(1),
    epochMs: () => HOUR,
    onCertificate: (certificate) => certificates.push(certificate),
    onOutcome: (code) => outcomes.push(code),
  });
  const answer = () =>
    new Promise<void>((resolve) => {
      answered = resolve;
    });
  return { keeper, clock, sent, bytes, outcomes, certificates, answer };
}

test('seeds are on the disk before their keys are published', async () => {
  const { keeper, sent, outcomes, certificates, answer } = setUp([]);
  const submitted = answer();
  keeper.start();
  await submitted;
  keeper.stop();
  assert.equal(sent.length, 1);
  assert.equal(sent[0]?.firstEpoch, epochAt(demonstrationParameters, TEST_NOW));
  assert.equal(sent[0]?.keys.length, demonstrationParameters.keysAhead + 1);
  assert.equal(sent[0]?.link.notAfter, TEST_NOW + 90 * DAY);
  assert.deepEqual(certificates, [sent[0]?.link]);
  assert.deepEqual(outcomes, ['accepted']);
});

test('a retry after a lost answer sends the same bytes, after a refusal newer ones', async () => {
  const away = new AppError('authority-unreachable', 'network', 'away');
  const { keeper, sent, bytes, outcomes, answer } = setUp([away]);
  keeper.start();
  await answer();
  await answer();
  keeper.stop();
  assert.equal(bytes[0], bytes[1]);
  assert.deepEqual(outcomes, ['authority-unreachable', 'accepted']);
  assert.equal(sent.length, 2);
});

test('a machine that slept past all its keys while they were made makes new ones', async () => {
  const hours = demonstrationParameters.keysAhead + 2;
  const { keeper, sent, answer } = setUp([], hours * HOUR);
  const submitted = answer();
  keeper.start();
  await submitted;
  keeper.stop();
  assert.equal(sent[0]?.firstEpoch, epochAt({ epochMs: HOUR }, TEST_NOW) + hours);
});
