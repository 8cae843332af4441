import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { DownFrame, UpFrame } from '@tacet/wire';
import { type DialTarget, type EdgeLink, Runtime, SystemClock } from '../../src/daemon/index.ts';
import { SLOT_LEAD } from '../../src/daemon/limits.ts';
import { environment, FakeLink, FakePerson, type Job, until } from './fakes.ts';

const dialEffect = {
  kind: 'dial',
  address: 'localhost:1',
  relay: new Uint8Array(32) as DialTarget['relay'],
  hello: {
    joinSecret: new Uint8Array(),
    resume: new Uint8Array(8),
    slotMs: 50,
  } as DialTarget['hello'],
  socks: '',
} as const;

const started: Runtime<Job, string>[] = [];
afterEach(async () => {
  for (const runtime of started.splice(0)) await runtime.stop();
});

function setUp(options: { period?: number; clock?: SystemClock; person?: FakePerson } = {}) {
  const person = options.person ?? new FakePerson(options.period);
  const surroundings = environment();
  const dials: PromiseWithResolvers<EdgeLink>[] = [];
  const failures: unknown[] = [];
  const jobs: string[] = [];
  let events = 0;
  let running = 0;
  const runtime = new Runtime<Job, string>({
    machine: person,
    environment: { ...surroundings, ...(options.clock ? { clock: options.clock } : {}) },
    dial: () => {
      const dial = Promise.withResolvers<EdgeLink>();
      dials.push(dial);
      return dial.promise;
    },
    runCells: () => Promise.reject(new Error('no files here')),
    async runJob(job) {
      running += 1;
      assert.equal(running, 1, 'ratchet jobs run one at a time');
      await new Promise((resolve) => setTimeout(resolve, 3));
      jobs.push(job.name);
      running -= 1;
      return 'ok';
    },
    onEvent: () => {
      events += 1;
    },
    onFailure: (error) => failures.push(error),
  });
  started.push(runtime);
  return {
    person,
    runtime,
    dials,
    failures,
    jobs,
    logged: surroundings.logged,
    clockNow: () => surroundings.clock.now(),
    events: () => events,
  };
}

async function linkUp(scene: ReturnType<typeof setUp>): Promise<FakeLink> {
  scene.person.effects.push(dialEffect);
  scene.runtime.start();
  const link = new FakeLink();
  scene.dials.at(-1)?.resolve(link);
  await until(() => scene.person.inputs.includes('up'));
  return link;
}

test('work that piles up begins away from slots, and every slot is written', async () => {
  const scene = setUp({ period: 25 });
  const link = await linkUp(scene);
  // 4 ms pieces without end: the thread is busy most of the time.
  let busy = true;
  let begun = 0;
  let near = 0;
  let lastSlot: number | null = null;
  const work = async () => {
    while (busy) {
      await scene.runtime.command((now) => {
        const slot = scene.person.nextSlot ?? Number.POSITIVE_INFINITY;
        // One piece is owed after each slot, wherever the next one is.
        if (slot - now < 11 && slot === lastSlot) near += 1;
        lastSlot = slot;
        begun += 1;
        const end = performance.now() + 4;
        while (performance.now() < end);
      });
    }
  };
  const load = Promise.all([work(), work(), work()]);
  await until(() => link.sent.length >= 60, 20_000);
  busy = false;
  await load;
  assert.ok(begun > 60, `${begun} pieces`);
  assert.ok(near <= begun / 50, `${near} of ${begun} pieces began near a slot`);
  assert.ok(scene.runtime.lateness.view().slots >= 60);
});

test('a frame leaves at its instant, never before, however long it took to make', async () => {
  const clock = new SystemClock();
  const scene = setUp({ period: 40, clock });
  const link = await linkUp(scene);
  const { person } = scene;
  const late = { slow: [] as number[], quick: [] as number[] };
  let making: keyof typeof late = 'quick';
  const advance = person.advance.bind(person);
  person.advance = (now) => {
    making = making === 'slow' ? 'quick' : 'slow';
    const end = performance.now() + (making === 'slow' ? 3 : 0);
    while (performance.now() < end);
    advance(now);
  };
  link.send = (frame) => {
    late[making].push(clock.now() - ((person.nextSlot ?? 0) - 40));
    link.sent.push(frame);
  };
  await until(() => link.sent.length >= 24, 20_000);
  for (const times of Object.values(late)) {
    assert.ok(Math.min(...times) >= 0, 'none before its instant');
    assert.ok(Math.min(...times) < 1, `at best ${Math.min(...times)} ms late`);
  }
});

