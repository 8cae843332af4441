/**
 * The search index (docs/spec/18-conversations.md, 3). It keeps no text of its own, only words and
 * their places; triggers change it in the transaction that changes a message. Deleted words are
 * overwritten by the index's own option, as `secure_delete` does not reach inside its segments.
 */
const TAGS = (row: string): string =>
  `'c' || ${row}.contact_id || ' k' || ${row}.type ||
   CASE WHEN ${row}.text LIKE '%http://%' OR ${row}.text LIKE '%https://%' THEN ' link' ELSE '' END`;

/** What is shown of these types and has words. A list of three types would be made a table each time. */
const FOUND = (row: string, types: readonly number[]): string =>
  `${row}.listed = 1 AND ${row}.text <> ''
   AND CASE ${row}.type ${types.map((type) => `WHEN ${type} THEN 1`).join(' ')} ELSE 0 END`;

const add = (types: readonly number[]): string => `INSERT INTO search (rowid, text, tags)
  SELECT new.id, new.text, ${TAGS('new')} WHERE ${FOUND('new', types)};`;
const remove = (types: readonly number[]): string => `INSERT INTO search (search, rowid, text, tags)
  SELECT 'delete', old.id, old.text, ${TAGS('old')} WHERE ${FOUND('old', types)};`;

const source = (types: readonly number[]): string => `CREATE VIEW search_source AS
  SELECT m.id, m.text, ${TAGS('m')} AS tags FROM messages m WHERE ${FOUND('m', types)};`;
const changes = (types: readonly number[]): string => `
CREATE TRIGGER search_removed AFTER DELETE ON messages BEGIN ${remove(types)} END;
CREATE TRIGGER search_changed AFTER UPDATE OF text, type, listed, contact_id ON messages
WHEN old.text <> new.text OR old.type <> new.type OR old.listed <> new.listed
  OR old.contact_id <> new.contact_id
BEGIN ${remove(types)} ${add(types)} END;`;

/** Texts and cards. */
const FIRST: readonly number[] = [1, 5];
const FILE = 16;

export const SEARCH = `
-- Times to ids: a search of times looks at no other messages.
CREATE INDEX messages_by_sent ON messages (sent_at, id);
${source(FIRST)}
CREATE VIRTUAL TABLE search USING fts5(
  text, tags, content='search_source', content_rowid='id',
  tokenize='unicode61 remove_diacritics 2', prefix='2 3'
);
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
INSERT INTO search (rowid, text, tags) SELECT id, text, tags FROM search_source;
CREATE TRIGGER search_added AFTER INSERT ON messages BEGIN ${add(FIRST)} END;
${changes(FIRST)}
`;

/**
 * A new message is added by a statement of its own (`search/added.ts`): with a trigger SQLite keeps each
 * page of a dozen indexes aside for every message. What changes or goes is still the triggers' work.
 */
export const SEARCH_ADDED = 'DROP TRIGGER search_added;';

/** Words beside files are found, too: those that are there, and those that come. */
export const SEARCH_FILES = `
DROP TRIGGER search_removed;
DROP TRIGGER search_changed;
DROP VIEW search_source;
${source([...FIRST, FILE])}
${changes([...FIRST, FILE])}
INSERT INTO search (rowid, text, tags)
  SELECT m.id, m.text, ${TAGS('m')} FROM messages m WHERE ${FOUND('m', [FILE])};
`;
