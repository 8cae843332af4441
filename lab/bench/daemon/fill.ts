/** Fills the profile of a daemon that is stopped: old conversations, and texts that wait to be decrypted. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProfile, openProfile } from '@tacet/adapters/profiles-sqlcipher';
import { createLibsignalSession } from '@tacet/adapters/session-libsignal';
import { DAY, randomBytes, SECOND, Sensitive } from '@tacet/base';
import {
  Client,
  type ProfileStore,
  prepareProfile,
  type SqlRow,
  type SqlValue,
} from '@tacet/client';
import { addToSearch } from '@tacet/client/received';
import { systemRng } from '@tacet/crypto';
import { createPacketBuilder } from '@tacet/onion';
import { type SeededRng, seededRng } from '@tacet/testkit';
import { randomText } from './words.ts';

const CONTACTS = 40;
const YEARS = 2;

const SECRET = 'secret';

/** A filled profile in `folder`, on no network; made when it is not there yet, which takes minutes. */
export async function filledProfile(folder: string, count: number): Promise<void> {
  if (existsSync(join(folder, SECRET))) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secret = randomBytes(systemRng, 32);
  const rng = systemRng;
  const profile = await createProfile({
    dir: folder,
    kind: 'keychain',
    secret: new Sensitive(secret),
  });
  try {
    await prepareProfile(profile.store, createLibsignalSession(), rng, { name: 'alice' });
    // Most of the time it takes otherwise; nothing here is secret, and a daemon opens it with its own.
    profile.store.exec('PRAGMA cipher_memory_security = OFF');
    const options = { store: profile.store, rng, builder: createPacketBuilder(rng) };
    fillMessages(profile.store, Client.open(options, Date.now()), count);
  } finally {
    profile.close();
  }
  // The last: a folder without it is not finished.
  writeFileSync(join(folder, SECRET), secret, { mode: 0o600 });
}

/** Puts it where a daemon with the harness's keychain finds it. Returns its secret. */
export function placeProfile(folder: string, profile: string, keychain: string): Uint8Array {
  const secret = new Uint8Array(readFileSync(join(folder, SECRET)));
  mkdirSync(profile, { recursive: true, mode: 0o700 });
  cpSync(join(folder, 'vault'), join(profile, 'vault'), { recursive: true });
  mkdirSync(keychain, { recursive: true, mode: 0o700 });
  const name = createHash('sha256').update(`tacet\0${profile}`).digest('hex');
  writeFileSync(join(keychain, name), secret, { mode: 0o600 });
  return secret;
}

/** What the harness's keychain keeps for this profile. */
export function keptSecret(profile: string, keychain: string): Uint8Array {
  const name = createHash('sha256').update(`tacet\0${profile}`).digest('hex');
  return new Uint8Array(readFileSync(join(keychain, name)));
}

export async function withProfile<T>(
  profile: string,
  secret: Uint8Array,
  work: (store: ProfileStore) => T | Promise<T>,
): Promise<T> {
  const open = await openProfile({
    dir: profile,
    kind: 'keychain',
    secret: new Sensitive(secret),
  });
  try {
    return await work(open.store);
  } finally {
    open.close();
  }
}

/**
 * `count` texts of forty contacts over two years, half of them received, all delivered and read: copies
 * of a real row, whatever columns it has, with other words and times.
 */
