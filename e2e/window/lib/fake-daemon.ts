/**
 * A daemon without a network, for the window's tests: contacts, messages that walk through
 * their states, an event log, lock and passphrase. Parameters and results are checked against
 * the methods table, so the page meets exactly the real contract.
 */
import {
  type ContactView,
  checkParams,
  checkResult,
  type DaemonStatus,
  type EventView,
  type EvidenceView,
  type FileView,
  type InvitationView,
  isMethod,
  type MessageView,
  type MethodName,
  type ParamsOf,
  type ProfileStatus,
} from '@tacet/api';
import { AppError } from '@tacet/base';
import type { WindowCaller, WindowCore } from '@tacet/host/window';
import { FakeActs } from './fake-acts.ts';
import { FakeBackups, PHRASE } from './fake-backups.ts';
import { FakeConversations } from './fake-conversations.ts';
import { FakeFiles } from './fake-files.ts';
import { compareLevels } from './fake-levels.ts';
import { FakeTrust } from './fake-trust.ts';
import { emptyStatus, firstSteps, newContact, newMessage, voiceFile } from './fake-views.ts';
import { FakeVoices } from './fake-voices.ts';

export const PASSPHRASE = 'correct horse battery staple';

export interface CallRecord {
  readonly method: string;
  readonly params: unknown;
}

type Handler = (params: never) => unknown;

export class FakeDaemon implements WindowCore {
  state: DaemonStatus['state'] = 'open';
  opensWith: DaemonStatus['opensWith'] = 'passphrase';
  /** A keychain opens the profile, too. */
  keychain = false;
  /** Minutes after which windows lock by themselves. */
  idle = 0;
  status: ProfileStatus = emptyStatus();
  /** Milliseconds between the states of a sent message; null: they stay queued. */
  pace: number | null = 30;
  readonly contacts = new Map<string, ContactView>();
  readonly messages = new Map<string, MessageView>();
  readonly evidence = new Map<string, EvidenceView[]>();
  readonly invitations = new Map<string, InvitationView>();
  readonly calls: CallRecord[] = [];
  /** By method: thrown instead of answering, until removed. */
  readonly failures = new Map<string, AppError>();
  /** Voice notes brought in and sent. */
  readonly voices = new FakeVoices();
  readonly files = new FakeFiles(this.voices);
  readonly trust: FakeTrust;
  readonly backups: FakeBackups;
  readonly conversations: FakeConversations;
  private readonly acts: FakeActs;
  private readonly log: EventView[] = [];
  private readonly byClientId = new Map<string, string>();
  private readonly lockListeners = new Set<() => void>();
  private readonly waiting = new Set<() => void>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private counter = 0;
  private clock: () => number;

  constructor(clock: () => number = Date.now) {
    this.clock = clock;
    const { messages, contacts } = this;
    const patchContact = (id: string, patch: Partial<ContactView>) => this.patchContact(id, patch);
    this.backups = new FakeBackups(clock);
    this.trust = new FakeTrust({ contacts, clock, patchContact });
    const put = (id: string, patch: Partial<MessageView>) => this.put(id, patch);
    this.conversations = new FakeConversations({ contacts, clock, patchContact, put });
    this.acts = new FakeActs({
      messages,
      clock,
      patchMessage: (id, patch) => this.patchMessage(id, patch),
      emit: (kind, subject) => this.emit(kind, subject),
    });
  }

  async call(method: string, params: unknown, _caller: WindowCaller): Promise<unknown> {
    if (!isMethod(method)) throw new AppError('method-unknown', 'usage', 'no such method');
    const checked = checkParams(method, params);
    this.calls.push({ method, params });
    const failure = this.failures.get(method);
    if (failure !== undefined) throw failure;
    const always = ['status', 'profile.unlock', 'profile.create', 'profile.lock', 'backup.restore'];
    if (this.state !== 'open' && !always.includes(method)) {
      throw new AppError('locked', 'state', 'the profile is locked');
    }
    const handler = this.handlers[method] as Handler | undefined;
    if (handler === undefined) throw new AppError('method-unknown', 'usage', 'not in this fake');
    return checkResult(method, await handler(checked as never));
  }

