/** A person in the acceptance suite of SessionPort: records in memory, writes put by `commit`. */
import type { BundleResult, SessionPort, SessionRecords, SessionWrites } from '../ports.ts';

export class Person implements SessionRecords {
  readonly port: SessionPort;
  readonly records: Map<string, Uint8Array>;
  identityKey = new Uint8Array();

  constructor(port: SessionPort, records: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.port = port;
    this.records = new Map(records);
  }

  static async create(port: SessionPort): Promise<Person> {
    const person = new Person(port);
    const { publicKey, writes } = await port.createIdentity();
    person.commit(writes);
    person.identityKey = publicKey.slice();
    return person;
  }

  get(key: string): Uint8Array | null {
    return this.records.get(key) ?? null;
  }

  commit(writes: SessionWrites): void {
    for (const [key, value] of writes) {
      if (value === null) this.records.delete(key);
      else this.records.set(key, value.slice());
    }
  }

  /** The same records, from now on apart: a crash that lost what was not committed. */
  copy(): Person {
    const copy = new Person(this.port, this.records);
    copy.identityKey = this.identityKey;
    return copy;
  }

  async invite(): Promise<BundleResult> {
    const result = await this.port.createBundle(this);
    this.commit(result.writes);
    return result;
  }

  async meet(peer: string, bundle: Uint8Array): Promise<void> {
    this.commit(await this.port.begin(this, peer, bundle));
  }

  async send(peer: string, plaintext: Uint8Array): Promise<Uint8Array> {
    const { ciphertext, writes } = await this.port.encrypt(this, peer, plaintext);
    this.commit(writes);
    return ciphertext;
  }

  async receive(peer: string, ciphertext: Uint8Array): Promise<Uint8Array> {
    const { plaintext, writes } = await this.port.decrypt(this, peer, ciphertext);
    this.commit(writes);
    return plaintext;
  }

  /** Everything stored, for "nothing changed". */
  snapshot(): string {
    return [...this.records]
      .map(([key, value]) => `${key}=${value.toHex()}`)
      .sort()
      .join('\n');
  }
}
