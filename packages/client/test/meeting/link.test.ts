/** docs/spec/09-meeting.md 2: the text of an invitation, short and full. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError, randomInt } from '@tacet/base';
import { CARD_PREFIX, MAX_CARD_CHARS, networkIdOf } from '@tacet/directory';
import { makeTestNetwork, seededRng } from '@tacet/testkit';
import { decodeLink, encodeLink } from '../../src/meeting/link.ts';

const RUNS = Number(process.env['FC_RUNS'] ?? 100) * 20;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const ODD = ['.', '#', '/', ':', '=', '+', '%', ' ', '\n', '\u0000', 'é', 'Ａ', '\ud800'];

const rng = seededRng('links');
const network = makeTestNetwork({ seed: 'links' });
const id = networkIdOf(network.trust);
const secret = rng.fill(new Uint8Array(32));
const short = encodeLink(secret, id, null);
const full = encodeLink(secret, id, network.cardText);

/** The link as it encodes again, or null when it is refused by name. */
function taken(text: string): string | null {
  try {
    const link = decodeLink(text);
    const whole = id.slice() as typeof id;
    whole.set(link.network);
    return encodeLink(link.secret, whole, link.card);
  } catch (error) {
    if (isAppError(error, 'invitation-malformed') || isAppError(error, 'link-newer')) return null;
    throw error;
  }
}

const refused = (text: string, what: string): void => assert.equal(taken(text), null, what);

test('links: round trip; a short one has 72 characters', () => {
  const network8 = id.slice(0, 8);
  assert.equal(short.length, 72);
  assert.deepEqual(decodeLink(short), { secret, network: network8, card: null });
  assert.deepEqual(decodeLink(full), { secret, network: network8, card: network.cardText });
});

test('links: white space around is how people paste, anything else around is not', () => {
  for (const link of [short, full]) {
    for (const around of [' ', '\n', '\r\n', '\t \u00a0']) {
      assert.equal(taken(around + link + around), link);
    }
    const behind = link.slice(link.indexOf('#'));
    const before = ['', 'https://example.org/i', 'rm -rf evil.example/?x=tacet://invite/1'];
    for (const words of before) refused(words + behind, `${words} before #`);
    for (const words of ['x', '"', 'see ', 'https://example.org/?']) refused(words + link, words);
    for (const words of ['.', '#', '"', '>', '=', '\u0000', ' x', '\nx', '.a', link]) {
      refused(link + words, `${words} behind`);
    }
  }
});

test('links: another version, scheme or spelling of the prefix is refused', () => {
  const rest = short.slice('tacet://invite/1#'.length);
  const prefixes = ['2', '0', '01', '11', '', '1/', '1?'].map((form) => `tacet://invite/${form}#`);
  prefixes.push('TACET://invite/1#', 'tacet:invite/1#', 'tacet://Invite/1#', 'tacet://invite/1%23');
  for (const prefix of prefixes) refused(prefix + rest, prefix);
});

test('links: every shorter text is refused, but for a full link cut behind its short one', () => {
  for (let n = 0; n < short.length; n++) refused(short.slice(0, n), `${n} characters`);
  for (let n = 0; n < full.length; n++) {
    assert.equal(taken(full.slice(0, n)), n === short.length ? short : null, `${n} characters`);
    refused(full.slice(0, n) + full.slice(n + 1), `without character ${n}`);
  }
});

test('links: with any one character changed it is refused or means what it then says', () => {
  for (const link of [short, full]) {
    for (let at = 0; at < link.length; at++) {
      const other = ALPHABET.replace(link[at] ?? '', '');
      const good = other[randomInt(rng, other.length)] ?? '';
      for (const character of [good, ...ODD]) {
        if (character === link[at]) continue;
        const changed = link.slice(0, at) + character + link.slice(at + 1);
        const read = taken(changed);
        const inSecret = at >= 17 && at < 60;
        const inNetwork = at >= 61 && at < 72;
        if (read === null) continue;
        assert.equal(read, changed, `character ${at}`);
        assert.ok(character === good, `${JSON.stringify(character)} at ${at}`);
        assert.ok(inSecret || inNetwork || at > 72, `character ${at} of the frame`);
        assert.ok(!(inNetwork && link === full), 'the card is of another network');
      }
    }
  }
});

test('links: no card, a card of another network, and a card too long are refused', () => {
  const other = makeTestNetwork({ seed: 'another' });
  refused(encodeLink(secret, id, other.cardText), 'of another network');
  refused(encodeLink(secret, networkIdOf(other.trust), network.cardText), 'of this one');
  const zeros = (length: number): string => CARD_PREFIX + 'A'.repeat(length - CARD_PREFIX.length);
  refused(encodeLink(secret, id, zeros(100)), 'zeros');
  refused(encodeLink(secret, id, zeros(MAX_CARD_CHARS + 1)), 'too long');
  refused(`${short}.`, 'empty');
  refused(`${full}.${full.split('.')[2]}`, 'two cards');
});

test('links: stray bits behind s or the network are refused', () => {
  // 32 bytes leave 2 unused bits in the last of 43 characters, 8 bytes as many in the last of 11.
  for (const at of [59, 71]) {
    const place = ALPHABET.indexOf(short[at] ?? '');
    for (const stray of [1, 2, 3]) {
      refused(short.slice(0, at) + ALPHABET[place | stray] + short.slice(at + 1), `at ${at}`);
    }
  }
});

test('links: random texts, and random damage, have no other outcome', () => {
  const text = (length: number): string =>
    Array.from({ length }, () => {
      const place = randomInt(rng, ALPHABET.length + ODD.length);
      return ALPHABET[place] ?? ODD[place - ALPHABET.length];
    }).join('');
  for (let run = 0; run < RUNS; run++) {
    refused(text(randomInt(rng, 200)), 'random');
    refused(`tacet://invite/1#${text(randomInt(rng, 200))}`, 'random behind the prefix');
    const link = run % 2 === 0 ? short : full;
    const at = randomInt(rng, link.length);
    const changed =
      link.slice(0, at) + text(randomInt(rng, 4)) + link.slice(at + randomInt(rng, 4));
    const read = taken(changed);
    if (read !== null) assert.equal(read, changed.trim());
  }
  refused('x'.repeat(5_000), 'long');
  refused(short.padEnd(100_000, 'A'), 'longer');
});
