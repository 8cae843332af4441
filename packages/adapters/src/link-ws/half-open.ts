/**
 * Connections that have not said hello yet (docs/decisions/0073-newcomers-stand-in-line.md): so many
 * at a time are in their handshake; more stand in line, in the order in which they came, and cost
 * a socket and nothing else. Who has a place keeps it while its handshake goes on; who is silent in
 * it gives way to the first of the line.
 */
import type { Millis } from '@tacet/base';

export interface HalfOpenLimits {
  /** Places. */
  readonly halfOpen: number;
  /** Silence after which a place may be lost to somebody in line. */
  readonly halfOpenGraceMs: Millis;
  readonly line: number;
  /** Who stood in line for so long goes: he would give up before his handshake ended. */
  readonly lineMs: Millis;
  /** From the first moment to hello. */
  readonly handshakeMs: Millis;
}

interface Place {
  readonly came: Millis;
  readonly step: Millis;
}

export class HalfOpen<Connection> {
  private readonly limits: HalfOpenLimits;
  /** In the order of their last steps. */
  private readonly places = new Map<Connection, Place>();
  /** In the order in which they came. */
  private readonly line = new Map<Connection, Millis>();

  constructor(limits: HalfOpenLimits) {
    this.limits = limits;
  }

  get size(): number {
    return this.places.size + this.line.size;
  }

  /** Stands in line; false when that is full. */
  add(connection: Connection, now: Millis): boolean {
    if (this.line.size >= this.limits.line) return false;
    this.line.set(connection, now);
    return true;
  }

  /** The handshake of this one goes on. */
  step(connection: Connection, now: Millis): void {
    const place = this.places.get(connection);
    if (place === undefined) return;
    this.places.delete(connection);
    this.places.set(connection, { came: place.came, step: now });
  }

  delete(connection: Connection): void {
    this.places.delete(connection);
    this.line.delete(connection);
  }

  /** Moves the line up: whose handshake begins, and who gave way. */
  moveUp(now: Millis): { readonly entering: Connection[]; readonly silent: Connection[] } {
    const { halfOpen, halfOpenGraceMs } = this.limits;
    const entering: Connection[] = [];
    const silent: Connection[] = [];
    for (const [connection, came] of this.line) {
      if (this.places.size >= halfOpen) {
        const [oldest] = this.places;
        if (oldest === undefined || now - oldest[1].step < halfOpenGraceMs) break;
        this.places.delete(oldest[0]);
        silent.push(oldest[0]);
      }
      this.line.delete(connection);
      this.places.set(connection, { came, step: now });
      entering.push(connection);
    }
    return { entering, silent };
  }

  /** Forgets those whose time is over. */
  expire(now: Millis): { readonly late: Connection[]; readonly tired: Connection[] } {
    const late: Connection[] = [];
    const tired: Connection[] = [];
    for (const [connection, { came }] of this.places) {
      if (now - came >= this.limits.handshakeMs) late.push(connection);
    }
    for (const [connection, came] of this.line) {
      if (now - came < this.limits.lineMs) break;
      tired.push(connection);
    }
    for (const connection of [...late, ...tired]) this.delete(connection);
    return { late, tired };
  }
}
