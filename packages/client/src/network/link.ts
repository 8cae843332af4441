/**
 * The link to the own edge as a state machine: dials with jittered backoff, runs the grid while
 * the link is up, asks the planner what each slot carries, hands replies to the tracker. It knows
 * nothing of what requests mean.
 */
import { AppError, equalBytes, type Millis, type Rng, randomBetween, SECOND } from '@tacet/base';
import type { Parameters } from '@tacet/directory';
import { GEOMETRY, type PacketBuilder, type Path } from '@tacet/onion';
import { type DownFrame, encodeRequest, type Hello, type UpFrame, type Welcome } from '@tacet/wire';
import { ExtraSlots } from '../rhythm/extra-slots.ts';
import { Grid } from '../rhythm/grid.ts';
import type { OwnLoops } from '../rhythm/own-loops.ts';
import type { Plan } from '../rhythm/plan.ts';
import type { Planner } from '../rhythm/planner.ts';
import type { Door } from './doors.ts';
import type { Guard } from './guard.ts';
import type { Current, Network } from './network.ts';
import type { RequestTracker } from './requests.ts';
import { requestTimeout } from './timeout.ts';

const FIRST_BACKOFF: Millis = 500;
/**
 * A slot's frame is ready this long before it leaves (at most a quarter of the period): choosing,
 * building and saving take as long as they take, and none of it may show in the instant.
 */
const LEAD: Millis = 40;
const LONGEST_BACKOFF: Millis = 60 * SECOND;
/** An edge that is left for another is listened to for so long: its answers are on their way. */
const LINGER: Millis = 30 * SECOND;

export type LinkEffect =
  | { readonly kind: 'dial'; readonly door: Door; readonly hello: Hello }
  /** The link ends after so long; until then nothing is sent on it, and what comes is taken. */
  | { readonly kind: 'hangup'; readonly lingerMs: Millis }
  | { readonly kind: 'up'; readonly frame: UpFrame };

type State =
  | { readonly kind: 'off' }
  | { readonly kind: 'waiting'; readonly until: Millis }
  | { readonly kind: 'dialing'; readonly door: Door }
  | Up;

interface Up {
  readonly kind: 'up';
  readonly door: Door;
  readonly handle: Uint8Array;
  readonly grid: Grid;
  /** By the account of what the edge was told last. */
  readonly extras: ExtraSlots;
  /** Whose document was seen to list the edge. */
  reached: Current | null;
}

export interface LinkDeps {
  readonly rng: Rng;
  readonly network: () => Network | null;
  readonly guard: Guard;
  readonly planner: Planner;
  readonly loops: OwnLoops;
  readonly requests: RequestTracker;
  readonly builder: PacketBuilder;
  /** Wanted now, each T or the in-use period: what the edge is told, and that of the grid. */
  readonly rates: (current: Current | null) => { readonly told: Millis; readonly grid: Millis };
  /** What is urgent may leave beside the grid. */
  readonly fast: () => boolean;
  /** Of the last input. */
  readonly now: () => Millis;
  readonly emit: (effect: LinkEffect) => void;
  /** Work of ours that may fail, and nothing else with it: false when it did. */
  readonly contain: (now: Millis, work: () => void) => boolean;
  /** Null where nobody measures. */
  readonly onRequest: ((facts: RequestFacts) => void) | null;
}

/**
 * What a request was made of, told before its frame leaves. Only for measurements of delivery on
 * a network of one's own (docs/dev/measuring.md): no program that is shipped asks for it.
 */
export interface RequestFacts {
  readonly plan: Plan;
  /** The instant of its slot. */
  readonly slot: Millis;
  readonly frame: Uint8Array;
  readonly replyId: Uint8Array;
  /** Drawn delays in the order of the hops: three mixes, then the edge. */
  readonly out: readonly Millis[];
  readonly back: readonly Millis[];
}

/** A link as it stands between two frames. */
export interface LinkHandover {
  readonly state: State;
  readonly backoff: Millis;
  readonly last: { readonly door: Door; readonly handle: Uint8Array } | null;
  readonly announced: Millis;
  readonly firstGrid: Millis;
}

interface Prepared {
  readonly frame: UpFrame;
  /** The period of the grid from this slot on, when it changes. */
  readonly period: Millis | null;
  /** When it leaves, if beside the grid. */
  readonly extraAt: Millis | null;
}

export class Link {
  private readonly d: LinkDeps;
  private state: State = { kind: 'off' };
  private backoff = FIRST_BACKOFF;
  /** Named to the edge that gave it, and to no other. */
  private last: { readonly door: Door; readonly handle: Uint8Array } | null = null;
  private announced: Millis = 0;
  private firstGrid: Millis = 0;
  /** Nothing leaves beside the grid before this slot: what seemed urgent was not. */
  private noExtraBefore: Millis = 0;
  private prepared: Prepared | null = null;

