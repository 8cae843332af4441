/** A conversation saved as page and as data: whole, without what disappears, harmless. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { MAX_PAGE } from '@tacet/api';
import { base64url } from '@tacet/base';
import { contactView, messageView } from '@tacet/testkit/views';
import { FakeDaemon } from './fake-daemon.ts';

const HOSTILE = `<img src=x onerror=alert(1)>"'&</p><script>\u202e`;
const dir = mkdtempSync(join(tmpdir(), 'tacet-export-'));
const fake = new FakeDaemon();
const COUNT = MAX_PAGE + 3;
const picture = {
  kind: 'picture',
  name: 'a.webp',
  claimedName: null,
  mediaType: 'image/webp',
  size: 6,
  state: 'here',
  reason: null,
  done: 1,
  parts: 1,
  preview: null,
  width: 1,
  height: 1,
  duration: null,
  peaks: null,
} as const;
const quoteOf = (messageId: string, excerpt: string) =>
  ({ messageId, excerpt, direction: 'out', proof: 'verified' }) as const;
const all = Array.from({ length: COUNT }, (_, n) => {
  const id = String(n + 1);
  if (n === 1) return messageView({ id, text: 'goes soon', lifetime: 60, expiresAt: 5 });
  if (n === 2) return messageView({ id, text: HOSTILE, direction: 'in', state: 'received' });
  if (n === 3) return messageView({ id, text: 'Picture', kind: 'file', file: picture });
  const claimed = { ...picture, mediaType: 'image/svg+xml' } as const;
  if (n === 4) return messageView({ id, text: 'Drawing', kind: 'file', file: claimed });
  // Not delivered yet: its time has not begun.
  if (n === 5) return messageView({ id, text: 'goes later', lifetime: 60, state: 'queued' });
  if (n === 6) return messageView({ id, text: 'answer', replyTo: quoteOf('6', 'goes later') });
  if (n === 7) return messageView({ id, text: 'answer', replyTo: quoteOf('1', 'text 1') });
  return messageView({ id, text: `text ${id}` });
});

before(() =>
  fake.start({
    'contact.get': () => contactView({ name: 'bob' }),
    'message.list': ({ before: below, limit }: { before?: string; limit: number }) => {
      const end = below === undefined ? COUNT : Number(below) - 1;
      return { messages: all.slice(Math.max(0, end - limit), end) };
    },
    'file.read': ({ at }: { at: number }) => ({
      bytes: base64url(new Uint8Array(3).fill(at)),
      next: at === 0 ? 3 : null,
    }),
  }),
);
after(async () => {
  await fake.stop();
  rmSync(dir, { recursive: true, force: true });
});

const save = (name: string, ...more: string[]) =>
  fake.tacet(['conversation', 'export', 'bob', join(dir, name), ...more]);

test('as data: every message in order but those that disappear, readable by their owner alone', async () => {
  const { code, out, err } = await save('bob.json');
  assert.equal(code, 0, err);
  assert.match(out, new RegExp(`${COUNT - 2} messages`));
  assert.match(err, /2 that disappear or were deleted are not in it\n.*not encrypted/);
  const { schema, contact, messages } = JSON.parse(readFileSync(join(dir, 'bob.json'), 'utf8'));
  assert.deepEqual([schema, contact.name], [1, 'bob']);
  const kept = all
    .filter(({ lifetime }) => lifetime === null)
    .map((one) => (one.id === '7' ? { ...one, replyTo: quoteOf('6', '') } : one));
  assert.deepEqual(messages, JSON.parse(JSON.stringify(kept)));
  assert.equal(statSync(join(dir, 'bob.json')).mode & 0o777, 0o600);
});

test('as a page: what others wrote is text, pictures of known kinds are in it, nothing is fetched', async () => {
  assert.equal((await save('bob.html')).code, 0);
  const page = readFileSync(join(dir, 'bob.html'), 'utf8');
  assert.match(page, /Content-Security-Policy" content="default-src 'none';/);
  assert.ok(!page.includes('<script') && !page.includes('<img src=x') && !page.includes('svg'));
  assert.ok(page.includes('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;&lt;/p&gt;'));
  const drawn = [...page.matchAll(/<img alt="" src="([^"]*)"/g)].map(([, address]) => address);
  assert.deepEqual(drawn, ['data:image/webp;base64,AAAAAwMD']);
  assert.equal(page.match(/<article/g)?.length, COUNT - 2);
  assert.doesNotMatch(page, /https?:|goes/);
  assert.match(page, /<blockquote dir="auto">text 1</);
});

test('a file that is there stays, but with --force; another ending is refused', async () => {
  writeFileSync(join(dir, 'there.json'), 'mine');
  chmodSync(join(dir, 'there.json'), 0o644);
  assert.equal((await save('there.json')).code, 2);
  assert.equal(readFileSync(join(dir, 'there.json'), 'utf8'), 'mine');
  assert.equal((await save('there.json', '--force')).code, 0);
  assert.equal(statSync(join(dir, 'there.json')).mode & 0o777, 0o600, 'nobody else reads it now');
  assert.equal((await save('bob.txt')).code, 2);
});
