/** Files that operators hand on or keep: exactly the fields there are, each of its type, or refused. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { isAppError } from '@tacet/base';
import {
  decodeOperatorRequest,
  decodeRelayCard,
  encodeOperatorRequest,
  encodeRelayCard,
  foundFromRequests,
  initFolder,
  joinNetwork,
  placesFrom,
} from '../../src/relay/index.ts';
import { decodeAllowed, writeAllowed } from '../../src/relay/network/allowed.ts';
import { decodeDescription, readDescription } from '../../src/relay/network/description.ts';
import { decodeSetup, readSetup } from '../../src/relay/network/read-setup.ts';
import { tempDir } from './temp.ts';
import { variants } from './variants.ts';

interface FileKind {
  readonly name: string;
  readonly codes: readonly string[];
  readonly text: string;
  /** What the text says, as JSON would say it. */
  readonly read: (text: string | Uint8Array) => unknown;
  /** Taken up with its file's name and version, which the value does not hold. */
  readonly frame: Readonly<Record<string, unknown>>;
  /** Bits that are flipped: every one, or one in so many. */
  readonly step: number;
}

const kinds: FileKind[] = [];
const textFrom = (given: string | Uint8Array): string =>
  typeof given === 'string' ? given : Buffer.from(given).toString('utf8');

before(async () => {
  const dir = join(tempDir(), 'relay');
  const request = await initFolder({
    dir,
    places: placesFrom('authority,mix-1,mix-2,mix-3,edge'.split(',')) ?? [],
    family: 'Änne',
    country: 'DE',
    host: '127.0.0.1',
    listen: null,
    basePort: 0,
    capacity: 100,
  });
  const net = join(tempDir(), 'net');
  const card = foundFromRequests({ dir: net, name: 'friends', demonstration: true, set: {} }, [
    request,
  ]);
  const list = join(tempDir(), 'allowed.json');
  writeAllowed(list, card.relays);
  const parsed = (text: string): unknown => JSON.parse(text);
  const now = Date.now();
  kinds.push(
    {
      name: 'allowed.json',
      codes: ['allow-list'],
      text: readFileSync(list, 'utf8'),
      read: (text) => decodeAllowed(Buffer.from(text)),
      frame: {},
      step: 1,
    },
    {
      name: 'setup.json',
      codes: ['setup-damaged'],
      text: readFileSync(join(dir, 'setup.json'), 'utf8'),
      read: (text) => decodeSetup(Buffer.from(text)),
      frame: { version: 1 },
      step: 1,
    },
    {
      name: 'network.json',
      codes: ['network-damaged', 'config-key', 'key-twice', 'data-newer'],
      text: JSON.stringify(joinNetwork(dir, card)),
      read: (text) => decodeDescription(Buffer.from(text)),
      frame: {},
      step: 1,
    },
    {
      name: 'relay.card',
      codes: ['relay-card'],
      text: encodeRelayCard(card),
      read: (text) => parsed(encodeRelayCard(decodeRelayCard(textFrom(text)))),
      frame: {},
      step: 7,
    },
    {
      name: 'request.json',
      codes: ['request-file'],
      text: encodeOperatorRequest({ ...request, relays: request.relays.slice(0, 2) }),
      read: (text) => parsed(encodeOperatorRequest(decodeOperatorRequest(textFrom(text), now))),
      frame: {},
      step: 1_999,
    },
  );
});

/** Undefined when it was refused by name; anything else it throws is a fault. */
function taken({ read, codes, frame }: FileKind, text: string | Uint8Array): unknown {
  try {
    const value = read(text);
    return Array.isArray(value) ? value : { ...frame, ...(value as object) };
  } catch (error) {
    if (codes.some((code) => isAppError(error, code))) return undefined;
    throw error;
  }
}

test('each is read as it was written', () => {
  for (const kind of kinds) assert.deepEqual(taken(kind, kind.text), JSON.parse(kind.text));
});

test('cut short anywhere, or with something behind, each is refused', () => {
  for (const kind of kinds) {
    const text = kind.text.trimEnd();
    // A request is mostly base64 of one string: there a cut is like its neighbours.
    const step = text.length > 10_000 ? 101 : 1;
    for (let n = 0; n < text.length; n += step) {
      assert.equal(taken(kind, text.slice(0, n)), undefined, `${kind.name} with ${n} characters`);
    }
    for (const behind of ['x', '{}', '\u0000', text]) {
      assert.equal(taken(kind, text + behind), undefined, `${kind.name} and more`);
    }
  }
});