test('a link that closes while a frame waits for its instant takes the frame with it', async () => {
  const person = new FakePerson(40);
  // The frame's instant does not come before the link has closed, however busy this computer is.
  let latest = Number.POSITIVE_INFINITY;
  const time = () => Math.min(performance.now(), latest);
  const onLinkUp = person.onLinkUp.bind(person);
  person.onLinkUp = (welcome, now) => {
    onLinkUp(welcome, now);
    latest = (person.nextSlot ?? 0) - SLOT_LEAD / 2;
  };
  let made = 0;
  const advance = person.advance.bind(person);
  person.advance = (now) => {
    advance(now);
    if (!person.effects.some(({ kind }) => kind === 'up')) return;
    made += 1;
    queueMicrotask(() => {
      link.closed();
      latest = Number.POSITIVE_INFINITY;
    });
  };
  const scene = setUp({ person, clock: new SystemClock({ wall: time, steady: time }) });
  const link = await linkUp(scene);
  await until(() => person.inputs.includes('down'));
  assert.equal(made, 1);
  assert.equal(link.sent.length, 0);
  assert.deepEqual(person.inputs, ['up', 'down']);
});

test('a failed dial is a link that went down', async () => {
  const scene = setUp();
  scene.person.effects.push(dialEffect);
  scene.runtime.start();
  scene.dials[0]?.reject(new Error('connection refused 127.0.0.1'));
  await until(() => scene.person.inputs.length > 0);
  assert.deepEqual(scene.person.inputs, ['down']);
  assert.deepEqual(scene.logged, [{ level: 'warn', code: 'link-failed' }]);
});

test('a second dial takes the place of the first, whose link is closed', async () => {
  const scene = setUp();
  scene.person.effects.push(dialEffect);
  scene.runtime.start();
  await scene.runtime.command(() => scene.person.effects.push(dialEffect));
  const [early, late] = [new FakeLink(), new FakeLink()];
  scene.dials[1]?.resolve(late);
  scene.dials[0]?.resolve(early);
  await until(() => early.closes === 1);
  assert.deepEqual(scene.person.inputs, ['up']);
  assert.equal(late.closes, 0);
  await scene.runtime.stop();
  assert.equal(late.closes, 1);
});

test('a link that closes is told once; a hang-up of our own is not', async () => {
  const scene = setUp();
  const link = await linkUp(scene);
  link.closed();
  assert.deepEqual(scene.person.inputs, ['up', 'down']);
  link.closed();
  assert.deepEqual(scene.person.inputs, ['up', 'down']);
  await scene.runtime.command(() => scene.person.effects.push(dialEffect));
  scene.dials.at(-1)?.resolve(new FakeLink());
  await until(() => scene.person.inputs.length === 3);
  await scene.runtime.command(() => scene.person.effects.push({ kind: 'hangup', lingerMs: 0 }));
  assert.deepEqual(scene.person.inputs, ['up', 'down', 'up']);
});

test('an edge that is left is still heard for a while, and told nothing', async () => {
  const scene = setUp();
  const old = await linkUp(scene);
  await scene.runtime.command(() => scene.person.effects.push({ kind: 'hangup', lingerMs: 200 }));
  assert.equal(old.closes, 0);
  await scene.runtime.command(() => scene.person.effects.push(dialEffect));
  const next = new FakeLink();
  scene.dials.at(-1)?.resolve(next);
  await until(() => scene.person.inputs.length === 2);
  await scene.runtime.command(() =>
    scene.person.effects.push({ kind: 'up', frame: {} as UpFrame }),
  );
  old.down({} as DownFrame);
  next.down({} as DownFrame);
  await until(() => scene.person.inputs.length === 4);
  assert.deepEqual(scene.person.inputs, ['up', 'up', 'frame', 'frame']);
  assert.deepEqual([old.sent.length, next.sent.length], [0, 1]);
  await until(() => old.closes === 1);
  old.down({} as DownFrame);
  old.closed();
  await scene.runtime.command(() => undefined);
  assert.deepEqual(scene.person.inputs, ['up', 'up', 'frame', 'frame']);
  assert.equal(next.closes, 0);
});

