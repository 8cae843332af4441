/**
 * The tables of a profile, as numbered migrations (docs/spec/10-store.md). A released migration
 * never changes; a new one is appended.
 */
import type { Migration } from './migrate.ts';
import { ADDRESSES } from './tables/addresses.ts';
import { BACKUPS } from './tables/backups.ts';
import { BLOCKING } from './tables/blocking.ts';
import { CODES } from './tables/codes.ts';
import { CONTENT } from './tables/content.ts';
import { CONVERSATIONS, FETCHING } from './tables/conversations.ts';
import { ALONE, COPIES } from './tables/copies.ts';
import { ECHO } from './tables/echo.ts';
import { TOMBSTONES_BY_TIME } from './tables/erasing.ts';
import { EVENTS, EVENTS_BY_LOG, LIMITED_EVENTS } from './tables/events.ts';
import { FILE_CONSENTS, FILES } from './tables/files.ts';
import { HEALING } from './tables/healing.ts';
import { IDENTITIES } from './tables/identities.ts';
import { IN_PERSON, IN_PERSON_IDENTITIES } from './tables/in-person.ts';
import { INTRODUCTIONS } from './tables/introductions.ts';
import { LETTERS } from './tables/letters.ts';
import { LEVELS } from './tables/levels.ts';
import { NEW_KEYS } from './tables/new-keys.ts';
import { NOTICE_TRIES } from './tables/notices.ts';
import { PINS } from './tables/pins.ts';
import { REASONS } from './tables/reasons.ts';
import { CONTACT_LIST, RECOVERY_ROOTS, STATEMENTS } from './tables/recovery.ts';
import { SEARCH, SEARCH_ADDED, SEARCH_FILES } from './tables/search.ts';
import { SEARCH_WORDS } from './tables/search-words.ts';
import { TOKENS } from './tables/tokens.ts';
import { TRUST } from './tables/trust.ts';

