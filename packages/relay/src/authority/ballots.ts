/** Reads the descriptors in votes; most stand in several, so those found valid are remembered. */
import { compareBytes, hex, isAppError } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { MAX_AUTHORITIES, MAX_RELAYS, type Vote, verifyDescriptor } from '@tacet/directory';
import type { Registered } from './register.ts';

/** More would be remembered only if votes kept changing. */
const REMEMBERED = 2 * MAX_AUTHORITIES * MAX_RELAYS;

export class DescriptorReader {
  private readonly valid = new Map<string, Registered>();

  /** Null unless every descriptor is valid, and they are ascending by relay and different. */
  read(vote: Vote): readonly Registered[] | null {
    const found: Registered[] = [];
    for (const signed of vote.descriptors) {
      const entry = this.one(signed);
      const before = found.at(-1);
      if (entry === null) return null;
      if (before !== undefined && compareBytes(before.relay, entry.relay) >= 0) return null;
      found.push(entry);
    }
    return found;
  }

  private one(signed: Uint8Array): Registered | null {
    const name = hex(hash('descriptor-bytes', signed));
    const known = this.valid.get(name);
    if (known !== undefined) return known;
    try {
      const { descriptor, relay } = verifyDescriptor(signed);
      const entry = { relay, descriptor, signed };
      if (this.valid.size >= REMEMBERED) this.valid.clear();
      this.valid.set(name, entry);
      return entry;
    } catch (error) {
      if (!isAppError(error)) throw error;
      return null;
    }
  }
}
