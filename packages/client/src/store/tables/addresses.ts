/** Reusable addresses, what comes to them, and requests of our own (docs/spec/16-addresses.md). */
export const ADDRESSES = `
CREATE TABLE addresses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  label TEXT NOT NULL,
  -- live, replaced (still watched until ends_at), ended
  state TEXT NOT NULL,
  card BLOB NOT NULL,
  -- Null once it has ended: nothing sealed to it can be opened any more.
  kem_seed BLOB,
  lock BLOB NOT NULL,
  identity_id INTEGER,
  created_at INTEGER NOT NULL, ends_at INTEGER,
  -- Places below this are watched, or were.
  watched_to INTEGER NOT NULL,
  -- What came today: boxes, unreadable ones, requests shown, requests turned away.
  day INTEGER NOT NULL DEFAULT 0,
  boxes INTEGER NOT NULL DEFAULT 0, unreadable INTEGER NOT NULL DEFAULT 0,
  shown INTEGER NOT NULL DEFAULT 0, turned_away INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE address_requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  address_id INTEGER NOT NULL,
  invitation BLOB NOT NULL UNIQUE,
  key_set_hash BLOB NOT NULL,
  content_id BLOB NOT NULL,
  name TEXT NOT NULL, text TEXT NOT NULL,
  -- waiting, accepted, deleted, blocked
  state TEXT NOT NULL,
  came_at INTEGER NOT NULL, ends_day INTEGER NOT NULL
);
-- Our own requests to addresses of others.
CREATE TABLE sent_requests (
  contact_id INTEGER PRIMARY KEY REFERENCES contacts(id) ON DELETE CASCADE,
  invitation_id INTEGER NOT NULL,
  card BLOB NOT NULL,
  content_id BLOB NOT NULL, text TEXT NOT NULL,
  -- preparing, open, told (the address has ended, an answer may still come), ended
  state TEXT NOT NULL,
  -- When it is posted next.
  next_at INTEGER NOT NULL,
  posts INTEGER NOT NULL DEFAULT 0
);
-- Whose requests are dropped unseen.
CREATE TABLE blocked_keys (
  key_set_hash BLOB PRIMARY KEY, identity_key BLOB, at INTEGER NOT NULL
);
-- 1: belongs to a request of ours and is not listed.
ALTER TABLE invitations ADD COLUMN request INTEGER NOT NULL DEFAULT 0;
-- Key-set hash that the offer must show: of the request that was accepted.
ALTER TABLE visits ADD COLUMN expects BLOB;
`;
