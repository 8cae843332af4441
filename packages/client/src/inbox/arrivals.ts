/** What each part of a decrypted envelope means, and to whom it goes. Rules live there, not here. */
import type { Millis } from '@tacet/base';
import type { Contacts } from '../contacts/contacts.ts';
import type { Envelope } from '../content/envelope.ts';
import type { ContentEffects } from '../conversations/join.ts';
import type { EventLog } from '../events/log.ts';
import type { Files } from '../files/feature.ts';
import { onKeySet } from '../meeting/key-set.ts';
import type { Network } from '../network/network.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { ProfileStore } from '../ports.ts';
import { text } from '../store/rows.ts';
import type { StreamReader } from '../streams/reader.ts';
import type { TrustParts } from '../trust/join.ts';
import { type Apart, TOGETHER } from './inbox.ts';
import type { ReceivedSet } from './received.ts';

export interface ArrivalDeps {
  readonly store: ProfileStore;
  readonly events: EventLog;
  readonly contacts: Contacts;
  readonly outbox: Outbox;
  readonly content: ContentEffects;
  readonly received: ReceivedSet;
  readonly reader: StreamReader;
  readonly trust: Pick<TrustParts, 'newKeys' | 'codes' | 'inPerson' | 'introductions'>;
  readonly network: () => Network | null;
  readonly files: Pick<Files, 'onWords'>;
  /** A statement of theirs was answered, and they have the answer. In a transaction. */
  readonly spoke: (contactId: number) => void;
  /** A receipt to this contact. */
  readonly owe: (contactId: number, now: Millis) => void;
}

export class Arrivals {
  private readonly d: ArrivalDeps;

  constructor(deps: ArrivalDeps) {
    this.d = deps;
  }

  /** Inside the transaction of the decryption. @param apart what can fail alone goes through it */
  take(
    contactId: number,
    seq: number,
    envelope: Envelope,
    raw: Uint8Array,
    now: Millis,
    apart: Apart = TOGETHER,
  ): void {
    const { receipt, unreadable, readUpTo, document } = envelope;
    this.d.contacts.heard(contactId, now);
    if (receipt !== undefined) {
      apart('receipt', () => this.d.outbox.onReceipt(contactId, receipt, now));
    }
    if (unreadable !== undefined) {
      apart('unreadable', () => this.d.outbox.onUnreadable(contactId, unreadable, now));
    }
    if (readUpTo !== undefined) {
      apart('read', () => this.d.content.readReceipts.onTold(contactId, readUpTo, now));
    }
    if (document !== undefined) {
      apart('document', () => this.compare(contactId, document, now));
    }
    this.d.spoke(contactId);
    if (seq === 0) return;
    if (envelope.closed !== undefined && envelope.closed < seq) {
      this.d.received.close(contactId, envelope.closed);
    }
    if (envelope.healing !== undefined) {
      this.d.reader.healing.onOffer(contactId, envelope.healing, now);
    }
    if (envelope.recoveryRoot !== undefined) {
      this.d.reader.roots.add(contactId, envelope.recoveryRoot, now);
    }
    const first = text(this.d.contacts.row(contactId), 'state') === 'meeting';
    this.d.contacts.step(contactId, 'ready', now);
    if (first) this.d.trust.introductions.spoken(contactId, now);
    if (envelope.hello === true) {
      this.d.store.run("INSERT INTO notices (contact_id, kind) VALUES (?, 'key-set')", contactId);
    }
    if (envelope.keySet !== undefined) {
      const error = onKeySet(this.d.store, contactId, envelope.keySet);
      if (error !== null) {
        this.d.events.append(now, 'alarm', error);
        this.d.trust.newKeys.refuse(contactId, now);
      }
    }
    this.onTrust(contactId, envelope, now);
    this.d.files.onWords(contactId, envelope.fileWords ?? [], now);
    apart('content', () => this.say(contactId, seq, envelope, raw, now));
    this.d.owe(contactId, now);
  }

  private compare(
    contactId: number,
    document: NonNullable<Envelope['document']>,
    now: Millis,
  ): void {
    if (this.d.network()?.memory.compare(contactId, document, now) === true) {
      this.d.events.append(now, 'alarm', 'document-mismatch');
    }
  }

  /** The content takes effect, nothing else: of one that was kept, too. In a transaction. */
  say(contactId: number, seq: number, envelope: Envelope, raw: Uint8Array, now: Millis): void {
    const { content, more = false } = envelope;
    if (content === undefined) return;
    // Not every card is a line.
    const line =
      content.type !== 'card' || this.d.trust.introductions.onCard(contactId, content.card, now);
    if (!line) return;
    this.d.contacts.touch(contactId, now);
    this.d.content.reception.take({ contactId, seq, content, raw, more }, now);
  }

  /** After the keys that came with it were saved. */
  private onTrust(contactId: number, envelope: Envelope, now: Millis): void {
    const { step, keyChange } = envelope;
    if (keyChange !== undefined) this.d.trust.newKeys.onStatement(contactId, keyChange, now);
    if (step?.kind === 'scan') this.d.trust.inPerson.onProof(contactId, step.value, now);
    else if (step !== undefined) this.d.trust.codes.onStep(contactId, step, now);
    this.d.trust.inPerson.settle(contactId, now);
  }
}
