/**
 * Drives a person's client machine with the real world (docs/spec/11-api.md 6): one timer before
 * the machine's deadline, its effects carried out, what the network answers handed back. A slot's
 * frame is made a little ahead and written at its instant, so that how long the making took does
 * not show; all other work goes through `Turns`.
 */
import { AppError, Counters, type Millis } from '@tacet/base';
import type { CellJob, CellOutcome } from '@tacet/client';
import type { DownFrame } from '@tacet/wire';
import { Lateness } from './lateness.ts';
import { MAX_SLEEP, MAX_WAITING_FRAMES, SLOT_SPIN, STOP_PATIENCE } from './limits.ts';
import type { ClientEffect, Machine } from './machine.ts';
import { Pace } from './pace.ts';
import type { Dial, EdgeLink, Environment } from './ports.ts';
import { stopping } from './refusals.ts';
import { HOLD, Turns } from './turns.ts';

export interface RuntimeOptions<Job, Outcome> {
  readonly machine: Machine<Job, Outcome>;
  readonly environment: Environment;
  readonly dial: Dial;
  readonly runJob: (job: Job) => Promise<Outcome>;
  /** Work on the cells of files: it waits for the disk, beside everything else. */
  readonly runCells: (job: CellJob) => Promise<CellOutcome>;
  /** Something was added to the event log. */
  readonly onEvent: () => void;
  /** The machine cannot go on: its store is broken, or an invariant of ours is. */
  readonly onFailure: (error: unknown) => void;
}

export class Runtime<Job, Outcome> {
  readonly lateness = new Lateness();
  readonly turns: Turns;
  private readonly pace = new Pace();
  readonly counters = new Counters<'dialled' | 'dial-failed' | 'link-closed' | 'link-flood'>();
  clockSteps = 0;
  /** Without the machine it began with: that of a profile must not outlive it here. */
  private readonly options: Omit<RuntimeOptions<Job, Outcome>, 'machine'>;
  private machine: Machine<Job, Outcome>;
  private timer: NodeJS.Timeout | null = null;
  /** A frame is made and waits for its instant: nothing else may happen. */
  private holding = false;
  private link: EdgeLink | null = null;
  /** One that was left, whose last answers are still taken. */
  private lingering: { readonly link: EdgeLink; readonly timer: NodeJS.Timeout } | null = null;
  /** Counts dials and hang-ups; what belongs to an older count is ignored. */
  private generation = 0;
  private waitingFrames = 0;
  private readonly jobs: Job[] = [];
  private working: Promise<void> | null = null;
  /** Work on cells under way, one piece at a time. */
  private filing: Promise<void> | null = null;
  /** The next piece of it, while none is begun. */
  private cellJob: CellJob | null = null;
  private running = false;
  private stopping = false;
  /** Work waits for another machine, which has none of it. */
  private resting = false;

  constructor({ machine, ...options }: RuntimeOptions<Job, Outcome>) {
    this.options = options;
    this.machine = machine;
    const now = () => options.environment.clock.now();
    this.turns = new Turns(
      () => this.room(),
      (needs) => this.pace.guardFor(needs),
      now,
    );
    this.turns.onPiece = (took) => this.pace.work(took);
  }

  /** Ratchet jobs waiting or running. */
  get sessionQueue(): number {
    return this.jobs.length + (this.working === null ? 0 : 1);
  }

  start(): void {
    this.running = true;
    this.step((now) => this.machine.advance(now));
  }

  /** Runs a command on the machine in its turn, then does what it asks for. `needs`: see `Turns`. */
  command<T>(work: (now: Millis) => T, needs: Millis = 0): Promise<T> {
    return this.turns.run(() => {
      if (!this.running) throw stopping();
      try {
        return work(this.now());
      } finally {
        this.settle();
      }
    }, needs);
  }

  /** Ends the rhythm. Ratchet work under way is finished and saved first. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.stopping = true;
    this.jobs.length = 0;
    await this.workDone();
    this.halt();
  }

  /**
   * Another machine goes on with link and grid: no frame is left out, nothing is dialled. Work of the one
   * before is finished and saved first, as far as it does not take too long; none of what it asks for
   * later is done. Where `make` throws, the one before goes on.
   * @param make run between two frames, where `needs` are left
   */
  async swap(make: (now: Millis) => Machine<Job, Outcome>, needs: Millis): Promise<void> {
    this.resting = true;
    try {
      await this.workDone();
      await this.command((now) => {
        this.machine = make(now);
        this.jobs.length = 0;
        this.cellJob = null;
      }, needs);
    } finally {
      this.resting = false;
      this.resume();
    }
  }

