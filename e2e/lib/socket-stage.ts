/** The stage of scenarios made of processes and sockets. */
import type { InvitationView } from '@tacet/client';
import type { Actor, Stage } from '@tacet/lab/scenarios';
import { allMessages, type DaemonProcess } from './daemon.ts';
import { sleep } from './program.ts';
import type { Town } from './town.ts';

/**
 * How much faster this network is than the one that scenarios were written for: its digests come
 * each 250 ms and not each second.
 */
const PACE = 4;
const PATIENCE = 180_000;

/** People of one scenario, or of several, one after another. */
export class Company {
  private readonly town: Town;
  private readonly suffix: string;
  private readonly people = new Map<string, Promise<DaemonProcess>>();

  /**
   * @param suffix makes folders unique in a town that several companies share
   * @param cast people who are made at once, all together
   */
  constructor(town: Town, suffix: string, cast: readonly string[]) {
    this.town = town;
    this.suffix = suffix;
    for (const name of cast) this.enter(name).catch(() => {});
  }

  enter(name: string): Promise<DaemonProcess> {
    const known = this.people.get(name);
    if (known !== undefined) return known;
    const entering = this.town.person(`${name}-${this.suffix}`, name);
    this.people.set(name, entering);
    return entering;
  }

  /** The play is over: everybody goes home. */
  async end(): Promise<void> {
    await Promise.all([...this.people.values()].map(async (one) => (await one).stop()));
  }
}

export class SocketStage implements Stage {
  private readonly town: Town;
  private readonly company: Company;

  constructor(town: Town, company: Company) {
    this.town = town;
    this.company = company;
  }

  async person(name: string): Promise<Actor> {
    const daemon = await this.company.enter(name);
    return actorOf(name, daemon, await textsOf(daemon));
  }

  until(what: string, done: () => Promise<boolean>, timeoutMs = PATIENCE): Promise<void> {
    return this.town.until(what, timeoutMs, done);
  }

  async pass(ms: number): Promise<void> {
    await sleep(ms / PACE);
  }

  async killRelay(role: 'mix' | 'edge', n: number): Promise<void> {
    await this.town.network.kill(this.relay(role, n));
  }

  async restartRelay(role: 'mix' | 'edge', n: number): Promise<void> {
    await this.town.network.run(this.relay(role, n));
  }

  private relay(role: 'mix' | 'edge', n: number): string {
    const name = this.town.network.names(role)[n];
    if (name === undefined) throw new RangeError(`no ${role} number ${n}`);
    return name;
  }
}

/** Ids of everything this person ever wrote or got. */
async function textsOf(daemon: DaemonProcess): Promise<ReadonlySet<string>> {
  const { contacts } = await daemon.api.call('contact.list', {});
  const pages = await Promise.all(contacts.map(({ id }) => allMessages(daemon, id)));
  return new Set(pages.flat().map(({ id }) => id));
}

/** @param before texts of earlier scenarios, which this one does not see */
function actorOf(name: string, daemon: DaemonProcess, before: ReadonlySet<string>): Actor {
  const call: DaemonProcess['api']['call'] = (method, params) => daemon.api.call(method, params);
  const invitations = async (): Promise<InvitationView[]> =>
    (await call('invite.list', {})).invitations;
  return {
    name,
    async status() {
      const { status } = await call('status', {});
      if (status === null) throw new Error(`${name} is locked`);
      return status;
    },
    async setLevel(level) {
      await call('level.set', { level, confirm: true });
    },
    async useWindow() {
      await call('window.heartbeat', { visible: true });
    },
    invite: (label) => call('invite.create', { label }),
    invitations,
    async revoke(id) {
      await call('invite.revoke', { id });
      const revoked = (await invitations()).find((one) => one.id === id);
      if (revoked === undefined) throw new Error('the revoked invitation is not listed');
      return revoked;
    },
    accept: (link, as) => call('invite.accept', { link, name: as }),
    contacts: async () => (await call('contact.list', {})).contacts,
    send: (contactId, text, clientId = crypto.randomUUID()) =>
      call('message.send', { contactId, text, clientId }),
    message: (id) => call('message.get', { id }),
    messages: async (contactId) =>
      (await allMessages(daemon, contactId)).filter(({ id }) => !before.has(id)),
    kill: () => daemon.kill(),
    restart: () => daemon.start(),
  };
}