function fillMessages(store: ProfileStore, client: Client, count: number): void {
  const rng = seededRng('daemon bench');
  const now = Date.now();
  store.transaction(() => {
    const contacts = Array.from({ length: CONTACTS }, (_, n) => addContact(store, n, now));
    const samples = sampleRows(store, client, String(contacts[0]));
    const first = 1 + Number(store.get('SELECT max(id) AS id FROM messages')?.['id']);
    for (let n = 0; n < count; n++) {
      const sample = samples[n % 2] as SqlRow;
      const at = Math.floor(now - YEARS * 365 * DAY * (1 - n / count));
      insert(store, 'messages', {
        ...sample,
        id: first + n,
        contact_id: contacts[n % CONTACTS] ?? 0,
        content_id: rng.fill(new Uint8Array(16)),
        client_id: null,
        text: randomText(rng),
        sent_at: at,
        place_at: Math.floor(at / SECOND) * SECOND,
        ...(sample['arrived_at'] !== null && { arrived_at: at, read_at: at + 60_000 }),
        ...(sample['delivered_at'] !== null && { delivered_at: at + 20_000 }),
      });
      addToSearch(store, first + n);
    }
    store.run('UPDATE contacts SET read_at = ?', first + count);
  });
  store.checkpoint();
}

/** A delivered text of our own, as the client saves it, and what a received one has otherwise. */
function sampleRows(store: ProfileStore, client: Client, contactId: string): SqlRow[] {
  client.sendText({ contactId, text: 'hello', clientId: null }, Date.now());
  store.run("UPDATE messages SET state = 'delivered', delivered_at = sent_at");
  const out = store.get('SELECT * FROM messages');
  if (out === undefined) throw new Error('the text was not saved');
  const received = { direction: 'in', state: 'received', delivered_at: null };
  return [out, { ...out, ...received, arrived_at: out['sent_at'] ?? 0 }];
}

function addContact(store: ProfileStore, n: number, now: number): number {
  const { rowId } = store.run(
    `INSERT INTO contacts (name, given_name, trust, state, ready_at, created_at, touched_at)
     VALUES (?, ?, 'link', 'ready', ?, ?, ?)`,
    ...[`friend ${n}`, `friend ${n}`, now, now, now],
  );
  return rowId;
}

function insert(store: ProfileStore, table: string, row: Record<string, SqlValue>): void {
  const columns = Object.keys(row);
  const places = columns.map(() => '?').join(', ');
  store.run(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`,
    ...Object.values(row),
  );
}

export interface Waiting {
  readonly seq: number;
  readonly data: Uint8Array;
}

/** So many texts to the contact of that name, written and encrypted by a production client. */
export async function encryptTexts(
  store: ProfileStore,
  to: string,
  count: number,
): Promise<Waiting[]> {
  const session = createLibsignalSession();
  const options = { store, rng: systemRng, builder: createPacketBuilder(systemRng) };
  const client = Client.open(options, Date.now());
  const rng: SeededRng = seededRng('burst');
  const { id: contactId } = client.contact(to);
  for (let n = 0; n < count; n++) {
    client.sendText({ contactId, text: randomText(rng), clientId: null }, Date.now());
  }
  for (;;) {
    const effect = client.drain().find(({ kind }) => kind === 'session');
    if (effect?.kind !== 'session') break;
    client.onSession(effect.job, await effect.job.run(session), Date.now());
  }
  const rows = store.all(
    'SELECT seq, data FROM ciphertexts WHERE message_id IS NOT NULL ORDER BY seq DESC LIMIT ?',
    count,
  );
  return [...rows].reverse().map((row) => ({
    seq: Number(row['seq']),
    data: row['data'] as Uint8Array,
  }));
}

/** As if their boxes had been read a moment ago: each one part, whole, not yet decrypted. */
export function putWaiting(store: ProfileStore, from: string, texts: readonly Waiting[]): void {
  const contact = store.get('SELECT id, in_head FROM contacts WHERE name = ?', from);
  if (contact === undefined) throw new Error(`no contact ${from}`);
  const { id, in_head: head } = contact;
  store.transaction(() => {
    for (const [n, { seq, data }] of texts.entries()) {
      store.run(
        `INSERT INTO fragments (contact_id, seq, part, parts, data, at, idx)
         VALUES (?, ?, 0, 1, ?, ?, ?)`,
        ...[id ?? 0, seq, data, Date.now(), Number(head) + n],
      );
    }
  });
  store.checkpoint();
}
