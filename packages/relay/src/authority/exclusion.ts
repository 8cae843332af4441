/**
 * Relays that a document leaves out (docs/spec/06-directory.md, 11.4): those that are being
 * drained, and those at which other operators' loops get lost while their siblings carry them.
 * Never the last relay of a layer. What a relay says of itself or its own family does not count.
 */
import { hex } from '@tacet/base';
import { type LoopReport, trimKeys } from '@tacet/directory';
import type { Registered } from './register.ts';

/** A sequential test of 2 % against 20 % loss, bound 11.5; logarithms times 100,000. */
const LOST = 230_259n;
const RETURNED = 20_294n;
const BOUND = 1_150_000n;
/** A sibling is compared with when it was on the path of this many loops. */
const ENOUGH = 20n;

interface Count {
  sent: bigint;
  lost: bigint;
}

/** What the relays of one family together report, by relay. */
type FamilyReport = ReadonlyMap<string, Count>;

/** Without the relays that are leaving, where their layer has one that stays. */
export function withoutLeaving(relays: readonly Registered[], epoch: number): Registered[] {
  return relays.filter((entry) => {
    if (!entry.descriptor.leaving) return true;
    return !relays.some(
      (other) => sameLayer(other, entry) && !other.descriptor.leaving && isReady(other, epoch),
    );
  });
}

/** @param relays ascending by hash. */
export function withoutFailing(relays: readonly Registered[], epoch: number): Registered[] {
  const reports = reportsByFamily(relays);
  const failing = relays.filter((entry) => isAccused(entry, relays, reports));
  let kept = [...relays];
  for (const entry of failing.toReversed()) {
    const others = kept.filter(
      (other) => other !== entry && sameLayer(other, entry) && isReady(other, epoch),
    );
    if (others.length > 0) kept = kept.filter((other) => other !== entry);
  }
  return kept;
}

/** True when the relay has a key for that epoch. */
export function isReady({ descriptor }: Registered, epoch: number): boolean {
  return trimKeys(descriptor, epoch, epoch + 1) !== null;
}

function sameLayer(a: Registered, b: Registered): boolean {
  return a.descriptor.layer === b.descriptor.layer;
}

function reportsByFamily(relays: readonly Registered[]): ReadonlyMap<string, FamilyReport> {
  const families = new Map<string, Map<string, Count>>();
  for (const { descriptor } of relays) {
    const report = families.get(descriptor.family) ?? new Map<string, Count>();
    families.set(descriptor.family, report);
    for (const loops of descriptor.loops) addUp(report, loops);
  }
  return families;
}

function addUp(report: Map<string, Count>, { relay, sent, lost }: LoopReport): void {
  const name = hex(relay);
  const count = report.get(name) ?? { sent: 0n, lost: 0n };
  count.sent += BigInt(sent);
  count.lost += BigInt(lost);
  report.set(name, count);
}

/** By more than half of all families but its own, whether or not they report anything. */
function isAccused(
  entry: Registered,
  relays: readonly Registered[],
  reports: ReadonlyMap<string, FamilyReport>,
): boolean {
  const { family } = entry.descriptor;
  const others = [...reports].filter(([name]) => name !== family);
  const accusing = others.filter(([name, report]) => {
    const siblings = relays.filter(
      (other) =>
        sameLayer(other, entry) &&
        other.descriptor.family !== family &&
        other.descriptor.family !== name,
    );
    return accuses(report, entry, siblings);
  });
  return 2 * accusing.length > others.length;
}

function accuses(report: FamilyReport, entry: Registered, siblings: readonly Registered[]) {
  const own = report.get(hex(entry.relay));
  if (own === undefined) return false;
  if (LOST * own.lost - RETURNED * (own.sent - own.lost) < BOUND) return false;
  return siblings.some((sibling) => {
    const other = report.get(hex(sibling.relay));
    if (other === undefined || other.sent < ENOUGH) return false;
    return 2n * other.lost * own.sent < own.lost * other.sent;
  });
}
