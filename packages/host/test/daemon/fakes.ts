/** A person's machine and its surroundings for tests of the daemon: no network, no keys. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContactView, EventView, MessageDetail, ProfileStatus } from '@tacet/api';
import { AppError, type Millis, Sensitive } from '@tacet/base';
import type { Handover, ProfileStore } from '@tacet/client';
import { contactView, messageDetail, profileStatus } from '@tacet/testkit/views';
import type { DownFrame, UpFrame, Welcome } from '@tacet/wire';
import type {
  ClientEffect,
  EdgeLink,
  Environment,
  InTurn,
  KeychainLeft,
  Machine,
  Opened,
  Person,
  ProfileSecret,
  ProfileVault,
} from '../../src/daemon/index.ts';
import { SystemClock } from '../../src/daemon/index.ts';

export interface Job {
  readonly name: string;
}

const frame = { kind: 'rate', slotMs: 1_000 } as const satisfies UpFrame;

/** Slots every `period`; commands write to lists. */
export class FakePerson implements Person, Machine<Job, string> {
  readonly log: EventView[] = [];
  readonly sent: MessageDetail[] = [];
  readonly done: string[] = [];
  readonly inputs: string[] = [];
  inUse = false;
  /** Set to let `advance` fail. */
  broken: Error | null = null;
  effects: ClientEffect<Job>[] = [];
  nextSlot: Millis | null = null;
  held: Millis | null = null;
  /** None was ever set up. */
  readonly backups = {
    plan: () => null,
    due: () => null,
    set: () => notHere(),
    pending: () => notHere(),
    made: () => notHere(),
    failed: () => notHere(),
  };
  private readonly period: Millis;
  private readonly acks = new Map<string, number>();

  constructor(period: Millis = 50) {
    this.period = period;
  }

  deadline(): Millis | null {
    return this.nextSlot;
  }

  holdsUntil(): Millis | null {
    return this.held;
  }

  counters(): Record<string, number> {
    return {};
  }

  advance(now: Millis): void {
    if (this.broken !== null) throw this.broken;
    if (this.nextSlot === null || now < this.nextSlot) return;
    const missed = Math.floor((now - this.nextSlot) / this.period);
    this.nextSlot += (missed + 1) * this.period;
    this.effects.push({ kind: 'up', frame });
  }

  drain(): ClientEffect<Job>[] {
    const effects = this.effects;
    this.effects = [];
    return effects;
  }

  handOver(): Handover {
    if (this.held !== null) throw new AppError('handover-frame', 'bug', 'a frame is ready');
    this.inputs.push('handed over');
    return handover;
  }

  onLinkUp(_welcome: Welcome, now: Millis): void {
    this.inputs.push('up');
    this.nextSlot = now + this.period;
  }

  onLinkDown(_now: Millis): void {
    this.inputs.push('down');
    this.nextSlot = null;
  }

  onDown(_frame: DownFrame, _now: Millis): void {
    this.inputs.push('frame');
  }

  onSession(job: Job, outcome: string, now: Millis): void {
    this.done.push(`${job.name}=${outcome}`);
    this.append('message-state', job.name, now);
  }

  append(kind: EventView['kind'], subject: string, at: Millis = 0): void {
    this.log.push({ cursor: this.log.length + 1, at, kind, subject });
    this.effects.push({ kind: 'event' });
  }

  joinNetwork(card: string): void {
    if (card !== 'card') throw new AppError('card-malformed', 'input', 'That is no network card.');
  }
  socks = '';
  setSocks(server: string): void {
    this.socks = server;
  }
  lockAfter = 0;
  setLockAfter(minutes: number): void {
    this.lockAfter = minutes;
  }
  setWindowInUse(inUse: boolean): void {
    this.inUse = inUse;
  }
  createInvitation(): never {
    throw new AppError('network-missing', 'state', 'Join a network first.');
  }
  acceptInvitation(): never {
    throw new AppError('invitation-malformed', 'input', 'That is no invitation.');
  }
  revokeInvitation(): never {
    throw new AppError('invitation-unknown', 'missing', 'No such invitation.');
  }
  invitations(): [] {
    return [];
  }
  renameContact(): ContactView {
    return contact;
  }
  dismissMeeting(): void {}
  contacts(): ContactView[] {
    return [contact];
  }
  contact(idOrName: string): ContactView {
    if (idOrName === 'bob' || idOrName === '1') return contact;
    throw new AppError('contact-unknown', 'missing', 'No such contact.');
  }
  sendText(request: { contactId: string; text: string; clientId: string }, now: Millis) {
    if (request.text.length > 16_384) {
      throw new AppError('text-too-long', 'input', 'A text is at most 16 KiB.');
    }
    const message = messageDetail({
      id: String(this.sent.length + 1),
      contactId: request.contactId,
      text: request.text,
      sentAt: now,
    });
    this.sent.push(message);
    this.append('message', message.id, now);
    this.effects.push({ kind: 'session', job: { name: message.id } });
    return message;
  }
  messages() {
    return this.sent;
  }
  message(id: string): MessageDetail {
    const found = this.sent.find((one) => one.id === id);
    if (found === undefined) throw new AppError('message-unknown', 'missing', 'No such message.');
    return found;
  }
  markRead(): void {}
  resume(): void {}
  readEvents({ cursor, max }: { cursor: number; max: number }) {
    if (cursor > this.log.length) throw new AppError('cursor-ahead', 'input', 'Ahead.');
    const events = this.log.slice(cursor, cursor + max);
    return { events, cursor: events.at(-1)?.cursor ?? cursor, oldest: 1, lost: 0 };
  }
  alarms() {
    return [{ code: 'invitation-taken', count: 1, firstAt: 1, lastAt: 1 }];
  }