  onLock(listener: () => void): () => void {
    this.lockListeners.add(listener);
    return () => this.lockListeners.delete(listener);
  }

  lock(): void {
    this.state = 'window-locked';
    for (const listener of this.lockListeners) listener();
    this.wake();
  }

  called(method: MethodName): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  addContact(name: string, patch: Partial<ContactView> = {}): ContactView {
    const contact = newContact(this.nextId('c'), name, this.clock(), patch);
    this.contacts.set(contact.id, contact);
    this.emit('contact', contact.id);
    return contact;
  }

  patchContact(id: string, patch: Partial<ContactView>): void {
    const contact = this.contacts.get(id);
    if (contact === undefined) throw new AppError('contact-unknown', 'missing', 'no such contact');
    this.contacts.set(id, { ...contact, ...patch });
    this.emit('contact', id);
  }

  /** A message into the log of a conversation, without an event unless `quiet` is false. */
  put(contactId: string, patch: Partial<MessageView>, quiet = false): MessageView {
    const message = newMessage(this.nextId('m'), contactId, this.clock(), patch);
    this.messages.set(message.id, message);
    const contact = this.contacts.get(contactId);
    if (contact !== undefined) {
      const unread = contact.unread + (message.direction === 'in' && !quiet ? 1 : 0);
      this.contacts.set(contactId, { ...contact, unread, lastMessage: message });
    }
    if (!quiet) {
      this.emit('message', message.id);
      this.emit('contact', contactId);
    }
    return message;
  }

  receive(
    contactId: string,
    text: string,
    patch: Partial<MessageView> = {},
    quiet = false,
  ): MessageView {
    const at = this.clock();
    const received = { direction: 'in', text, state: 'received', arrivedAt: at } as const;
    return this.put(contactId, { ...received, sentAt: at - 8_000, ...patch }, quiet);
  }

  /** A message that arrives now and belongs before another one. */
  insertBefore(other: string, contactId: string, text: string): void {
    const late = this.receive(contactId, text, {}, true);
    const rest = [...this.messages.values()].filter(({ id }) => id !== late.id);
    const at = rest.findIndex((message) => message.text === other);
    this.messages.clear();
    for (const message of rest.toSpliced(at, 0, late)) this.messages.set(message.id, message);
    this.emit('message', late.id);
  }

  patchMessage(id: string, patch: Partial<MessageView>, fact?: EvidenceView['what']): void {
    const message = this.messages.get(id);
    if (message === undefined) return;
    const next = { ...message, ...patch };
    this.messages.set(id, next);
    if (fact !== undefined) this.note(id, fact, next.parts);
    const contact = this.contacts.get(message.contactId);
    if (contact?.lastMessage?.id === id) {
      this.contacts.set(contact.id, { ...contact, lastMessage: next });
    }
    this.emit('message-state', id);
  }

  note(id: string, what: string, parts = 0, at = this.clock()): void {
    const list = this.evidence.get(id) ?? [];
    list.push({ at, what, part: parts, parts });
    this.evidence.set(id, list);
  }

  patchStatus(patch: Partial<ProfileStatus>): void {
    this.status = { ...this.status, ...patch };
    this.emit('network', 'network');
  }

  emit(kind: EventView['kind'], subject: string): void {
    this.log.push({ cursor: this.log.length + 1, at: this.clock(), kind, subject });
    this.wake();
  }

  /** Ends every event stream and refuses new ones until the failure is taken out. */
  breakStream(): void {
    this.failures.set('events.read', new AppError('disk-full', 'storage', 'the disk is full'));
    this.wake();
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.wake();
  }

