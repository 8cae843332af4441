/**
 * A profile whose disk went bad (docs/spec/20-recovery.md, 12): the real command line and daemon. The start says
 * what to do, and what it says works.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { dialDaemon } from '../lib/socket.ts';
import { Home } from './home.ts';

const PAGE = 4_096;
const NOTES = 300;
const home = new Home();
after(() => home.end());
const pass = ['--passphrase-file', home.path('pass')];

async function notesOf(profile: string): Promise<Set<string>> {
  const api = await dialDaemon(home.path(profile, 'daemon.sock'));
  const { id } = await api.call('note.open', {});
  const texts = new Set<string>();
  let before: string | undefined;
  for (;;) {
    const at = before === undefined ? {} : { before };
    const { messages } = await api.call('message.list', { contactId: id, limit: 100, ...at });
    for (const { text } of messages) texts.add(text);
    before = messages[0]?.id;
    if (messages.length < 100 || before === undefined) return texts;
  }
}

const vault = () => home.path('alice', 'vault');
const digest = () => {
  const sum = createHash('sha256');
  for (const name of readdirSync(vault()).sort()) sum.update(readFileSync(join(vault(), name)));
  return sum.digest('hex');
};

test('a damaged profile is said to be one, with the command that salvages it; most of it comes back', async (t) => {
  await home.create('alice');
  const api = await dialDaemon(home.path('alice', 'daemon.sock'));
  const { id } = await api.call('note.open', {});
  for (let n = 0; n < NOTES; n++) {
    const text = `note ${n} ${'of the river '.repeat(12)}`;
    await api.call('message.send', { contactId: id, text, clientId: `n${n}` });
  }
  const { pid } = await api.call('status', {});
  assert.equal((await home.tacet('alice', ['down'])).code, 0);
  assert.throws(() => process.kill(pid, 0));

  // Bad sectors: one page of eight behind the first sixteen, in all slots alike.
  const pages = readFileSync(join(vault(), '0.data')).length / PAGE;
  for (const slot of ['0', '1', '2', '3']) {
    const path = join(vault(), `${slot}.data`);
    const bytes = readFileSync(path);
    for (let page = 60; page < pages; page += 8) bytes.fill(0, page * PAGE, (page + 1) * PAGE);
    writeFileSync(path, bytes);
  }
  const up = await home.tacet('alice', ['up', ...pass]);
  const said = up.code === 0 ? await home.tacet('alice', ['note']) : up;
  assert.match(`${up.err}${said.err}`, /damaged or incomplete/);
  assert.match(`${up.err}${said.err}`, /tacet --profile NAME salvage/);
  await home.tacet('alice', ['down']);
  const before = digest();

  const secrets = [...pass, '--new-passphrase-file', home.secret('next', 'another horse')];
  const wrong = home.secret('wrong', 'wrong');
  const other = ['--passphrase-file', wrong, '--new-passphrase-file', home.path('next')];
  const refused = await home.tacet('again', ['salvage', 'alice', ...other]);
  assert.match(refused.err, /does not open this profile/);
  const made = await home.tacet('again', ['salvage', 'alice', ...secrets]);
  assert.equal(made.code, 0, made.err);
  t.diagnostic(made.out.split('\n').slice(1, 8).join(' | '));
  assert.match(made.out, /pages are damaged/);
  assert.equal(digest(), before, 'nothing of the damaged one changed');

  const back = await notesOf('again');
  const lost = Array.from({ length: NOTES }, (_, n) => n).filter(
    (n) => ![...back].some((text) => text.startsWith(`note ${n} `)),
  );
  t.diagnostic(`${NOTES - lost.length} of ${NOTES} notes came back`);
  assert.ok(lost.length < NOTES / 3, `${lost.length} notes lost`);
  if (lost.length > 0) assert.match(made.out, /lost: /);
  const found = await home.tacet('again', ['search', 'river']);
  assert.equal(found.code, 0, found.err);
  assert.match(found.out, /of the river/);
  const status = await home.tacet('again', ['status']);
  assert.match(status.out, /restored from a backup/);
  // It is a profile like any other from here on.
  assert.equal((await home.tacet('again', ['down'])).code, 0);
  const next = ['up', '--passphrase-file', home.path('next')];
  assert.equal((await home.tacet('again', next)).code, 0);
  assert.equal((await notesOf('again')).size, back.size);
});
