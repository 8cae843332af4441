/**
 * One person's daemon: its states, who may call what in each, and the ways between them: `none` ->
 * `locked` -> `open` <-> `window-locked` -> `full-locked` -> `open`; `failed` is left by a restart only.
 */
import {
  API_VERSION,
  checkParams,
  type DaemonStatus,
  isMethod,
  type MethodName,
  type ParamsOf,
  type ProfileStatus,
  type TokenView,
} from '@tacet/api';
import { AppError, isAppError, type Millis, Sensitive } from '@tacet/base';
import { cleanName, type FileCells } from '@tacet/client';
import { Admission, apart, checkContact, checkScope, withoutOthers } from './admission.ts';
import { removeCopy } from './backup/copy.ts';
import type { Progress } from './backup/keeper.ts';
import type { Found } from './backup/protocol.ts';
import type { Watcher } from './backup/recover.ts';
import { addDuress, addProfile, type Beside } from './beside.ts';
import type { Caller, DaemonCore } from './core.ts';
import { debugOf } from './debug.ts';
import { EventHub } from './event-hub.ts';
import { type Covered, forgetFreed, handToCover, turnsOf } from './full-lock.ts';
import { PassphraseGate } from './gate.ts';
import { IdleLock } from './idle-lock.ts';
import { makeKeepers } from './keepers.ts';
import { CHECKPOINT_EVERY, LOCK_ROOM, LOCK_STEP } from './limits.ts';
import { handlers } from './methods.ts';
import type { InTurn, KeychainLeft, Opened, ProfileSecret } from './ports.ts';
import { Presence } from './presence.ts';
import { locked, passphraseWrong, profileMissing, secretOf, stopping } from './refusals.ts';
import { Runtime } from './runtime.ts';
import type { OwnMethod, Scene } from './scene.ts';
import type { PersonMachine, ServiceOptions } from './service-options.ts';
import { type EventListener, subscribe } from './subscribe.ts';

interface Inhabited<Store, Job, Outcome> extends Scene {
  readonly store: Store;
  readonly person: PersonMachine<Job, Outcome>;
  readonly runtime: Runtime<Job, Outcome>;
  readonly timer: NodeJS.Timeout;
}

export class Daemon<Store extends Opened, Job, Outcome> implements DaemonCore {
  private readonly options: ServiceOptions<Store, Job, Outcome>;
  private readonly hub = new EventHub();
  private readonly admission = new Admission();
  private readonly lockListeners = new Set<() => void>();
  private readonly startedAt: Millis;
  private inside: Inhabited<Store, Job, Outcome> | null = null;
  private windowLocked = false;
  /** Fully locked, and the rhythm goes on. */
  private covered: Covered<Job, Outcome> | null = null;
  private readonly idle = new IdleLock(
    () => this.now(),
    () => this.lockWindows(),
  );
  private readonly gate = new PassphraseGate('passphrase-wait', 2);
  private opensWith: ProfileSecret['kind'] | null = null;
  private failure: AppError | null = null;
  /** Of a backup that is tested or restored. */
  private progress: Progress | null = null;
  /** Opening, creating and verifying happen one after another: each takes 256 MiB. */
  private opening: Promise<unknown> = Promise.resolve();
  private stopping = false;
  /** Tests and restores of backups end with the daemon. */
  private readonly ending = new AbortController();
  private testing: Promise<unknown> = Promise.resolve();

  readonly events = {
    subscribe: (cursor: number, listener: EventListener) => subscribe(this, cursor, listener),
  };

  constructor(options: ServiceOptions<Store, Job, Outcome>) {
    this.options = options;
    this.startedAt = options.environment.clock.now();
  }