const FIRST = `
CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE session_records (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE contacts (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  given_name TEXT NOT NULL,
  trust TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  identity_key BLOB,
  key_set_hash BLOB,
  ed25519 BLOB,
  mldsa65 BLOB,
  opened_at INTEGER, delivered_at INTEGER, accepted_at INTEGER, ready_at INTEGER,
  created_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  read_at INTEGER NOT NULL DEFAULT 0,
  -- writer of the stream
  out_index INTEGER NOT NULL DEFAULT 0,
  out_chain BLOB,
  out_seq INTEGER NOT NULL DEFAULT 0,
  out_beacon BLOB, out_beacon_day INTEGER NOT NULL DEFAULT 0, out_beacon_written INTEGER NOT NULL DEFAULT 0,
  -- reader of the other stream
  in_next INTEGER NOT NULL DEFAULT 0,
  in_head INTEGER NOT NULL DEFAULT 0,
  in_chain BLOB,
  in_up_to INTEGER NOT NULL DEFAULT 0,
  in_beacon BLOB, in_beacon_day INTEGER NOT NULL DEFAULT 0,
  receipt_due INTEGER
);

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  content_id BLOB NOT NULL,
  client_id TEXT,
  direction TEXT NOT NULL,
  type INTEGER NOT NULL,
  text TEXT NOT NULL,
  raw BLOB,
  sent_at INTEGER NOT NULL,
  arrived_at INTEGER,
  delivered_at INTEGER,
  state TEXT NOT NULL,
  reason TEXT,
  parts INTEGER NOT NULL DEFAULT 0, parts_sent INTEGER NOT NULL DEFAULT 0, copies INTEGER NOT NULL DEFAULT 0,
  UNIQUE (contact_id, direction, content_id)
);
CREATE INDEX messages_by_contact ON messages (contact_id, id);
CREATE UNIQUE INDEX messages_by_client ON messages (client_id) WHERE client_id IS NOT NULL;
CREATE INDEX messages_queued ON messages (id) WHERE state = 'queued';

CREATE TABLE evidence (
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  at INTEGER NOT NULL, what TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL
);
CREATE INDEX evidence_by_message ON evidence (message_id);

-- Ratchet ciphertexts under way; a row goes when its receipt comes.
CREATE TABLE ciphertexts (
  id INTEGER PRIMARY KEY,
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  message_id INTEGER REFERENCES messages(id) ON DELETE CASCADE,
  data BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  stored_at INTEGER,
  missed_at INTEGER,
  posts INTEGER NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX ciphertexts_by_seq ON ciphertexts (contact_id, seq) WHERE seq > 0;

-- Where each part of a ciphertext stands: its newest box, tries sent, copies stored.
CREATE TABLE progress (
  ciphertext_id INTEGER NOT NULL REFERENCES ciphertexts(id) ON DELETE CASCADE,
  part INTEGER NOT NULL, idx INTEGER NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0, copies INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (ciphertext_id, part)
) WITHOUT ROWID;

-- Ids of the next three are never used again: answers may come for rows that are gone.
-- Boxes to write. owner/ref say whose: part (ciphertext id, part number), meeting, beacon.
CREATE TABLE puts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner TEXT NOT NULL, ref INTEGER NOT NULL, part INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  contact_id INTEGER,
  record BLOB NOT NULL, mark BLOB NOT NULL,
  copies INTEGER NOT NULL DEFAULT 0,
  first_edge BLOB,
  tries_a INTEGER NOT NULL DEFAULT 0, tries_b INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL DEFAULT 0,
  moves INTEGER NOT NULL DEFAULT 0,
  expiry_day INTEGER
);
CREATE INDEX puts_by_owner ON puts (owner, ref);

-- Boxes to read: known before they exist.
CREATE TABLE watches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner TEXT NOT NULL, ref INTEGER NOT NULL, idx INTEGER NOT NULL,
  mark BLOB NOT NULL, box_id BLOB NOT NULL, seed BLOB NOT NULL, key BLOB NOT NULL,
  created_day INTEGER NOT NULL
);
CREATE INDEX watches_by_owner ON watches (owner, ref, idx);

CREATE TABLE tombstones (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  box_id BLOB NOT NULL, mark BLOB NOT NULL, signature BLOB NOT NULL,
  not_before INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0
);

-- Parts of incoming ciphertexts, whole ones until they are decrypted.
CREATE TABLE fragments (
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  seq INTEGER NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL,
  data BLOB NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (contact_id, seq, part)
) WITHOUT ROWID;
CREATE TABLE controls (
  id INTEGER PRIMARY KEY,
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  data BLOB NOT NULL, at INTEGER NOT NULL
);
-- Sequences saved above contacts.in_up_to.
CREATE TABLE received (
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  seq INTEGER NOT NULL, PRIMARY KEY (contact_id, seq)
) WITHOUT ROWID;
CREATE TABLE dead_letters (
  id INTEGER PRIMARY KEY,
  contact_id INTEGER REFERENCES contacts(id) ON DELETE CASCADE,
  reason TEXT NOT NULL, data BLOB NOT NULL, at INTEGER NOT NULL
);

-- Envelopes that are not messages and wait for the ratchet: key set, hello.
CREATE TABLE notices (
  id INTEGER PRIMARY KEY,
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  kind TEXT NOT NULL
);

CREATE TABLE invitations (
  id INTEGER PRIMARY KEY,
  label TEXT NOT NULL,
  state TEXT NOT NULL,
  r BLOB NOT NULL, secret BLOB, bundle BLOB,
  reply BLOB,
  contact_id INTEGER REFERENCES contacts(id) ON DELETE SET NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
);

-- A guest's side of an invitation.
CREATE TABLE visits (
  contact_id INTEGER PRIMARY KEY REFERENCES contacts(id) ON DELETE CASCADE,
  secret BLOB NOT NULL, state TEXT NOT NULL,
  box0 BLOB, box1 BLOB, reply_hash BLOB,
  first_words TEXT NOT NULL, reason TEXT,
  created_at INTEGER NOT NULL
);

CREATE TABLE events (
  cursor INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL
);
CREATE TABLE consumers (name TEXT PRIMARY KEY, cursor INTEGER NOT NULL) WITHOUT ROWID;

-- Documents as published, newest kept (spec 06).
CREATE TABLE documents (epoch INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
`;

/** What it takes to encrypt something again that its receiver can no longer read (0034). */
const RENEWAL = `
-- What a numbered ciphertext without a message says: hello, key-set.
ALTER TABLE ciphertexts ADD COLUMN notice TEXT;
-- 1: waits to be encrypted anew.
ALTER TABLE ciphertexts ADD COLUMN renew INTEGER NOT NULL DEFAULT 0;
-- So that a letter is dead no more once its sequence came after all.
ALTER TABLE dead_letters ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
`;