  forgetConsumer(consumer: string): boolean {
    return this.acks.delete(consumer);
  }
  newestCursor(): number {
    return this.log.length;
  }
  acknowledgeEvents(consumer: string, cursor: number): void {
    this.acks.set(consumer, cursor);
  }
  acknowledgedCursor(consumer: string): number {
    return this.acks.get(consumer) ?? 0;
  }
  get identities(): never {
    throw new Error('not part of this fake');
  }
  get addresses(): never {
    throw new Error('not part of this fake');
  }
  sendRequest(): never {
    throw new Error('not part of this fake');
  }
  blockContact(): never {
    throw new Error('not part of this fake');
  }
  unblockContact(): never {
    throw new Error('not part of this fake');
  }
  deleteContact(): never {
    throw new Error('not part of this fake');
  }
  acceptRequest(): never {
    throw new Error('not part of this fake');
  }
  get tokens(): never {
    throw new Error('not part of this fake');
  }
  get why(): never {
    throw new Error('not part of this fake');
  }
  eventsOf(): never {
    throw new Error('not part of this fake');
  }
  get letters(): never {
    throw new Error('not part of this fake');
  }
  get search(): never {
    throw new Error('not part of this fake');
  }
  get talk(): never {
    throw new Error('not part of these tests');
  }

  get conversations(): never {
    throw new Error('not part of this fake');
  }
  rests = 0;
  readonly levels = {
    compare: () => ({ level: 'balanced' as const, next: null, levels: null }),
    preview: (): never => {
      throw new AppError('document-missing', 'state', 'No document yet.');
    },
    set: () => {},
    data: () => ({ days: [{ day: 20_000, up: 1, down: 2 }], overheadPermille: 30, months: null }),
    people: (): never => {
      throw new AppError('internal', 'bug', 'Not part of this fake.');
    },
    statistics: () => ({ levels: [], receiptPause: null }),
    network: () => null,
    rest: () => {
      this.rests += 1;
    },
  };
  get inPerson(): never {
    throw new Error('not part of this fake');
  }
  checkLink(): never {
    throw new Error('not part of this fake');
  }
  meetEcho(): never {
    throw new AppError('echo-missing', 'missing', 'no Echo here');
  }
  get introductions(): never {
    throw new Error('not part of this fake');
  }
  get codes(): never {
    throw new Error('not part of this fake');
  }
  get files(): never {
    throw new Error('not part of this fake');
  }
  onCells(): never {
    throw new Error('not part of this fake');
  }
  get safety(): never {
    throw new Error('not part of this fake');
  }
  reach(): never {
    throw new Error('not part of this fake');
  }
  status(): ProfileStatus {
    return profileStatus({ inUse: this.inUse });
  }
}

function notHere(): never {
  throw new Error('not part of this fake');
}

const contact = contactView();

/** Of nothing. */
const handover: Handover = {
  settings: new Map(),
  documents: [],
  usage: [],
  link: {
    state: { kind: 'off' },
    backoff: 500,
    last: null,
    announced: 0,
    firstGrid: 0,
  },
  network: null,
  transfer: { agreed: false, askedAt: null, refusedUntil: 0 } as Handover['transfer'],
};