test('of two edges that are left one after the other only the last is heard; stopping ends it', async () => {
  const scene = setUp();
  const first = await linkUp(scene);
  await scene.runtime.command(() =>
    scene.person.effects.push({ kind: 'hangup', lingerMs: 60_000 }),
  );
  await scene.runtime.command(() => scene.person.effects.push(dialEffect));
  const second = new FakeLink();
  scene.dials.at(-1)?.resolve(second);
  await until(() => scene.person.inputs.length === 2);
  await scene.runtime.command(() =>
    scene.person.effects.push({ kind: 'hangup', lingerMs: 60_000 }),
  );
  assert.deepEqual([first.closes, second.closes], [1, 0]);
  await scene.runtime.stop();
  assert.equal(second.closes, 1);
});

test('frames of a link reach the machine in order, a flood ends the link', async () => {
  const scene = setUp();
  const link = await linkUp(scene);
  for (let i = 0; i < 3; i++) link.down({} as DownFrame);
  await until(() => scene.person.inputs.length === 4);
  assert.deepEqual(scene.person.inputs, ['up', 'frame', 'frame', 'frame']);
  for (let i = 0; i < 300; i++) link.down({} as DownFrame);
  assert.ok(link.closes > 0);
  assert.equal(scene.person.inputs.at(-1), 'down');
  assert.deepEqual(scene.logged.at(-1), { level: 'warn', code: 'link-flood' });
});

test('ratchet jobs run one at a time in order and each result is handed back', async () => {
  const scene = setUp();
  scene.runtime.start();
  for (const name of ['a', 'b', 'c']) {
    await scene.runtime.command(() =>
      scene.person.effects.push({ kind: 'session', job: { name } }),
    );
  }
  await until(() => scene.person.done.length === 3);
  assert.deepEqual(scene.person.done, ['a=ok', 'b=ok', 'c=ok']);
  assert.equal(scene.events(), 3);
});

test('stopping finishes the job under way and takes no more', async () => {
  const scene = setUp();
  scene.runtime.start();
  for (const name of ['a', 'b']) {
    await scene.runtime.command(() =>
      scene.person.effects.push({ kind: 'session', job: { name } }),
    );
  }
  await until(() => scene.runtime.sessionQueue > 0);
  await scene.runtime.stop();
  assert.deepEqual(scene.person.done, ['a=ok']);
  await assert.rejects(scene.runtime.command(() => 1));
});

test('after a sleep there is one slot, no burst', async () => {
  let slept = 0;
  const clock = new SystemClock({
    wall: () => Date.now() + slept,
    steady: () => performance.now(),
  });
  const scene = setUp({ clock, period: 40 });
  const link = await linkUp(scene);
  await until(() => link.sent.length >= 2);
  const before = link.sent.length;
  slept = 3_600_000;
  await until(() => scene.runtime.clockSteps === 1);
  await new Promise((resolve) => setTimeout(resolve, 90));
  assert.ok(link.sent.length - before <= 4, `${link.sent.length - before} frames`);
  assert.equal(scene.runtime.lateness.view().missed, 1);
  assert.ok(scene.runtime.lateness.view().max < 1_000, 'a sleep is no lateness');
});

test('a clock that goes back begins a new link instead of waiting for the old time', async () => {
  let back = 0;
  const clock = new SystemClock({
    wall: () => Date.now() - back,
    steady: () => performance.now(),
  });
  const scene = setUp({ clock, period: 40 });
  const link = await linkUp(scene);
  await until(() => link.sent.length >= 1);
  back = 3_600_000;
  await until(() => scene.person.inputs.includes('down'));
  assert.equal(link.closes, 1);
});