  constructor(deps: LinkDeps) {
    this.d = deps;
  }

  get kind(): State['kind'] {
    return this.state.kind;
  }

  get door(): Door | null {
    return this.state.kind === 'up' || this.state.kind === 'dialing' ? this.state.door : null;
  }

  get nextSlot(): Millis | null {
    return this.state.kind === 'up' ? this.state.grid.nextAt : null;
  }

  /** When the frame that is ready leaves; null while none is. */
  get holdsUntil(): Millis | null {
    if (this.state.kind !== 'up' || this.prepared === null) return null;
    return this.prepared.extraAt ?? this.state.grid.nextAt;
  }

  get deadline(): Millis | null {
    if (this.state.kind === 'waiting') return this.state.until;
    if (this.state.kind !== 'up') return null;
    const { grid } = this.state;
    if (this.prepared !== null) return this.prepared.extraAt ?? grid.nextAt;
    const now = this.d.now();
    const extra = this.extraAt(this.state, now);
    const slot = grid.nextAt - lead(grid);
    return extra === null ? slot : Math.min(slot, Math.max(now, extra - LEAD));
  }

  /** When something that waits may leave beside the grid. */
  private extraAt({ grid, extras }: Up, now: Millis): Millis | null {
    if (!this.d.fast() || this.d.requests.unanswered || now < this.noExtraBefore) return null;
    const current = this.d.network()?.current(now) ?? null;
    // Not before the edge was told of the quicker period.
    if (current === null || this.announced !== this.d.rates(current).told) return null;
    const at = extras.next(now + LEAD, grid.nextAt - lead(grid));
    if (at === null) return null;
    return this.tried(now, () => this.d.planner.urgentWaits(now)) === true ? at : null;
  }

  /** Throws `handover-frame` while a frame is ready: it would be lost, and its slot empty. */
  handOver(): LinkHandover {
    if (this.prepared !== null) {
      throw new AppError('handover-frame', 'bug', 'a link was handed over with a frame ready');
    }
    const { state, backoff, last, announced, firstGrid } = this;
    return { state, backoff, last, announced, firstGrid };
  }

  /** Goes on with it: the same grid, whoever drew it; nothing is dialled. */
  takeOver({ state, backoff, last, announced, firstGrid }: LinkHandover): void {
    // A document of the other client's is none of this one's: looked at anew with the next slot.
    this.state = state.kind === 'up' ? { ...state, reached: null } : state;
    this.backoff = backoff;
    this.last = last;
    this.announced = announced;
    this.firstGrid = firstGrid;
    this.noExtraBefore = 0;
  }

  /** Begins dialling as soon as the network is known. */
  start(now: Millis): void {
    if (this.state.kind === 'off') this.state = { kind: 'waiting', until: now };
  }

  advance(now: Millis): void {
    if (this.state.kind === 'waiting' && this.state.until <= now) {
      const until = now + LONGEST_BACKOFF;
      if (!this.d.contain(now, () => this.dial(now))) this.state = { kind: 'waiting', until };
    }
    if (this.state.kind !== 'up') return;
    const { state } = this;
    const { grid } = state;
    if (this.prepared === null && now >= grid.nextAt - lead(grid)) {
      if (this.tried(now, () => this.leaves(state, now)) === true) return;
      const slot = Math.max(now, grid.nextAt);
      // Whatever fails here, a frame leaves in its slot.
      this.prepared =
        this.tried(now, () => this.prepare(state, slot, now)) ?? packet(this.filler());
    }
    if (this.prepared === null) this.prepared = this.extra(state, now);
    if (this.prepared === null) return;
    const { extraAt } = this.prepared;
    if (extraAt === null ? grid.take(now) : now >= extraAt) this.leave(state, this.prepared, now);
  }

  /** One slot: exactly one frame leaves, whatever it carries. In Fast some leave beside them. */
  private leave({ grid, extras }: Up, { frame, period }: Prepared, now: Millis): void {
    this.prepared = null;
    if (period !== null) grid.setPeriod(period);
    if (frame.kind === 'rate' && this.state.kind === 'up') {
      this.state = { ...this.state, extras: new ExtraSlots(frame.slotMs, now) };
    } else extras.left(now);
    this.d.emit({ kind: 'up', frame });
  }

  /** Null, too, when it fails. */
  private tried<T>(now: Millis, work: () => T): T | null {
    const done: T[] = [];
    this.d.contain(now, () => void done.push(work()));
    return done[0] ?? null;
  }

  private leaves(state: Up, now: Millis): boolean {
    return this.leaveEdge(state, now) || this.leaveDoor(state.door, now);
  }

