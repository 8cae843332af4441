import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '@tacet/base';
import type { LoopReport } from '@tacet/directory';
import { makeTestNetwork } from '@tacet/testkit';
import { withoutFailing, withoutLeaving } from '../../src/authority/exclusion.ts';
import type { Registered } from '../../src/authority/register.ts';

/** Nine mixes and four edges, thirteen families. */
const network = makeTestNetwork({ seed: 'exclusion', mixesPerLayer: 3, edges: 4 });
const epoch = network.document.epoch;
const plain: Registered[] = network.relays.map(({ hash, descriptor, signedDescriptor }) => ({
  relay: hash,
  descriptor,
  signed: signedDescriptor,
}));
const layer2 = plain.filter(({ descriptor }) => descriptor.layer === 2);
const [victim, second, third] = layer2;
assert.ok(victim && second && third);

type Loss = (relay: Registered) => number;
const LOOPS = 100;

/** Every relay among the first `reporters` reports 100 loops through each, with these losses. */
function reporting(loss: Loss, reporters = plain.length, relays = plain): Registered[] {
  return relays.map((entry, i) => {
    const loops: LoopReport[] = i < reporters ? reportOf(loss) : [];
    return { ...entry, descriptor: { ...entry.descriptor, loops } };
  });
}

function reportOf(loss: Loss): LoopReport[] {
  return plain.map((of) => ({ relay: of.relay, sent: LOOPS, lost: loss(of) }));
}

const excluded = (relays: Registered[]): string[] => {
  const kept = new Set(withoutFailing(relays, epoch).map(({ relay }) => hex(relay)));
  return relays.map(({ relay }) => hex(relay)).filter((name) => !kept.has(name));
};
const only =
  (bad: Registered, lost: number, others = 0): Loss =>
  (of) =>
    of.relay === bad.relay ? lost : others;

test('a relay at which loops of most families get lost is left out, and no other', () => {
  assert.deepEqual(excluded(reporting(only(victim, 60))), [hex(victim.relay)]);
  assert.deepEqual(excluded(reporting(() => 2)), []);
});

test('a loss that chance explains leaves nobody out', () => {
  assert.deepEqual(excluded(reporting(only(victim, 12))), []);
  assert.deepEqual(excluded(reporting(only(victim, 13))), [hex(victim.relay)]);
});

test('when siblings lose as much, it is not the relay', () => {
  assert.deepEqual(excluded(reporting(() => 60)), []);
  assert.deepEqual(excluded(reporting(only(victim, 60, 31))), []);
});

test('half of the other families are not enough to exclude a relay', () => {
  const others = plain.filter(({ relay }) => relay !== victim.relay);
  for (const [accusers, expected] of [
    [6, 0],
    [7, 1],
  ] as const) {
    const names = new Set(others.slice(0, accusers).map(({ relay }) => hex(relay)));
    const relays: Registered[] = plain.map((entry) => ({
      ...entry,
      descriptor: {
        ...entry.descriptor,
        loops: names.has(hex(entry.relay)) ? reportOf(only(victim, 100)) : [],
      },
    }));
    // The families of its two siblings have one sibling left to compare with.
    assert.equal(excluded(relays).length, expected, `${accusers} of 12`);
  }
});

test('one operator with many relays has one voice, and none about its own', () => {
  const owned = plain.map((entry, i) => ({
    ...entry,
    descriptor: {
      ...entry.descriptor,
      family: entry.relay !== victim.relay && i % 13 > 2 ? 'many' : entry.descriptor.family,
      loops: entry.relay !== victim.relay && i % 13 > 2 ? reportOf(only(victim, 100)) : [],
    },
  }));
  assert.deepEqual(excluded(owned), []);
  const one = plain.map((entry) => ({
    ...entry,
    descriptor: { ...entry.descriptor, family: 'one', loops: reportOf(only(victim, 100)) },
  }));
  assert.deepEqual(excluded(one), []);
});

test('layer reduced to one: its last relay stays, however it fails', () => {
  const alone = plain.filter((entry) => entry.descriptor.layer !== 2 || entry === victim);
  assert.deepEqual(excluded(reporting(only(victim, 100), 99, alone)), []);
  const both = reporting((of) => (of.relay === victim.relay ? 100 : of === second ? 90 : 0));
  assert.deepEqual(
    excluded(both).toSorted(),
    [victim, second].map(({ relay }) => hex(relay)).toSorted(),
  );
});

test('numbers as large as the format allows do not overflow', () => {
  const most = 4_294_967_295;
  const relays = reporting(only(victim, 0)).map((entry) => ({
    ...entry,
    descriptor: {
      ...entry.descriptor,
      loops: entry.descriptor.loops.map((report) => ({
        ...report,
        sent: most,
        lost: report.relay === victim.relay ? most : 0,
      })),
    },
  }));
  assert.deepEqual(excluded(relays), [hex(victim.relay)]);
});

test('a relay that is leaving is left out while its layer has another', () => {
  const leaving = (names: readonly Registered[], from = plain) =>
    from.map((entry) => ({
      ...entry,
      descriptor: {
        ...entry.descriptor,
        leaving: names.some(({ relay }) => relay === entry.relay),
      },
    }));
  assert.equal(withoutLeaving(leaving([victim]), epoch).length, plain.length - 1);
  assert.equal(withoutLeaving(leaving([victim, second]), epoch).length, plain.length - 2);
  assert.equal(withoutLeaving(leaving(layer2), epoch).length, plain.length);
});