test('a machine that breaks stops the rhythm and is reported once', async () => {
  const scene = setUp({ period: 20 });
  const link = await linkUp(scene);
  scene.person.broken = new Error('store');
  await until(() => scene.failures.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(scene.failures.length, 1);
  assert.equal(link.closes, 1);
});

/** Makes its frame 30 ms ahead of the slot, as the client's link does. */
class EarlyPerson extends FakePerson {
  private prepared = false;

  override deadline(): number | null {
    if (this.nextSlot === null) return null;
    return this.prepared ? this.nextSlot : this.nextSlot - 30;
  }

  override holdsUntil(): number | null {
    return this.prepared ? this.nextSlot : null;
  }

  override advance(now: number): void {
    if (this.nextSlot === null) return;
    if (now < this.nextSlot) {
      this.prepared ||= now >= this.nextSlot - 30;
      return;
    }
    this.prepared = false;
    super.advance(now);
  }
}

test('a text committed shortly before a slot waits: the frame that is ready leaves first', async () => {
  const person = new EarlyPerson(60);
  const scene = setUp({ person });
  const link = await linkUp(scene);
  const late: number[] = [];
  for (let n = 0; n < 10; n++) {
    await until(() => person.holdsUntil() !== null);
    const before = link.sent.length;
    // A slow disk: the commit holds the thread longer than is left.
    await scene.runtime.command(() => {
      late.push(link.sent.length - before);
      const end = performance.now() + 20;
      while (performance.now() < end);
    });
  }
  assert.deepEqual(late, Array(10).fill(1));
});

test('work that waits for a frame goes on when the link is gone instead', async () => {
  const person = new EarlyPerson(5_000);
  const scene = setUp({ person });
  const link = await linkUp(scene);
  await scene.runtime.command(() => {
    person.nextSlot = scene.clockNow() + 25;
  });
  await until(() => person.holdsUntil() !== null);
  const done = scene.runtime.command(() => 'done');
  link.closed();
  assert.equal(await done, 'done');
});

test('a mistake of ours that the machine contained is logged, and the daemon goes on', async () => {
  const scene = setUp();
  await linkUp(scene);
  scene.person.effects.push({
    kind: 'fault',
    code: 'content-failed',
    error: new TypeError('of alice'),
  });
  scene.person.effects.push({ kind: 'session', job: { name: 'next' } });
  await scene.runtime.command(() => undefined);
  await until(() => scene.jobs.length > 0);
  assert.deepEqual(scene.logged, [{ level: 'error', code: 'content-failed' }]);
  assert.deepEqual(scene.failures, []);
});

test('another machine takes link and grid over: no slot is empty, nobody dials, and old work reaches nobody', async () => {
  const scene = setUp({ period: 40 });
  const link = await linkUp(scene);
  const { person, runtime } = scene;
  const next = new FakePerson(40);
  // One job under way, which is finished first, and one behind it, which is dropped.
  person.effects.push({ kind: 'session', job: { name: 'a' } });
  person.effects.push({ kind: 'session', job: { name: 'b' } });
  const asked = runtime.command(() => {});
  await asked;
  await runtime.swap(() => {
    next.nextSlot = person.nextSlot;
    return next;
  }, 1_000);
  assert.deepEqual(person.done, ['a=ok']);
  assert.deepEqual(scene.jobs, ['a']);
  assert.deepEqual(next.done, []);
  const before = link.sent.length;
  await until(() => link.sent.length >= before + 10);
  next.effects.push({ kind: 'session', job: { name: 'c' } });
  await runtime.command(() => {});
  await until(() => next.done.length === 1);
  assert.equal(scene.dials.length, 1);
  assert.equal(link.closes, 0);
  const { slots, missed } = runtime.lateness.view();
  assert.equal(missed, 0);
  assert.equal(slots, link.sent.length);
  link.down({ reply: null, broadcast: new Uint8Array() } as unknown as DownFrame);
  await until(() => next.inputs.includes('frame'));
  assert.ok(!person.inputs.includes('frame'));
});

test('where the other machine cannot be made the one before goes on, with its work', async () => {
  const scene = setUp({ period: 40 });
  const link = await linkUp(scene);
  const { person, runtime } = scene;
  const swapped = runtime.swap(() => {
    throw new Error('no other');
  }, 0);
  person.effects.push({ kind: 'session', job: { name: 'waits' } });
  await runtime.command(() => {});
  await assert.rejects(swapped, /no other/);
  await until(() => person.done.includes('waits=ok'));
  const before = link.sent.length;
  await until(() => link.sent.length > before + 3);
  assert.deepEqual(scene.failures, []);
});