  /** Of work under way, or not in time. */
  private async workDone(): Promise<void> {
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, STOP_PATIENCE);
    await Promise.race([Promise.all([this.working, this.filing]), patience.promise]);
    clearTimeout(timer);
  }

  private halt(): void {
    this.running = false;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.holding = false;
    this.hangUp();
    this.endLingering();
    // Whoever still waits for a turn is told that there are none any more.
    this.turns.afterSlot();
  }

  private now(): Millis {
    return this.options.environment.clock.now();
  }

  private room(): Millis {
    if (!this.running) return Number.POSITIVE_INFINITY;
    // A frame is ready: a write that begins now may still last when it should leave.
    if (this.holding || this.machine.holdsUntil() !== null) return HOLD;
    const deadline = this.machine.deadline();
    return deadline === null ? Number.POSITIVE_INFINITY : deadline - this.now();
  }

  // --- time ---

  private arm(): void {
    if (this.holding) return;
    const deadline = this.machine.deadline();
    const left = deadline === null ? MAX_SLEEP : deadline - this.now() - this.pace.lead;
    const wait = Math.min(MAX_SLEEP, Math.max(0, left));
    this.setTimer(wait, () => this.wake());
  }

  private setTimer(wait: Millis, work: () => void): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(work, Math.ceil(wait));
  }

  private wake(): void {
    if (!this.running) return;
    const stepped = this.options.environment.clock.check();
    if (stepped !== 0) this.afterClockStep(stepped);
    const due = this.machine.deadline();
    if (due === null || this.now() < due - this.pace.lead) this.arm();
    else this.slot(due, stepped === 0);
  }

  /** The machine is told the instant of the slot, which is a few milliseconds ahead. */
  private slot(due: Millis, measured: boolean): void {
    let effects: readonly ClientEffect<Job>[];
    const start = this.now();
    try {
      this.machine.advance(Math.max(this.now(), due));
      effects = this.machine.drain();
    } catch (error) {
      this.fail(error);
      return;
    }
    this.holding = true;
    const finish = () => this.finishSlot(effects, due, measured);
    const isSlot = effects.some(({ kind }) => kind === 'up');
    if (isSlot) this.pace.slot(due, this.now() - start);
    const left = due - this.now();
    if (left <= SLOT_SPIN || !isSlot) finish();
    else this.setTimer(left - SLOT_SPIN, finish);
  }

  private finishSlot(effects: readonly ClientEffect<Job>[], due: Millis, measured: boolean): void {
    this.holding = false;
    if (!this.running) return;
    for (const effect of effects) {
      if (effect.kind !== 'up' || this.link === null) continue;
      while (this.now() < due);
      this.link.send(effect.frame);
      if (measured) this.lateness.add(this.now() - due);
    }
    for (const effect of effects) if (effect.kind !== 'up') this.carryOut(effect);
    if (!this.running) return;
    this.arm();
    this.turns.afterSlot(effects.some(({ kind }) => kind === 'up'));
  }

  /** A clock that went back would leave every deadline in the future: begin a new grid. */
  private afterClockStep(step: Millis): void {
    this.clockSteps += 1;
    this.lateness.miss();
    if (step > 0) return;
    const had = this.link !== null;
    this.hangUp();
    // Told in any case: whatever it waits for lies in a future that is over.
    this.step((now) => (had ? this.machine.onLinkDown(now) : this.machine.advance(now)));
  }

  // --- the machine ---

  /** One input to the machine, then its effects. What it throws here nobody can mend. */
  private step(input: (now: Millis) => void): void {
    if (this.holding) {
      void this.turns.run(() => this.step(input));
      return;
    }
    if (!this.running) return;
    try {
      input(this.now());
      this.settle();
    } catch (error) {
      this.fail(error);
    }
  }

  private settle(): void {
    for (const effect of this.machine.drain()) this.carryOut(effect);
    if (!this.running) return;
    this.arm();
    // What waited for a frame that will not leave: the link is gone.
    this.turns.wake();
  }

  private carryOut(effect: ClientEffect<Job>): void {
    switch (effect.kind) {
      case 'up':
        this.link?.send(effect.frame);
        return;
      case 'dial':
        this.startDial(effect);
        return;
      case 'hangup':
        this.hangUp(effect.lingerMs);
        return;
      case 'event':
        this.options.onEvent();
        return;
      case 'fault':
        this.options.environment.log.error(effect.code, effect.error);
        return;
      case 'session':
        if (this.stopping) return;
        this.jobs.push(effect.job);
        this.resume();
        return;
      case 'cells':
        if (this.stopping) return;
        this.cellJob = effect.job;
        this.resume();
    }
  }

  private fail(error: unknown): void {
    this.halt();
    this.options.onFailure(error);
  }

  // --- the link ---

  private startDial(target: Extract<ClientEffect<Job>, { kind: 'dial' }>): void {
    this.hangUp();
    const generation = this.generation;
    const { address, relay, hello, socks } = target;
    this.counters.add('dialled');
    this.options.dial({ address, relay, hello, socks }).then(
      (link) => {
        if (generation === this.generation) this.takeLink(link, generation);
        else link.close();
      },
      (error: unknown) => {
        if (generation !== this.generation) return;
        this.counters.add('dial-failed');
        this.options.environment.log.warn(codeOf(error));
        this.step((now) => this.machine.onLinkDown(now));
      },
    );
  }

  private takeLink(link: EdgeLink, generation: number): void {
    const current = () => this.running && generation === this.generation;
    const heard = () => current() || (this.running && this.lingering?.link === link);
    this.link = link;
    link.onDown((frame) => {
      if (heard()) this.receive(link, frame, heard);
    });
    link.onClose(() => {
      if (this.lingering?.link === link) this.endLingering();
      if (!current()) return;
      this.counters.add('link-closed');
      this.hangUp();
      this.step((now) => this.machine.onLinkDown(now));
    });
    this.step((now) => this.machine.onLinkUp(link.welcome, now));
  }

  private receive(link: EdgeLink, frame: DownFrame, heard: () => boolean): void {
    if (this.waitingFrames >= MAX_WAITING_FRAMES) {
      this.counters.add('link-flood');
      this.options.environment.log.warn('link-flood');
      link.close();
      return;
    }
    this.waitingFrames += 1;
    void this.turns.run(() => {
      this.waitingFrames -= 1;
      if (heard()) this.step((now) => this.machine.onDown(frame, now));
    });
  }

  private hangUp(lingerMs: Millis = 0): void {
    this.generation += 1;
    const link = this.link;
    this.link = null;
    if (link === null) return;
    if (lingerMs === 0) {
      link.close();
      return;
    }
    // One at a time, whatever the machine does.
    this.endLingering();
    this.lingering = { link, timer: setTimeout(() => this.endLingering(), lingerMs) };
  }

  private endLingering(): void {
    const { lingering } = this;
    this.lingering = null;
    if (lingering === null) return;
    clearTimeout(lingering.timer);
    lingering.link.close();
  }

  // --- ratchet work: one at a time, in order ---

  private resume(): void {
    if (this.resting || !this.running) return;
    if (this.jobs.length > 0) this.working ??= this.work();
    const { cellJob } = this;
    this.cellJob = null;
    if (cellJob !== null) this.filing = this.workOnCells(cellJob);
  }

  private async work(): Promise<void> {
    while (this.running && !this.resting) {
      const job = this.jobs.shift();
      if (job === undefined) break;
      await this.workFor(async (machine) => {
        const outcome = await this.turns.run(() => this.options.runJob(job));
        return (now) => machine.onSession(job, outcome, now);
      });
    }
    this.working = null;
  }

  /** What comes of work goes to the machine that asked for it, and nowhere when that one is gone. */
  private async workFor(
    begin: (machine: Machine<Job, Outcome>) => Promise<(now: Millis) => void>,
  ): Promise<void> {
    const { machine } = this;
    const isItsOwn = (): boolean => this.running && machine === this.machine;
    try {
      const done = await begin(machine);
      await this.turns.run(() => {
        if (isItsOwn()) this.step(done);
      });
    } catch (error) {
      if (machine === this.machine) this.fail(error);
    }
  }

  // --- cells of files: the machine asks for one piece at a time ---

  private async workOnCells(job: CellJob): Promise<void> {
    await this.workFor(async (machine) => {
      const outcome = await this.options.runCells(job);
      return (now) => machine.onCells(job, outcome, now);
    });
  }
}

function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : 'link-failed';
}