test('a field missing, too many, or of another type or range is refused; none is made up', () => {
  for (const kind of kinds) {
    let refusals = 0;
    for (const { what, value } of variants(JSON.parse(kind.text))) {
      const read = taken(kind, JSON.stringify(value));
      if (read === undefined) refusals += 1;
      else assert.deepEqual(read, value, `${kind.name}: ${what}`);
    }
    assert.ok(refusals > 50, `${kind.name}: ${refusals}`);
  }
});

test('a flipped bit is refused, or is what the file then says', () => {
  for (const kind of kinds) {
    const bytes = Buffer.from(kind.text);
    for (let bit = 0; bit < bytes.length * 8; bit += kind.step) {
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const read = taken(kind, Uint8Array.from(bytes));
      const says = bytes.toString('utf8');
      if (read !== undefined) assert.deepEqual(read, JSON.parse(says), `${kind.name}, bit ${bit}`);
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    }
  }
});

test('words instead of a file, or far too many, are refused', () => {
  for (const kind of kinds) {
    for (const text of ['', 'null', '0', '"x"', '[', '[[]]', '[null]', '{"__proto__":{}}']) {
      assert.equal(taken(kind, text), undefined, `${kind.name}: ${text}`);
    }
    const [value, behind] = [kind.text.trimEnd(), ' '.repeat(2_000_000)];
    assert.equal(taken(kind, value + behind), undefined, `${kind.name}, padded`);
  }
});

test('a name that would leave its folder, or a second process of that name, is refused', () => {
  const kind = kinds.find(({ name }) => name === 'setup.json') ?? assert.fail();
  const setup = JSON.parse(kind.text);
  const [authority, ...rest] = setup.processes;
  for (const name of ['../edge', 'edge/../../x', '/edge', 'edge-0', 'mix-4', 'edge ', '']) {
    const processes = [{ ...authority, name }, ...rest];
    assert.equal(taken(kind, JSON.stringify({ ...setup, processes })), undefined, name);
  }
  const twice = { ...setup, processes: [authority, authority] };
  assert.equal(taken(kind, JSON.stringify(twice)), undefined);
});

test('a folder without a setup says so in another way than one with a damaged one', () => {
  const dir = tempDir();
  assert.throws(
    () => readSetup(dir),
    (error) => isAppError(error, 'setup-missing'),
  );
  writeFileSync(join(dir, 'setup.json'), '{');
  assert.throws(
    () => readSetup(dir),
    (error) => isAppError(error, 'setup-damaged'),
  );
  rmSync(join(dir, 'setup.json'));
});

test('a key that stands twice is refused, at the top or further in', () => {
  for (const { name, text, read } of kinds) {
    for (const key of text.matchAll(/"\w+":\s?/g)) {
      const twice = `${text.slice(0, key.index)}${key[0]}0,${text.slice(key.index)}`;
      assert.doesNotThrow(() => JSON.parse(twice));
      assert.throws(
        () => read(twice),
        (error) => isTold(error, 'key-twice'),
        `${name}: ${key[0]}`,
      );
    }
  }
});

/** The error, or its cause, has this code. */
function isTold(error: unknown, code: string): boolean {
  return isAppError(error, code) || (isAppError(error) && isAppError(error.cause, code));
}

test('network.json: each kind of trouble has its own words', () => {
  const { text } = kinds.find(({ name }) => name === 'network.json') ?? assert.fail();
  const dir = tempDir();
  const says = (code: string, words: RegExp) =>
    assert.throws(
      () => readDescription(dir),
      (error) => isAppError(error, code) && words.test(error.message),
    );
  says('network-folder', /holds no network/);
  const write = (value: string): void => writeFileSync(join(dir, 'network.json'), value);
  const good = JSON.parse(text);
  write(JSON.stringify({ ...good, colour: 'red' }));
  says('config-key', /^`colour` is no key/);
  const [first, ...rest] = good.processes;
  write(JSON.stringify({ ...good, processes: [{ ...first, start: 1 }, ...rest] }));
  says('config-key', /^`start` is no key/);
  write(JSON.stringify({ ...good, version: 2, colour: 'red' }));
  says('data-newer', /newer `tacet-relay`: run that version/);
  write(text.replace('"host":', '"card":"x","host":'));
  says('key-twice', /^`card` stands twice/);
  write(text.slice(0, 100));
  says('network-damaged', /put it back/);
  rmSync(join(dir, 'network.json'));
  mkdirSync(join(dir, 'network.json'));
  says('network-damaged', /put it back/);
});
