import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { AppError, hex } from '@tacet/base';
import { DocumentBook, scheduleOf } from '@tacet/directory';
import { FakeClock, makeTestNetwork, seededRng, TEST_NOW } from '@tacet/testkit';
import { DocumentFiles } from '../../src/relay/document-files.ts';
import { DocumentKeeper } from '../../src/relay/documents.ts';
import { tempDir } from './temp.ts';

const network = makeTestNetwork();
const first = network.verified;
const second = network.next(first, first.document.epoch + 1);

type Source = ConstructorParameters<typeof DocumentKeeper>[0]['clients'][number];

function setUp(
  answers: (Uint8Array[] | AppError)[],
  dir = tempDir(),
  others: readonly Source[] = [],
  now = TEST_NOW + 1_000,
) {
  const book = new DocumentBook(network.trust);
  const asked: (number | null)[] = [];
  const added: string[] = [];
  let equivocations = 0;
  let done: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });
  const keeper = new DocumentKeeper({
    book,
    clients: [
      ...others,
      {
        documents: async (after = null) => {
          asked.push(after);
          const answer = answers.shift();
          if (answers.length === 0) setImmediate(done);
          if (answer instanceof AppError) throw answer;
          return answer ?? [];
        },
      },
    ],
    files: new DocumentFiles(dir),
    clock: new FakeClock(now),
    rng: seededRng(1),
    onDocument: (verified) => added.push(hex(verified.hash)),
    onEquivocation: () => {
      equivocations += 1;
    },
  });
  return { book, keeper, asked, added, finished, dir, equivocations: () => equivocations };
}

const away = new AppError('authority-unreachable', 'network', 'away');

test('asks until there is a document, then has it and keeps it on disk', async () => {
  const { keeper, asked, added, finished, dir } = setUp([away, [], [first.bytes]]);
  keeper.start();
  await finished;
  keeper.stop();
  assert.deepEqual(asked, [null, null, null]);
  assert.deepEqual(added, [hex(first.hash)]);
  assert.equal(keeper.counters.get('authority-unreachable'), 1);
  assert.deepEqual(new DocumentFiles(dir).load().map(hex), [hex(first.bytes)]);
});

test('a restart begins with what is on disk and asks for what came after', async () => {
  const before = setUp([[first.bytes, second.bytes]]);
  before.keeper.start();
  await before.finished;
  before.keeper.stop();
  const after = setUp([away], before.dir);
  after.keeper.start();
  assert.deepEqual(after.added, [hex(first.hash), hex(second.hash)], 'at once');
  await after.finished;
  after.keeper.stop();
  assert.deepEqual(after.asked, [second.document.epoch]);
});

test('bytes that are no document, or of another network, change nothing', async () => {
  const other = makeTestNetwork({ seed: 'other' });
  const { keeper, added, finished, dir } = setUp([[other.documentBytes, Uint8Array.of(1, 2, 3)]]);
  keeper.start();
  await finished;
  keeper.stop();
  assert.deepEqual(added, []);
  assert.equal(keeper.counters.get('document-refused'), 2);
  assert.deepEqual(new DocumentFiles(dir).load(), []);
});

test('a second document for an epoch is refused, reported and kept as evidence', async () => {
  const twin = network.next(first, first.document.epoch + 1, { echo: new Uint8Array(5) });
  const { book, keeper, added, finished, equivocations } = setUp([
    [first.bytes, second.bytes, twin.bytes],
  ]);
  keeper.start();
  await finished;
  keeper.stop();
  assert.deepEqual(added, [hex(first.hash), hex(second.hash)]);
  assert.equal(equivocations(), 1);
  assert.equal(book.evidence().length, 1);
});

test('authorities that hang do not hold up a document that another one has', async () => {
  const before = setUp([[first.bytes]]);
  before.keeper.start();
  await before.finished;
  before.keeper.stop();
  const hung: number[] = [];
  const hangs = (id: number) => ({
    documents: () => {
      hung.push(id);
      return new Promise<never>(() => undefined);
    },
  });
  const { parameters, epoch } = first.document;
  const due = scheduleOf(parameters, epoch + 1).publication + 1;
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { keeper, added, asked } = setUp(
      [[], [second.bytes]],
      before.dir,
      [hangs(1), hangs(2)],
      due,
    );
    keeper.start();
    for (let turn = 0; turn < 120 && added.length < 2; turn++) {
      mock.timers.tick(1_000);
      await new Promise((done) => setImmediate(done));
    }
    keeper.stop();
    assert.deepEqual(added, [hex(first.hash), hex(second.hash)]);
    assert.equal(asked.length, 2);
    assert.deepEqual(hung.toSorted(), [1, 2], 'no second request to one that owes an answer');
  } finally {
    mock.timers.reset();
  }
});
