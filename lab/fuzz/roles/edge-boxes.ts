/** Boxes to write: for this edge or not, fresh or not, whole or damaged. */
import { compareBytes, pick, randomBytes } from '@tacet/base';
import { edKeyPair } from '@tacet/crypto';
import { placement } from '@tacet/directory';
import {
  BOX_PLAINTEXT,
  type BoxId,
  type BoxRecord,
  encodeRequest,
  type Mark,
  markOf,
  sealRecord,
  signTombstone,
} from '@tacet/wire';
import type { EdgeRole } from './edge.ts';

interface Box {
  readonly id: BoxId;
  readonly record: BoxRecord;
  readonly tombstone: Uint8Array;
}

const PLAINTEXT = new Uint8Array(BOX_PLAINTEXT);

export class BoxStock {
  private readonly role: EdgeRole;
  private readonly here: Box[] = [];
  private readonly elsewhere: Box[] = [];

  constructor(role: EdgeRole) {
    this.role = role;
    const wanted = role.large ? 64 : 24;
    while (this.here.length < wanted || this.elsewhere.length < wanted) this.make();
  }

  mark(): Mark {
    return randomBytes(this.role.rng, 8) as Mark;
  }

  put(): Uint8Array {
    return encodeRequest({ kind: 'put', record: pick(this.role.rng, this.here).record });
  }

  /** One that was never written. */
  fresh(): Uint8Array {
    for (;;) {
      const { box, isHere } = this.draw();
      if (isHere) return encodeRequest({ kind: 'put', record: box.record });
    }
  }

  misplaced(): Uint8Array {
    return encodeRequest({ kind: 'put', record: pick(this.role.rng, this.elsewhere).record });
  }

  tombstone(): Uint8Array {
    const { id, tombstone } = pick(this.role.rng, this.here);
    return encodeRequest({ kind: 'tombstone', id, signature: tombstone });
  }

  get(waitMs = 0): Uint8Array {
    return encodeRequest({ kind: 'get', waitMs, marks: [this.mark(), this.mark(), this.mark()] });
  }

  private make(): void {
    const { box, isHere } = this.draw();
    (isHere ? this.here : this.elsewhere).push(box);
  }

  private draw(): { box: Box; isHere: boolean } {
    const { rng, network, node } = this.role;
    const { networkId } = network.document;
    const seed = randomBytes(rng, 32);
    const id = edKeyPair(seed).publicKey as BoxId;
    const record = sealRecord({ seed, key: seed }, networkId, PLAINTEXT);
    const homes = placement(network.verified, markOf(id));
    const isHere = homes.some((home) => compareBytes(home, node.relay.hash) === 0);
    return { box: { id, record, tombstone: signTombstone(seed, networkId) }, isHere };
  }
}