  async call(method: string, params: unknown, caller: Caller): Promise<unknown> {
    if (!isMethod(method)) {
      throw new AppError('method-unknown', 'usage', 'there is no such method');
    }
    const rights = this.rightsOf(method, params, caller);
    const checked = checkParams(method, params);
    if (this.stopping) throw stopping();
    if (isOwn(method)) return await this.own(method, checked);
    const scene = this.openScene();
    this.idle.heard(method, checked, caller);
    const handler = handlers[method] as (
      scene: Scene,
      params: ParamsOf<MethodName>,
      caller: Caller,
    ) => Promise<unknown>;
    const own = apart(checked, caller);
    if (rights === null) return await handler(scene, own, caller);
    const { id, contacts } = rights;
    const allowed = checkContact(scene.person, method, own, rights);
    const answer = await handler(scene, allowed, { ...caller, token: { id, contacts } });
    // It may have been revoked, or have expired, while the call waited.
    this.admission.grant(scene.person, id, this.now());
    return withoutOthers(answer, contacts);
  }

  /** Null for the owner. A token counts only while its profile is open. */
  private rightsOf(method: MethodName, params: unknown, { token }: Caller): TokenView | null {
    if (token === undefined) return null;
    const rights = this.admission.grant(this.openScene().person, token.id, this.now());
    this.admission.spend(token.id, this.now());
    checkScope(method, params, rights);
    return rights;
  }

  onTokenEnd(id: string, listener: () => void): () => void {
    return this.admission.onEnd(id, listener);
  }

  private now(): Millis {
    return this.options.environment.clock.now();
  }