/** Parts of a sequence that was encrypted anew come in any order beside those of before. */
const PARTS = `
-- Index of the box a part stood in: later ones count.
ALTER TABLE fragments ADD COLUMN idx INTEGER NOT NULL DEFAULT 0;
-- 1: these parts together could not be decrypted.
ALTER TABLE fragments ADD COLUMN tried INTEGER NOT NULL DEFAULT 0;
`;

/** Ends that are told, gaps asked for ever more rarely, what networks were seen to say. */
const ENDS = `
-- Shown in box 3 when it is clear what became of the invitation (09-meeting.md 3).
ALTER TABLE invitations ADD COLUMN lock BLOB;
-- When a meeting ends by itself; null where it does not.
ALTER TABLE contacts ADD COLUMN ends_at INTEGER;
-- A passed-over box: how often it was asked for, and not again before.
ALTER TABLE watches ADD COLUMN asks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE watches ADD COLUMN ask_at INTEGER NOT NULL DEFAULT 0;
-- First day on which the longer-lived copy of this part is gone, as its edge said.
ALTER TABLE progress ADD COLUMN expires_day INTEGER;
-- Hashes of the documents this profile held, to compare with what contacts say they held.
CREATE TABLE document_hashes (epoch INTEGER PRIMARY KEY, hash BLOB NOT NULL);
-- Two documents for one epoch: both at hand, or another one than a contact holds.
CREATE TABLE disputes (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL, epoch INTEGER NOT NULL,
  own_hash BLOB NOT NULL, other_hash BLOB NOT NULL,
  contact_id INTEGER REFERENCES contacts(id) ON DELETE SET NULL,
  own_bytes BLOB, other_bytes BLOB,
  UNIQUE (epoch, other_hash)
);
`;

/** Meetings that failed are forgotten. */
const DEPARTED = `
-- Contacts that were dismissed, until their ratchet records are gone, too.
CREATE TABLE departed (contact_id INTEGER PRIMARY KEY);
`;

export const MIGRATIONS: readonly Migration[] = [
  { name: 'first tables', up: FIRST },
  { name: 'renewal of ciphertexts', up: RENEWAL },
  { name: 'order of parts', up: PARTS },
  { name: 'ends, gaps and disputes', up: ENDS },
  { name: 'departed contacts', up: DEPARTED },
  { name: 'settings of conversations', up: CONVERSATIONS },
  { name: 'healing of streams', up: HEALING },
  { name: 'whose events', up: EVENTS },
  { name: 'contents', up: CONTENT },
  { name: 'usage and deliveries', up: LEVELS },
  { name: 'facts of trust', up: TRUST },
  { name: 'reusable addresses', up: ADDRESSES },
  { name: 'runs of the short code', up: CODES },
  { name: 'search', up: SEARCH },
  { name: 'meeting in person', up: IN_PERSON },
  { name: 'introductions', up: INTRODUCTIONS },
  { name: 'blocked contacts', up: BLOCKING },
  { name: 'new keys of contacts', up: NEW_KEYS },
  { name: 'tokens of bots', up: TOKENS },
  { name: 'identities', up: IDENTITIES },
  { name: 'copies of the store', up: COPIES },
  { name: 'invitations without a name', up: ECHO },
  { name: 'pins of what is gone', up: PINS },
  { name: 'why invitations ended', up: REASONS },
  { name: 'in person under identities', up: IN_PERSON_IDENTITIES },
  { name: 'dead letters of both directions', up: LETTERS },
  { name: 'cursors of limited tokens', up: LIMITED_EVENTS },
  { name: 'boxes after which a store was alone', up: ALONE },
  { name: 'words of the search index', up: SEARCH_WORDS },
  { name: 'notices are tried again', up: NOTICE_TRIES },
  { name: 'events of tokens without a trigger', up: EVENTS_BY_LOG },
  { name: 'new words without a trigger', up: SEARCH_ADDED },
  { name: 'files', up: FILES },
  { name: 'consents to Transfer', up: FILE_CONSENTS },
  { name: 'files fetched unasked', up: FETCHING },
  { name: 'words beside files', up: SEARCH_FILES },
  { name: 'backups and restores', up: BACKUPS },
  { name: 'recovery roots', up: RECOVERY_ROOTS },
  { name: 'statements of restored daemons', up: STATEMENTS },
  { name: 'contact list under the phrase', up: CONTACT_LIST },
  { name: 'boxes to erase by time', up: TOMBSTONES_BY_TIME },
];
