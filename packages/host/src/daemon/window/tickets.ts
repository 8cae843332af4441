/**
 * One-time tickets: made by the daemon for its owner, redeemed once by a page within half a
 * minute. `redeem` is synchronous, so of two redemptions at once exactly one wins.
 */
import type { Millis, Rng } from '@tacet/base';
import { MAX_TICKETS, TICKET_LIFE } from './limits.ts';
import { freshSecret, hashOfSecret, sameHash } from './secrets.ts';

interface Ticket {
  readonly hash: Uint8Array;
  readonly until: Millis;
}

export class TicketBook {
  private tickets: Ticket[] = [];
  private readonly rng: Rng;

  constructor(rng: Rng) {
    this.rng = rng;
  }

  issue(now: Millis): string {
    const { text, hash } = freshSecret(this.rng);
    this.tickets = this.tickets.filter((ticket) => ticket.until > now).slice(1 - MAX_TICKETS);
    this.tickets.push({ hash, until: now + TICKET_LIFE });
    return text;
  }

  /** True once for a ticket in time. Looks at every ticket, whichever is the right one. */
  redeem(text: unknown, now: Millis): boolean {
    const hash = hashOfSecret(text);
    if (hash === null) return false;
    let found: Ticket | null = null;
    for (const ticket of this.tickets) if (sameHash(ticket.hash, hash)) found = ticket;
    if (found === null) return false;
    this.tickets = this.tickets.filter((ticket) => ticket !== found);
    return found.until > now;
  }

  clear(): void {
    this.tickets = [];
  }
}