  onLock(listener: () => void): () => void {
    this.lockListeners.add(listener);
    return () => void this.lockListeners.delete(listener);
  }

  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    this.ending.abort();
    this.endWindows();
    await Promise.all([this.opening.catch(() => {}), this.testing]);
    await this.leave({ save: true });
  }

  // --- state ---

  private state(): DaemonStatus['state'] {
    if (this.failure !== null) return 'failed';
    if (this.inside !== null) return this.windowLocked ? 'window-locked' : 'open';
    if (this.covered !== null) return 'full-locked';
    return this.options.vault.exists() ? 'locked' : 'none';
  }

  private openScene(): Inhabited<Store, Job, Outcome> {
    const state = this.state();
    if (state === 'open' && this.inside !== null) return this.inside;
    if (this.failure !== null) throw this.failure;
    if (state === 'none') throw profileMissing();
    throw locked();
  }

  private own<M extends OwnMethod>(method: M, params: ParamsOf<M>): Promise<unknown>;
  private async own(method: OwnMethod, params: Record<string, unknown>): Promise<unknown> {
    switch (method) {
      case 'status':
        return this.status();
      case 'profile.create':
        return await this.alone(() => this.create(params));
      case 'profile.unlock':
        return await this.alone(() => this.unlock(params));
      case 'profile.lock':
        this.lockWindows();
        if (params['full'] === true) await this.alone(() => this.lockFully());
        return {};
      case 'profile.reseal':
        await this.alone(() => this.reseal(params as ParamsOf<'profile.reseal'>));
        return {};
      case 'vault.add':
        return await this.beside((one) => addProfile(one, params as ParamsOf<'vault.add'>));
      case 'vault.duress':
        return await this.beside((one) => addDuress(one, params as ParamsOf<'vault.duress'>));
      case 'profile.wipe':
        return await this.wipe();
      case 'profile.salvage': {
        const { salvageInto } = await import('./backup/salvage.ts');
        const make = salvageInto(this.options.vault, params, this.now());
        return await this.alone(() => this.anew(params, make));
      }
      case 'backup.test':
        return await this.testBackup(params as ParamsOf<'backup.test'>);
      case 'backup.restore':
        return await this.alone(() => this.restore(params as ParamsOf<'backup.restore'>));
      case 'window.open': {
        const door = this.options.window();
        if (door === null) throw new AppError('window-missing', 'state', 'there is no window here');
        return door.open();
      }
      case 'daemon.stop':
        setImmediate(this.options.onStop);
        return {};
    }
  }

  private status(): DaemonStatus {
    const { handle, version } = this.options;
    const state = this.state();
    const scene = this.inside;
    const now = this.now();
    return {
      version,
      api: API_VERSION,
      pid: process.pid,
      handle,
      state,
      reason: this.failure?.code ?? null,
      startedAt: this.startedAt,
      status: state === 'open' && scene !== null ? scene.person.status(now) : null,
      window: this.options.window()?.address ?? null,
      wrongSecrets: this.gate.wrong,
      opensWith: this.opensWith,
      backup: this.progress ?? scene?.keepers.backups.progress ?? null,
      debug: debugOf((scene ?? this.covered)?.runtime, scene?.person.counters()),
    };
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const run = this.opening.then(work, work);
    this.opening = run.catch(() => {});
    return run;
  }

  // --- from one state to the next ---

  private async create(params: Record<string, unknown>): Promise<ProfileStatus> {
    if (this.state() !== 'none') {
      throw new AppError('profile-exists', 'state', 'there is a profile here already');
    }
    const { vault, prepare } = this.options;
    // Before anything is made: neither files nor a keychain's entry for a name that is refused.
    const name = cleanName(String(params['name']));
    const secret = secretOf(params);
    const store = await vault.create(secret);
    try {
      await prepare(store, name);
    } catch (error) {
      store.close();
      vault.discard();
      throw error;
    }
    this.opensWith = secret.kind;
    return this.enter(store);
  }

  private async unlock(params: Record<string, unknown>): Promise<ProfileStatus> {
    const secret = secretOf(params);
    const state = this.state();
    if (state === 'none') throw profileMissing();
    if (this.failure !== null) throw this.failure;
    return await this.checking(async () => {
      const { inside, covered } = this;
      if (covered !== null) return await this.comeBack(covered, secret);
      if (inside === null) return await this.enter(await this.open(secret));
      const opens = await inside.store.opens(secret);
      if (opens === 'nothing') throw passphraseWrong();
      if (opens === 'another') return await this.change(secret);
      this.windowLocked = false;
      this.idle.set(inside.person.lockAfter);
      return inside.person.status(this.now());
    });
  }

  /** From one profile of the vault to another, on the link that stands. No window that shows the one shows the other. */
  private async change(secret: ProfileSecret): Promise<ProfileStatus> {
    this.lockWindows();
    await this.lockFully();
    if (this.covered === null) throw locked();
    return await this.comeBack(this.covered, secret);
  }

  private async open(secret: ProfileSecret, inTurn?: InTurn): Promise<Store> {
    const store = await this.options.vault.open(secret, inTurn);
    this.opensWith = secret.kind;
    return store;
  }

  private async beside(work: (beside: Beside) => Promise<void>): Promise<object> {
    const one = () => ({ store: this.openScene().store, fill: this.options.fill });
    await this.alone(() => this.checking(() => work(one())));
    return {};
  }

  private checking<T>(work: () => Promise<T>): Promise<T> {
    return this.gate.pass(() => this.now(), work);
  }

  /** From a full lock, on the link that stands. What fails leaves it locked. */
  private async comeBack(
    { runtime, machine, close }: Covered<Job, Outcome>,
    secret: ProfileSecret,
  ): Promise<ProfileStatus> {
    const inTurn = turnsOf(runtime, LOCK_ROOM);
    const store = await this.open(secret, inTurn);
    const { promise, resolve } = Promise.withResolvers<ProfileStatus>();
    try {
      await runtime.swap((now) => {
        const person = this.options.openPerson(store, now, machine.handOver(now));
        resolve(person.status(now));
        this.live(store, person, runtime);
        return person;
      }, LOCK_ROOM);
    } catch (error) {
      if (this.inside?.store !== store) store.close();
      throw error;
    }
    await inTurn(close);
    return await promise;
  }

  /** Windows are locked already, and stay so where this fails. */
  private async lockFully(): Promise<void> {
    const runtime = await this.cover();
    if (runtime !== null) await forgetFreed(runtime, this.options);
  }

  /**
   * The link goes to a machine of nobody. Null: nothing was open. A call of its own: what one that waits has in
   * its variables is alive, and nothing of the profile may be while what it left is collected.
   */
  private async cover(): Promise<Runtime<Job, Outcome> | null> {
    const scene = this.inside;
    if (scene === null) return null;
    const { runtime } = scene;
    const seat = await this.options.prepareCover(turnsOf(runtime, LOCK_STEP));
    clearInterval(scene.timer);
    await scene.keepers.stop();
    try {
      await handToCover(scene, seat, this.options.environment.log, (covered) => {
        this.covered = covered;
        this.inside = null;
      });
    } catch (error) {
      seat.close();
      this.fail(error);
      throw error;
    }
    return runtime;
  }

  private async testBackup({ folder, phrase }: ParamsOf<'backup.test'>): Promise<Found> {
    // By its own way, or where this profile's backups go.
    const place = folder ?? (await this.openScene().keepers.backups.folder());
    const { dir } = this.options;
    const { rootFor, testBackup } = await import('./backup/recover.ts');
    const root = await rootFor(place, new Sensitive(phrase), (work) => this.alone(work));
    // One after another, but nobody who unlocks waits for them.
    const run = this.testing.then(() =>
      this.watching((watcher) => testBackup(dir, { folder: place, root }, watcher)),
    );
    this.testing = run.catch(() => {});
    return await run;
  }

  /** Where there is none, from elsewhere. */
  private async anew<T>(
    params: Record<string, unknown>,
    make: (secret: ProfileSecret) => Promise<T>,
  ): Promise<{ readonly status: ProfileStatus; readonly contents: T }> {
    const secret = secretOf(params);
    if (this.state() !== 'none') {
      throw new AppError('profile-exists', 'state', 'there is a profile here already');
    }
    const contents = await make(secret);
    return { status: await this.enter(await this.open(secret)), contents };
  }

  private async restore({ folder, phrase, ...rest }: ParamsOf<'backup.restore'>): Promise<object> {
    const { restoreBackup } = await import('./backup/recover.ts');
    const from = { folder, phrase: new Sensitive(phrase) };
    const { vault } = this.options;
    return await this.anew(rest, (secret) =>
      this.watching((watcher) => restoreBackup(vault, from, secret, this.now(), watcher)),
    );
  }

  private async watching<T>(work: (watcher: Watcher) => Promise<T>): Promise<T> {
    const tell = (progress: Progress): void => {
      this.progress = progress;
    };
    try {
      return await work({ tell, signal: this.ending.signal });
    } finally {
      this.progress = null;
    }
  }

  private async reseal({ current, next }: ParamsOf<'profile.reseal'>): Promise<void> {
    const { store } = this.openScene();
    const secret = secretOf(next);
    await this.checking(() => store.reseal(secretOf(current), secret));
    this.opensWith = secret.kind;
  }

  /** The key first, whatever else is under way; the process ends after it, and its memory with it. */
  private async wipe(): Promise<{ keychain: KeychainLeft }> {
    const { vault, onStop } = this.options;
    if (this.state() === 'none') throw profileMissing();
    let failure: unknown = null;
    try {
      vault.erase();
    } catch (error) {
      failure = error;
    }
    this.stopping = true;
    this.ending.abort();
    this.endWindows();
    try {
      await Promise.all([this.opening.catch(() => {}), this.testing]);
      await this.leave({ save: false });
      const keychain = await vault.remove();
      removeCopy(this.options.dir);
      // Removed all the same, and said: on this disk the key may still be found.
      if (failure !== null) throw failure;
      return { keychain };
    } finally {
      setImmediate(onStop);
    }
  }

  private async enter(store: Store): Promise<ProfileStatus> {
    const { environment, openPerson, dial, runJob } = this.options;
    try {
      const person = openPerson(store, this.now(), null);
      const runtime = new Runtime<Job, Outcome>({
        machine: person,
        environment,
        dial,
        runJob,
        runCells: async (job) => await job.run(await this.cells()),
        onEvent: () => this.hub.notify(),
        onFailure: (error) => this.fail(error),
      });
      this.live(store, person, runtime);
      runtime.start();
      return person.status(this.now());
    } catch (error) {
      // A rhythm that began must not go on over a store that is closed.
      if (this.inside === null) store.close();
      else await this.leave({ save: false });
      throw error;
    }
  }

  private async cells(): Promise<FileCells> {
    if (this.inside === null) throw locked();
    return await this.inside.store.cells();
  }

  /** The profile is open from here on. */
  private live(
    store: Store,
    person: PersonMachine<Job, Outcome>,
    runtime: Runtime<Job, Outcome>,
  ): void {
    const { hub, admission } = this;
    const { pictures, dir, environment } = this.options;
    const { rng, log } = environment;
    // Calls that began before a full lock, or before the end, find nothing of what they began with.
    const turn = <T>(work: (now: Millis) => T, needs?: Millis): Promise<T> =>
      runtime.command((now) => {
        if (this.inside?.store !== store) throw this.stopping ? stopping() : locked();
        return work(now);
      }, needs);
    const timer = setInterval(() => this.tend(), CHECKPOINT_EVERY);
    timer.unref();
    const keepers = makeKeepers(store, { dir, rng, log, plans: person.backups, turn });
    this.inside = {
      store,
      person,
      runtime,
      presence: new Presence(),
      idle: this.idle,
      timer,
      hub,
      admission,
      pictures,
      keepers,
      cells: () => store.cells(),
      turn,
    };
    this.covered = null;
    this.windowLocked = false;
    this.idle.set(person.lockAfter);
    store
      .checked()
      .then(() => keepers.rolling.begin())
      .catch((error: unknown) => {
        if (this.inside?.store === store) this.fail(error);
      });
  }

  private lockWindows(): void {
    if (this.inside === null) return;
    this.windowLocked = true;
    this.idle.stop();
    this.endWindows();
  }

  private endWindows(): void {
    this.hub.lock();
    for (const listener of [...this.lockListeners]) listener();
    const scene = this.inside;
    if (scene === null) return;
    scene.presence.clear();
    scene.turn((now) => scene.person.setWindowInUse(false, now)).catch(() => {});
  }

  /** Now and then: deleted rows leave the disk, windows that went away no longer count. */
  private tend(): void {
    const scene = this.inside;
    if (scene === null) return;
    scene
      .turn((now) => {
        scene.person.setWindowInUse(scene.presence.inUse(now), now);
        scene.store.checkpoint();
      })
      .then(() => scene.keepers.tend())
      .catch((error: unknown) => {
        if (this.inside === scene) this.fail(error);
      });
  }

  private async leave({ save }: { readonly save: boolean }): Promise<void> {
    const { inside: scene, covered } = this;
    this.covered = null;
    this.idle.stop();
    if (covered !== null) {
      await covered.runtime.stop();
      covered.close();
    }
    if (scene === null) return;
    this.inside = null;
    clearInterval(scene.timer);
    await scene.keepers.stop();
    await scene.runtime.stop();
    try {
      if (!save) return;
      scene.person.levels.rest(this.options.environment.clock.now());
      scene.store.checkpoint();
    } finally {
      scene.store.close();
    }
  }

  private fail(error: unknown): void {
    if (this.failure !== null || this.stopping) return;
    this.failure = isAppError(error)
      ? error
      : new AppError(
          'internal',
          'bug',
          'something unexpected ended this profile until it is started again',
        );
    this.options.environment.log.error(this.failure.code, error);
    this.endWindows();
    void this.leave({ save: true }).catch(() => {});
  }
}

function isOwn(method: MethodName): method is OwnMethod {
  return !(method in handlers);
}
