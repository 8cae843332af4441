/** What each part of a decrypted envelope means, and to whom it goes. Rules live there, not here. */
import type { Millis } from '@tacet/base';
import type { Contacts } from '../contacts/contacts.ts';
import type { Envelope } from '../content/envelope.ts';
import type { ContentEffects } from '../conversations/join.ts';
import type { EventLog } from '../events/log.ts';
import { onKeySet } from '../meeting/key-set.ts';
import type { Network } from '../network/network.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { ProfileStore } from '../ports.ts';
import type { StreamReader } from '../streams/reader.ts';
import type { Codes } from '../trust/codes.ts';
import type { InPerson } from '../trust/in-person.ts';
import type { Introductions } from '../trust/introductions.ts';
import type { NewKeys } from '../trust/new-keys.ts';
import type { ReceivedSet } from './received.ts';

export interface ArrivalDeps {
  readonly store: ProfileStore;
  readonly events: EventLog;
  readonly contacts: Contacts;
  readonly outbox: Outbox;
  readonly content: ContentEffects;
  readonly received: ReceivedSet;
  readonly reader: StreamReader;
  readonly newKeys: NewKeys;
  readonly codes: Codes;
  readonly inPerson: InPerson;
  readonly introductions: Introductions;
  readonly network: () => Network | null;
  /** A receipt to this contact. */
  readonly owe: (contactId: number, now: Millis) => void;
}

export class Arrivals {
  private readonly d: ArrivalDeps;

  constructor(deps: ArrivalDeps) {
    this.d = deps;
  }

  /** Inside the transaction of the decryption. */
  take(contactId: number, seq: number, envelope: Envelope, raw: Uint8Array, now: Millis): void {
    this.d.contacts.heard(contactId, now);
    if (envelope.receipt !== undefined) this.d.outbox.onReceipt(contactId, envelope.receipt, now);
    this.d.outbox.onUnreadable(contactId, envelope.unreadable ?? [], now);
    if (envelope.readUpTo !== undefined) {
      this.d.content.readReceipts.onTold(contactId, envelope.readUpTo, now);
    }
    const { document } = envelope;
    if (
      document !== undefined &&
      this.d.network()?.memory.compare(contactId, document, now) === true
    ) {
      this.d.events.append(now, 'alarm', 'document-mismatch');
    }
    if (seq === 0) return;
    if (envelope.closed !== undefined && envelope.closed < seq) {
      this.d.received.close(contactId, envelope.closed);
    }
    if (envelope.healing !== undefined) {
      this.d.reader.healing.onOffer(contactId, envelope.healing, now);
    }
    this.d.contacts.step(contactId, 'ready', now);
    if (envelope.hello === true) {
      this.d.store.run("INSERT INTO notices (contact_id, kind) VALUES (?, 'key-set')", contactId);
    }
    if (envelope.keySet !== undefined) {
      const error = onKeySet(this.d.store, contactId, envelope.keySet);
      if (error !== null) this.d.events.append(now, 'alarm', error);
    }
    if (this.onTrust(contactId, envelope, now) && envelope.content !== undefined) {
      this.d.contacts.touch(contactId, now);
      const more = envelope.more === true;
      this.d.content.reception.take({ contactId, seq, content: envelope.content, raw, more }, now);
    }
    this.d.owe(contactId, now);
  }

  /** After the keys that came with it were saved. False: its content is no line. */
  private onTrust(contactId: number, envelope: Envelope, now: Millis): boolean {
    const { step, content, keyChange } = envelope;
    if (keyChange !== undefined) this.d.newKeys.onStatement(contactId, keyChange, now);
    if (step?.kind === 'scan') this.d.inPerson.onProof(contactId, step.value, now);
    else if (step !== undefined) this.d.codes.onStep(contactId, step, now);
    this.d.inPerson.settle(contactId, now);
    return content?.type !== 'card' || this.d.introductions.onCard(contactId, content.card, now);
  }
}