  private readonly handlers: { [M in MethodName]?: (params: ParamsOf<M>) => unknown } = {
    status: () => this.daemonStatus(),
    'profile.unlock': (secret) => this.unlock(secret),
    'profile.lock': ({ full }) => {
      this.lock();
      if (full === true) this.state = 'full-locked';
      return {};
    },
    'profile.idle': ({ minutes }) => {
      this.idle = minutes ?? this.idle;
      return { minutes: this.idle };
    },
    'network.status': () => {
      const { card, network, link, pause, clockAhead, disputes } = this.status;
      return { card, network, link, pause, clockAhead, disputes };
    },
    'network.join': () => {
      const { card, network } = emptyStatus();
      this.patchStatus({ card, network, link: 'connecting' });
      return this.status;
    },
    'invite.create': ({ label }) => this.createInvitation(label),
    'invite.accept': ({ link, name }) => this.acceptInvitation(link, name),
    'invite.list': () => ({ invitations: [...this.invitations.values()] }),
    'invite.revoke': ({ id }) => {
      this.patchInvitation(id, { state: 'revoked', link: null, fullLink: null });
      return {};
    },
    'contact.list': () => ({ contacts: [...this.contacts.values()] }),
    'contact.get': ({ contact }) => {
      const found = this.contacts.get(contact);
      if (found === undefined) throw new AppError('contact-unknown', 'missing', 'no such contact');
      return found;
    },
    'contact.trust': (params) => this.trust.list(params),
    'contact.safetyNumber': (params) => this.trust.number(params),
    'contact.verify': (params) => this.trust.verify(params),
    'code.get': (params) => this.trust.code(params),
    'code.start': (params) => this.trust.startCode(params),
    'code.say': (params) => this.trust.sayCode(params),
    'code.stop': (params) => this.trust.stopCode(params),
    'backup.phrase': () => ({ phrase: PHRASE }),
    'backup.set': (params) => this.backups.set(params),
    'backup.create': () => this.backups.create(),
    'backup.status': () => this.backups.status,
    'backup.test': (params) => this.backups.test(params),
    'backup.restore': async (params) => {
      const contents = await this.backups.restore(params);
      this.state = 'open';
      return { status: this.status, contents };
    },
    'contact.block': ({ contactId }) => this.conversations.block(contactId, true),
    'contact.unblock': ({ contactId }) => this.conversations.block(contactId, false),
    'contact.delete': ({ contactId }) => {
      this.contacts.delete(contactId);
      this.emit('contact', contactId);
      return {};
    },
    'conversation.list': (params) => this.conversations.list(params),
    'conversation.get': ({ contactId }) => this.conversations.get(contactId),
    'conversation.pin': (params) => this.conversations.pin(params),
    'conversation.archive': (params) => this.conversations.archive(params),
    'conversation.mute': (params) => this.conversations.mute(params),
    'conversation.settings': (params) => this.conversations.settings(params),
    'draft.set': (params) => this.conversations.draft(params),
    'timer.set': (params) => this.conversations.timer(params),
    'contact.dismiss': ({ contactId }) => {
      this.contacts.delete(contactId);
      this.emit('contact', contactId);
      return {};
    },
    'message.send': (params) => this.send(params),
    'message.react': (params) => this.acts.react(params),
    'message.edit': (params) => this.acts.edit(params),
    'message.delete': (params) => this.acts.delete(params),
    'message.history': (params) => this.acts.history(params),
    'search.find': (params) => this.acts.find(params),
    'message.around': (params) => this.acts.around(params),
    'message.list': ({ contactId, before, limit }) => {
      const all = [...this.messages.values()].filter((entry) => entry.contactId === contactId);
      const end = before === undefined ? all.length : all.findIndex((entry) => entry.id === before);
      return { messages: all.slice(Math.max(0, end - limit), Math.max(0, end)) };
    },
    'message.get': ({ id }) => {
      const message = this.messages.get(id);
      if (message === undefined)
        throw new AppError('message-unknown', 'missing', 'no such message');
      return { ...message, evidence: this.evidence.get(id) ?? [] };
    },
    'file.begin': ({ size }) => ({ upload: this.voices.begin(size) }),
    'file.put': ({ upload, at, bytes }) => ({ at: this.voices.put(upload, at, bytes) }),
    'voice.remake': ({ upload }) => this.voices.remake(upload),
    'file.cancel': ({ upload }) => {
      this.voices.uploads.delete(upload);
      return {};
    },
    'file.preview': () => ({
      boxes: 9,
      leastMs: 40_000,
      mostMs: 80_000,
      fits: this.voices.fits,
      transfer: null,
    }),
    'file.send': (params) => this.sendFile(params),
    'picture.remake': ({ upload }) => this.files.remake(upload),
    'file.read': ({ id, at }) => this.files.read(id, at),
    'file.decline': ({ id }) => this.changeFile(id, 'declined'),
    'file.withdraw': ({ id }) => this.changeFile(id, 'withdrawn'),
    'file.want': ({ id }) => {
      const message = this.messages.get(id);
      if (message?.file == null) throw new AppError('file-unknown', 'missing', 'no such file');
      this.patchMessage(id, { file: { ...message.file, state: 'wanted', done: 1, parts: 4 } });
      return this.messages.get(id);
    },
    'voice.read': ({ id }) => this.voices.read(id),
    'conversation.read': ({ contactId }) => {
      const contact = this.contacts.get(contactId);
      if (contact !== undefined && contact.unread > 0) this.patchContact(contactId, { unread: 0 });
      return {};
    },
    'level.compare': () => compareLevels(this.status),
    'level.set': ({ level, confirm }) => {
      if (level === 'fast' && confirm !== true) {
        throw new AppError('level-unconfirmed', 'state', 'Fast wants a confirmation');
      }
      const nextLevel = level === 'fast' ? { level, at: this.clock() + 240_000 } : null;
      this.patchStatus(nextLevel === null ? { level, nextLevel } : { nextLevel });
      return this.status;
    },
    'events.position': () => ({ newest: this.log.length, acknowledged: 0 }),
    'events.read': ({ cursor, max, waitMs }) => this.readEvents(cursor, max, waitMs),
    'window.heartbeat': () => ({}),
  };