  /** What fails is not tried again before the next slot. */
  private extra(state: Up, now: Millis): Prepared | null {
    let made: Prepared | null = null;
    const work = (): void => {
      made = this.prepareExtra(state, now);
    };
    if (!this.d.contain(now, work)) this.noExtraBefore = state.grid.nextAt;
    return made;
  }

  private prepareExtra(state: Up, now: Millis): Prepared | null {
    const at = this.extraAt(state, now);
    if (at === null || at - LEAD > now) return null;
    const network = this.d.network();
    const current = network?.current(now) ?? null;
    const plan = this.d.planner.urgent(now);
    if (network === null || current === null || plan === null) {
      this.noExtraBefore = state.grid.nextAt;
      return null;
    }
    if (!network.reaches(current, plan.edge)) {
      plan.settle(null, now);
      return null;
    }
    const frame = this.request(network, current, plan, state, at);
    return { ...packet(frame), extraAt: at };
  }

  private dial(now: Millis): void {
    const network = this.d.network();
    const door = network === null ? null : this.d.guard.door(network, now);
    if (network === null || door === null) {
      this.state = { kind: 'waiting', until: now + LONGEST_BACKOFF };
      return;
    }
    const { told, grid } = this.d.rates(network.current(now));
    this.announced = told;
    this.firstGrid = grid;
    this.state = { kind: 'dialing', door };
    const hello: Hello = {
      joinSecret: network.card.joinSecret,
      resume: this.handleAt(door),
      // The edge decides for who does not know the network's periods yet (03-links.md 3).
      slotMs: network.book.newest() === null ? 0 : told,
    };
    this.d.emit({ kind: 'dial', door, hello });
  }

  onUp(welcome: Welcome, now: Millis): void {
    if (this.state.kind !== 'dialing') return;
    this.backoff = FIRST_BACKOFF;
    const { door } = this.state;
    this.d.guard.up(door, now);
    this.last = { door, handle: welcome.handle };
    const grid = new Grid(this.d.rng, this.firstGrid, now);
    this.prepared = null;
    this.noExtraBefore = 0;
    this.d.requests.hopeful();
    const extras = new ExtraSlots(this.announced, now);
    const { handle } = welcome;
    this.state = { kind: 'up', door, handle, grid, extras, reached: null };
  }

  private handleAt(door: Door): Uint8Array {
    const same = this.last !== null && equalBytes(this.last.door.relay, door.relay);
    return same && this.last !== null ? this.last.handle : new Uint8Array(8);
  }

  /**
   * The first document names the network's periods: the grid begins with the one at which the edge
   * serves newcomers, at a phase of its own; another one is announced in the first slot.
   */
  onFirstDocument({ inUseSlotMs }: Pick<Parameters, 'inUseSlotMs'>, now: Millis): void {
    if (this.state.kind !== 'up') return;
    this.prepared = null;
    this.announced = inUseSlotMs;
    const grid = new Grid(this.d.rng, inUseSlotMs, now);
    this.state = { ...this.state, grid, extras: new ExtraSlots(inUseSlotMs, now) };
  }

  /** The clock was set back by so much: a pause must not last until the old time comes again. */
  setBack(by: Millis): void {
    if (this.state.kind === 'waiting') this.state = { ...this.state, until: this.state.until - by };
  }

  onDown(now: Millis): void {
    if (this.state.kind === 'off') return;
    const { door } = this;
    this.prepared = null;
    const soon = door !== null && this.d.guard.down(door, now);
    this.pause(soon ? FIRST_BACKOFF : this.backoff, now);
    if (!soon) this.backoff = Math.min(LONGEST_BACKOFF, this.backoff * 2);
  }

  private pause(mean: Millis, now: Millis): void {
    this.state = { kind: 'waiting', until: now + randomBetween(this.d.rng, 0.5, 1.5) * mean };
  }

  /** Another way to the network was chosen: whatever stands or is being dialled ends. */
  redial(now: Millis, lingerMs: Millis = 0): void {
    if (this.state.kind === 'off') return;
    if (this.state.kind !== 'waiting') this.d.emit({ kind: 'hangup', lingerMs });
    this.prepared = null;
    this.pause(FIRST_BACKOFF, now);
  }

  /** Another network was joined: nothing of the way to the last one counts any more. */
  anew(now: Millis): void {
    this.last = null;
    this.backoff = FIRST_BACKOFF;
    this.redial(now);
  }

  /** True when the link was given up for another edge. */
  private leaveDoor(door: Door, now: Millis): boolean {
    const network = this.d.network();
    if (network === null || !this.d.guard.shouldLeave(door, network, now)) return false;
    this.redial(now, LINGER);
    return true;
  }

