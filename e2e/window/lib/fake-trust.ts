/** Keys compared with contacts, in the daemon without a network. */
import type { CodeView, ContactView, ParamsOf, TrustFactView } from '@tacet/api';
import { AppError } from '@tacet/base';

export interface People {
  readonly contacts: Map<string, ContactView>;
  readonly clock: () => number;
  patchContact(id: string, patch: Partial<ContactView>): void;
}

export class FakeTrust {
  private readonly people: People;
  private readonly facts = new Map<string, TrustFactView[]>();
  private readonly codes = new Map<string, CodeView>();

  constructor(people: People) {
    this.people = people;
  }

  list({ contactId }: ParamsOf<'contact.trust'>): { facts: TrustFactView[] } {
    return { facts: this.of(contactId) };
  }

  number({ contactId }: ParamsOf<'contact.safetyNumber'>): { contactId: string; digits: string } {
    this.of(contactId);
    return { contactId, digits: '048151623424815162342481516234248151623424815162342481516234' };
  }

  verify({ contactId, found }: ParamsOf<'contact.verify'>): Record<string, never> {
    const what = found === 'taken-back' ? 'withdrawn' : (`number-${words[found]}` as const);
    this.found(contactId, what);
    return {};
  }

  code({ contactId }: ParamsOf<'code.get'>): CodeView {
    this.of(contactId);
    return this.codes.get(contactId) ?? noCode(contactId);
  }

  startCode({ contactId }: ParamsOf<'code.start'>): CodeView {
    const { spent, left } = this.code({ contactId });
    const beganAt = this.people.clock();
    const run = {
      state: 'waiting',
      beganAt,
      byUs: true,
      spent: spent + 1,
      left: left - 1,
    } as const;
    return this.changeCode(contactId, { ...noCode(contactId), ...run });
  }

  sayCode({ contactId, found }: ParamsOf<'code.say'>): CodeView {
    this.found(contactId, `code-${words[found]}`);
    return this.changeCode(contactId, { state: found });
  }

  stopCode({ contactId }: ParamsOf<'code.stop'>): CodeView {
    return this.changeCode(contactId, { state: 'stopped', code: null });
  }

  /** What the other side does. */
  changeCode(contactId: string, patch: Partial<CodeView>): CodeView {
    const next = { ...this.code({ contactId }), ...patch };
    this.codes.set(contactId, next);
    this.people.patchContact(contactId, {});
    return next;
  }

  private found(contactId: string, what: TrustFactView['what']): void {
    const facts = this.of(contactId);
    const isSame = what.endsWith('-same');
    const level = isSame ? 'verified' : what === 'withdrawn' ? 'link' : 'unverified';
    facts.push({ at: this.people.clock(), what, level, by: null, byId: null });
    const warning = what === 'number-differs' || what === 'code-differs' ? what : null;
    this.people.patchContact(contactId, { trust: level, trustWarning: warning });
  }

  private of(contactId: string): TrustFactView[] {
    const contact = this.people.contacts.get(contactId);
    if (contact === undefined) throw new AppError('contact-unknown', 'missing', 'no such contact');
    const at = contact.steps.ready ?? this.people.clock();
    const met = { at, what: 'met-by-link', level: 'link', by: null, byId: null } as const;
    const facts = this.facts.get(contactId) ?? [met];
    this.facts.set(contactId, facts);
    return facts;
  }
}

const words = { same: 'same', different: 'differs' } as const;

function noCode(contactId: string): CodeView {
  return {
    contactId,
    state: 'none',
    code: null,
    peerSaid: null,
    beganAt: null,
    movedAt: null,
    byUs: false,
    spent: 0,
    left: 3,
  };
}