  private daemonStatus(): DaemonStatus {
    return {
      version: '0.1.0',
      api: 1,
      pid: 1,
      handle: 'alice',
      state: this.state,
      wrongSecrets: 0,
      opensWith: this.opensWith,
      reason: this.state === 'failed' ? 'profile-newer' : null,
      startedAt: this.clock() - 7_200_000,
      status: this.state === 'open' ? this.status : null,
      window: null,
      backup: this.backups.running,
      debug: {
        lateness: { slots: 0, missed: 0, p50: 0, p99: 0, p999: 0, max: 0 },
        sessionQueue: 0,
        longestStep: 0,
        clockSteps: 0,
        counters: {},
      },
    };
  }

  private unlock({ passphrase, keychain }: ParamsOf<'profile.unlock'>): ProfileStatus {
    if (!(keychain === true && this.keychain) && passphrase !== PASSPHRASE) {
      throw new AppError('passphrase-wrong', 'input', 'the passphrase does not open this profile');
    }
    this.state = 'open';
    return this.status;
  }

  private createInvitation(label: string): InvitationView {
    const at = this.clock();
    const id = this.nextId('i');
    const invitation: InvitationView = {
      id,
      label,
      identity: 'Alice',
      createdAt: at,
      expiresAt: at + 7 * 86_400_000,
      state: 'preparing',
      link: null,
      fullLink: null,
      contactId: null,
      reason: null,
    };
    this.invitations.set(id, invitation);
    const link = `tacet:invite/1/${id}#${'k3Zq9_aB'.repeat(12)}`;
    if (this.pace !== null)
      this.later(this.pace, () => this.patchInvitation(id, { state: 'ready', link }));
    return invitation;
  }

