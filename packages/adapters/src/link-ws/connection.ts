/**
 * One connection at an edge's front door, from the TLS handshake to its end: request, then units
 * of one length both ways. Knows no address; what frames mean is the listener's matter.
 */
import type { TLSSocket } from 'node:tls';
import { isAppError } from '@tacet/base';
import { wipe } from '@tacet/crypto';
import { DOWN_FRAGMENT, LIMITS } from './limits.ts';
import type { OneATurn } from './one-a-turn.ts';
import { closeUnit, downUnit, UnitReader } from './units.ts';
import { REFUSAL, UpgradeReader } from './upgrade.ts';

/** Why a connection is ended from here, besides what the listener decides. */
export type Closing = 'request' | 'form';

export interface ConnectionEvents {
  readonly turns: OneATurn;
  /** The WebSocket stands. */
  readonly onOpen: () => void;
  /** Throws `malformed` for a frame that closes the link. */
  readonly onFrame: (frame: Uint8Array) => void;
  readonly onClosing: (why: Closing) => void;
  readonly onClosed: () => void;
}

export class ClientConnection {
  readonly link: number;
  /** Its hello was accepted. */
  known = false;
  /** When its last frame came; `performance.now()`. */
  heard = performance.now();
  /** Nothing more is sent on it, or taken from it. */
  ending = false;
  private readonly socket: TLSSocket;
  private readonly events: ConnectionEvents;
  private upgrade: UpgradeReader | null = new UpgradeReader();
  private readonly units = new UnitReader();
  private holding: NodeJS.Timeout | null = null;
  /** Frames given while the hello is being answered: the welcome goes first. */
  private corked: Uint8Array[] | null = null;

  constructor(socket: TLSSocket, link: number, events: ConnectionEvents) {
    this.socket = socket;
    this.link = link;
    this.events = events;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, LIMITS.keepAliveMs);
    socket.on('error', () => undefined);
    socket.on('data', (piece: Buffer) => this.onData(piece));
    socket.on('end', () => socket.destroy());
    socket.once('close', () => {
      if (this.holding !== null) clearTimeout(this.holding);
      this.ending = true;
      events.onClosed();
    });
  }

  /** Bytes not yet with the system. */
  get waiting(): number {
    return this.socket.writableLength;
  }

  send(frame: Uint8Array): void {
    if (this.corked !== null) this.corked.push(frame);
    else if (!this.ending) {
      const unit = downUnit(frame);
      wipe(frame);
      // By then it has been encrypted: it says for whom an answer was.
      this.socket.write(unit, () => wipe(unit));
    }
  }

  /**
   * Nothing waits before TLS, so that what is written now is encrypted before `write` returns: its
   * buffer may be used again at once.
   */
  get isIdle(): boolean {
    return this.corked === null && !this.ending && this.socket.writableLength === 0;
  }

  /** A whole message. */
  write(unit: Uint8Array): void {
    this.socket.write(unit);
  }

  /** Holds frames back until the function is called with the one that goes first. */
  cork(): (first: Uint8Array | null) => void {
    this.corked = [];
    return (first) => {
      const held = this.corked ?? [];
      this.corked = null;
      if (first === null) return;
      for (const frame of [first, ...held]) this.send(frame);
    };
  }

  /** False when it is held already. */
  hold(ms: number): boolean {
    if (this.holding !== null || this.ending) return false;
    this.socket.pause();
    this.holding = setTimeout(() => {
      this.events.turns.add(() => {
        this.holding = null;
        this.socket.resume();
      });
    }, ms);
    return true;
  }

  /** Says why, then ends; who does not follow is cut off. */
  close(code: number): void {
    if (this.ending) return;
    this.ending = true;
    this.socket.end(closeUnit(code));
    this.socket.resume();
    setTimeout(() => this.socket.destroy(), LIMITS.lingerMs).unref();
  }

  destroy(): void {
    this.ending = true;
    this.socket.destroy();
  }

  private onData(piece: Uint8Array): void {
    if (this.ending) return;
    if (this.upgrade !== null) this.open(this.upgrade, piece);
    else this.read(piece);
  }

  private open(upgrade: UpgradeReader, piece: Uint8Array): void {
    const state = upgrade.take(piece);
    if (state.kind === 'more') return;
    this.upgrade = null;
    if (state.kind === 'wrong') {
      this.events.onClosing('request');
      this.ending = true;
      this.socket.end(REFUSAL);
      setTimeout(() => this.socket.destroy(), LIMITS.lingerMs).unref();
      return;
    }
    this.socket.write(state.answer);
    this.socket.setMaxSendFragment(DOWN_FRAGMENT);
    this.events.onOpen();
  }

  private read(piece: Uint8Array): void {
    const reading = this.units.take(piece, (frame) => this.takeFrame(frame));
    if (reading === 'form') this.wrong();
    if (reading === 'closed') this.destroy();
  }

  /** False when nothing more is to be read. */
  private takeFrame(frame: Uint8Array): boolean {
    try {
      this.events.onFrame(frame);
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      this.wrong();
    }
    return !this.ending;
  }

  private wrong(): void {
    this.events.onClosing('form');
    this.destroy();
  }
}
