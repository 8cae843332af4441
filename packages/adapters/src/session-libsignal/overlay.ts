/**
 * Records of a profile with this operation's writes on top. Nothing is written here: the
 * caller commits `writes` together with the message they belong to.
 */
import { AppError } from '@tacet/base';
import type { SessionRecords, SessionWrites } from '@tacet/client';

export const IDENTITY = 'identity';
export const prekeyName = (id: number): string => `prekey/${id}`;
export const signedName = (id: number): string => `signed/${id}`;
export const kemName = (id: number): string => `kyber/${id}`;
export const sessionName = (peer: string): string => `session/${peer}`;
export const peerName = (peer: string): string => `peer/${peer}`;

export class Overlay {
  private readonly changed = new Map<string, Uint8Array | null>();
  private readonly records: SessionRecords;
  /** The first failure of our own store, as opposed to a message that is wrong. */
  private fault: AppError | null = null;

  constructor(records: SessionRecords) {
    this.records = records;
  }

  get writes(): SessionWrites {
    return this.changed;
  }

  /**
   * Reads and parses a record; null if there is none. A store that fails or a record that does
   * not parse is our own trouble: it must never pass for a bad message, which would be dropped.
   */
  read<T>(name: string, parse: (bytes: Uint8Array<ArrayBuffer>) => T): T | null {
    try {
      const written = this.changed.get(name);
      const bytes = written === undefined ? this.records.get(name) : written;
      if (bytes === null) return null;
      const copy = new Uint8Array(bytes);
      try {
        return parse(copy);
      } finally {
        // libsignal has its own by now.
        copy.fill(0);
      }
    } catch (cause) {
      this.fault ??= new AppError(
        'session-record-unreadable',
        'storage',
        'a record of the session store cannot be read',
        { cause },
      );
      throw this.fault;
    }
  }

  set(name: string, value: Uint8Array): void {
    this.changed.set(name, value);
  }

  remove(name: string): void {
    this.changed.set(name, null);
  }

  /** Runs an operation; a fault of the store wins over what libsignal makes of it. */
  async guard<T>(work: () => Promise<T>, map: (error: unknown) => AppError): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.fault ?? (error instanceof AppError ? error : map(error));
    }
  }
}