export class FakeStore implements Opened {
  closed = false;
  private readonly vault: FakeVault;
  private passphrase: string;
  constructor(vault: FakeVault, passphrase: string) {
    this.vault = vault;
    this.passphrase = passphrase;
  }
  /** Set to let the looking over find damage. */
  readonly found = Promise.withResolvers<void>();
  checked(): Promise<void> {
    return this.found.promise;
  }
  checkpoint(): void {}
  async cells(): Promise<never> {
    throw new Error('not part of this fake');
  }
  async snapshot(): Promise<never> {
    throw new Error('not part of this fake');
  }
  readonly rolling = {
    kept: async () => [],
    due: async () => false,
    expire: async () => {},
    make: async () => {},
  };
  async closeInTurns(inTurn: InTurn): Promise<void> {
    await inTurn(() => this.close());
  }
  async opens(secret: ProfileSecret): Promise<'this' | 'another' | 'nothing'> {
    const text = textOf(secret);
    if (text === this.passphrase) return 'this';
    return this.vault.has(text) ? 'another' : 'nothing';
  }
  async reseal(current: ProfileSecret, next: ProfileSecret): Promise<void> {
    if ((await this.opens(current)) !== 'this') throw wrong();
    this.vault.passphrase = textOf(next);
    this.passphrase = this.vault.passphrase;
  }
  async addProfile(
    secret: ProfileSecret,
    keep: readonly ProfileSecret[],
    prepare: (store: ProfileStore) => Promise<void>,
  ): Promise<void> {
    if (!keep.every((one) => this.vault.has(textOf(one)))) throw wrong();
    await prepare({} as ProfileStore);
    this.vault.others.push(textOf(secret));
  }
  async addDuress(): Promise<never> {
    throw new Error('not part of this fake');
  }
  close(): void {
    this.closed = true;
    this.vault.steps.push('close');
  }
}

/** Opens with one passphrase. */
export class FakeVault implements ProfileVault<FakeStore> {
  made = false;
  stores: FakeStore[] = [];
  passphrase = '';
  /** Of other profiles in it. */
  readonly others: string[] = [];
  has(text: string): boolean {
    return text === this.passphrase || this.others.includes(text);
  }
  /** What was done to it, in order. */
  readonly steps: string[] = [];
  /** Set to let `erase` fail. */
  worn: Error | null = null;
  exists(): boolean {
    return this.made;
  }
  async create(secret: ProfileSecret): Promise<FakeStore> {
    this.made = true;
    this.passphrase = textOf(secret);
    return await this.open(secret);
  }
  async open(secret: ProfileSecret): Promise<FakeStore> {
    const text = textOf(secret);
    if (!this.has(text)) throw wrong();
    const store = new FakeStore(this, text);
    this.stores.push(store);
    return store;
  }
  async salvage(): Promise<never> {
    throw new Error('not part of this fake');
  }
  async restore(): Promise<never> {
    throw new Error('not part of this fake');
  }
  discard(): void {
    this.made = false;
  }
  erase(): void {
    this.steps.push('erase');
    if (this.worn !== null) throw this.worn;
  }
  async remove(): Promise<KeychainLeft> {
    this.steps.push('remove');
    this.made = false;
    return 'none';
  }
}

function wrong(): AppError {
  return new AppError('passphrase-wrong', 'input', 'That is not the passphrase.');
}

function textOf(secret: ProfileSecret): string {
  return secret.kind === 'passphrase' ? secret.passphrase.expose() : 'keychain';
}

export function passphrase(text: string): ProfileSecret {
  return { kind: 'passphrase', passphrase: new Sensitive(text) };
}

export class FakeLink implements EdgeLink {
  readonly welcome = {
    handle: new Uint8Array(8).fill(1),
    now: 0,
  } as const satisfies Welcome;
  readonly sent: UpFrame[] = [];
  down: (frame: DownFrame) => void = () => {};
  closed: () => void = () => {};
  closes = 0;
  send(up: UpFrame): void {
    this.sent.push(up);
  }
  onDown(listener: (frame: DownFrame) => void): void {
    this.down = listener;
  }
  onClose(listener: () => void): void {
    this.closed = listener;
  }
  close(): void {
    this.closes += 1;
    this.closed();
  }
}

export interface Logged {
  readonly level: string;
  readonly code: string;
}

export function environment(): Environment & { readonly logged: Logged[] } {
  const logged: Logged[] = [];
  return {
    clock: new SystemClock(),
    rng: { fill: (out) => crypto.getRandomValues(out as Uint8Array<ArrayBuffer>) },
    log: {
      warn: (code) => void logged.push({ level: 'warn', code }),
      error: (code) => void logged.push({ level: 'error', code }),
    },
    logged,
  };
}

export function temporaryDirectory(): { readonly dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'tacet-daemon-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

export const until = async (met: () => boolean, ms = 5_000): Promise<void> => {
  const end = performance.now() + ms;
  while (!met()) {
    if (performance.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