  /** Another document or card: the door may have changed; the link goes on. */
  hangup(): void {
    if (this.state.kind === 'up' || this.state.kind === 'dialing') {
      this.d.emit({ kind: 'hangup', lingerMs: 0 });
    }
    this.state = { kind: 'off' };
  }

  onBroadcast({ broadcast }: DownFrame, now: Millis): void {
    this.d.network()?.takeBroadcast(broadcast, now);
  }

  onReply({ reply }: DownFrame, now: Millis): void {
    if (reply !== null) this.d.requests.take(reply, now);
  }

  private prepare(state: Up, slot: Millis, now: Millis): Prepared {
    const network = this.d.network();
    const current = network?.current(now) ?? null;
    const { told, grid } = this.d.rates(current);
    const period = grid === state.grid.periodMs ? null : grid;
    if (told !== this.announced) {
      this.announced = told;
      return { frame: { kind: 'rate', slotMs: told }, period, extraAt: null };
    }
    return { ...packet(this.content(network, current, state, slot, now)), period };
  }

  private content(
    network: Network | null,
    current: Current | null,
    state: Up,
    slot: Millis,
    now: Millis,
  ): Uint8Array {
    if (network === null || current === null) return this.filler();
    // Drawn before anybody is asked what waits.
    if (this.d.loops.take(current.parameters)) {
      return this.loop(network, current, state, slot);
    }
    const plan = this.d.planner.next(now, this.d.requests.unanswered);
    if (plan === null) return this.filler();
    if (!network.reaches(current, plan.edge)) {
      // Its edge left the network: as if no answer had come. The slot carries something all the same.
      plan.settle(null, now);
      return this.filler();
    }
    return this.request(network, current, plan, state, slot);
  }

  /** A reply to oneself: in at the own edge, through the mixes, back to the own edge. */
  private loop(network: Network, current: Current, state: Up, slot: Millis): Uint8Array {
    const path = network.path(current, state.door.relay, 0);
    const replyId = this.d.requests.replyId(state.handle);
    const { frame, keys } = this.d.builder.loop(path, replyId);
    const deadline = slot + requestTimeout(current.parameters, total(path));
    const settle = this.d.loops.sent(path, current.verified, slot);
    this.d.requests.expectLoop(replyId, keys, deadline, settle, slot);
    return frame;
  }

  /** The own edge left the network: it is dropped, and another one drawn. */
  private leaveEdge(state: Up, now: Millis): boolean {
    const network = this.d.network();
    const current = network?.current(now) ?? null;
    if (network === null || current === null || current === state.reached) return false;
    if (network.reaches(current, state.door.relay)) {
      state.reached = current;
      return false;
    }
    this.redial(now, LINGER);
    return true;
  }

  private request(
    network: Network,
    current: Current,
    plan: Plan,
    state: Up,
    slot: Millis,
  ): Uint8Array {
    const back = network.path(current, state.door.relay, 0);
    const out = network.path(current, plan.edge, null);
    const replyId = this.d.requests.replyId(state.handle);
    const { block, keys } = this.d.builder.replyBlock(back, replyId);
    const frame = this.d.builder.request(out, encodeRequest(plan.request), block);
    const hold = plan.request.kind === 'get' ? plan.request.waitMs : 0;
    const deadline = slot + requestTimeout(current.parameters, total(out) + total(back)) + hold;
    // What cannot be saved must not leave.
    if (plan.onSent?.(slot) === false) return this.filler();
    this.d.onRequest?.({ plan, slot, frame, replyId, out: delays(out), back: delays(back) });
    const settle: Plan['settle'] = (answer, at) => {
      if (answer === null && isRepeated(plan)) this.d.loops.gate.requestLost(slot);
      plan.settle(answer, at);
    };
    this.d.requests.expect(replyId, keys, deadline, { settle, late: plan.late }, slot);
    return frame;
  }

  /** A frame its edge drops: right prefix, no such relay. Same size, same instant. */
  private filler(): Uint8Array {
    const frame = this.d.rng.fill(new Uint8Array(GEOMETRY.frame));
    frame.set([1, 0, 0, 0, 0, 0, 0xff, 0xff]);
    return frame;
  }
}

/** Boxes of cover too: they are tried again like those of a person, and so wait for the same. */
function isRepeated({ what }: Plan): boolean {
  return what !== 'cover' && what !== 'standing';
}

function delays(path: Path): Millis[] {
  return path.hops.map((hop) => hop.delayMs);
}

function total(path: Path): Millis {
  return delays(path).reduce((sum, delay) => sum + delay, 0);
}

function packet(frame: Uint8Array): Prepared {
  return { frame: { kind: 'packet', frame }, period: null, extraAt: null };
}

function lead(grid: Grid): Millis {
  return Math.min(LEAD, grid.periodMs / 4);
}