  patchInvitation(id: string, patch: Partial<InvitationView>): void {
    const invitation = this.invitations.get(id);
    if (invitation === undefined) return;
    this.invitations.set(id, { ...invitation, ...patch });
    this.emit('invitation', id);
  }

  private acceptInvitation(link: string, name: string | undefined): ContactView {
    if (!link.startsWith('tacet:invite/')) {
      throw new AppError('invitation-malformed', 'input', 'this is not a whole invitation link');
    }
    return this.addContact(name ?? 'New contact', {
      state: 'meeting',
      steps: firstSteps(this.clock()),
    });
  }

  private send({ contactId, text, clientId, replyTo }: ParamsOf<'message.send'>): MessageView {
    const known = this.messages.get(this.byClientId.get(clientId) ?? '');
    if (known !== undefined) return known;
    const quoted = replyTo === undefined ? null : this.acts.quoted(replyTo);
    const patch = { direction: 'out', text, state: 'queued', replyTo: quoted } as const;
    const message = this.put(contactId, patch);
    this.byClientId.set(clientId, message.id);
    this.conversations.written(contactId, text);
    this.note(message.id, 'saved');
    if (this.pace !== null) this.walk(message.id, this.pace);
    return message;
  }

  private sendFile(params: ParamsOf<'file.send'>): MessageView {
    const { contactId, upload, clientId, kind, peaks = null } = params;
    const known = this.messages.get(this.byClientId.get(clientId) ?? '');
    if (known !== undefined) return known;
    const out = { direction: 'out', state: 'queued' } as const;
    if (kind === 'voice') {
      const { bytes, duration } = this.voices.take(upload);
      const file = voiceFile(bytes.length, duration, peaks);
      const message = this.put(contactId, { ...out, text: 'Voice note (9 B)', file });
      this.byClientId.set(clientId, message.id);
      this.voices.notes.set(message.id, { bytes, duration });
      return message;
    }
    const { bytes, file, text } = this.files.take(params);
    const message = this.put(contactId, { ...out, kind: 'file', text, file });
    this.byClientId.set(clientId, message.id);
    this.files.bytes.set(message.id, bytes);
    return message;
  }

  private changeFile(id: string, state: FileView['state']): MessageView {
    const message = this.messages.get(id);
    if (message?.file == null) throw new AppError('file-unknown', 'missing', 'no such file');
    this.patchMessage(id, { file: { ...message.file, state } });
    return this.messages.get(id) ?? message;
  }

  private walk(id: string, pace: number): void {
    const steps: [Partial<MessageView>, string][] = [
      [{ state: 'sending', partsSent: 1 }, 'part-sent'],
      [{ state: 'stored', copies: 1 }, 'part-stored'],
      [{ copies: 2 }, 'copy-stored'],
      [{ state: 'delivered' }, 'receipt'],
    ];
    steps.forEach(([patch, fact], index) => {
      this.later(pace * (index + 1), () => {
        const delivered = patch.state === 'delivered' ? { deliveredAt: this.clock() } : {};
        this.patchMessage(id, { ...patch, ...delivered }, fact);
      });
    });
  }

  private async readEvents(cursor: number, max: number, waitMs: number) {
    if (this.log.length <= cursor && waitMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, waitMs);
        const waiting = this.waiting;
        function done(): void {
          clearTimeout(timer);
          waiting.delete(done);
          resolve();
        }
        waiting.add(done);
      });
    }
    const events = this.log.slice(cursor, cursor + max);
    return { events, cursor: cursor + events.length, oldest: 1, lost: 0 };
  }

  private later(delay: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, delay);
    this.timers.add(timer);
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }

  private nextId(prefix: string): string {
    this.counter += 1;
    return `${prefix}${this.counter}`;
  }
}
