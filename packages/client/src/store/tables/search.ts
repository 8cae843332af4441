/**
 * The search index (docs/spec/18-conversations.md, 3). It keeps no text of its own, only words and
 * their places; triggers change it in the transaction that changes a message. Deleted words are
 * overwritten by the index's own option, as `secure_delete` does not reach inside its segments.
 */
const TAGS = (row: string) =>
  `'c' || ${row}.contact_id || ' k' || ${row}.type ||
   CASE WHEN ${row}.text LIKE '%http://%' OR ${row}.text LIKE '%https://%' THEN ' link' ELSE '' END`;

const ADD = (when: string) =>
  `INSERT INTO search (rowid, text, tags) SELECT new.id, new.text, ${TAGS('new')} WHERE ${when};`;
const REMOVE = `INSERT INTO search (search, rowid, text, tags)
   SELECT 'delete', old.id, old.text, ${TAGS('old')} WHERE old.text <> '';`;

export const SEARCH = `
CREATE VIEW search_source AS SELECT m.id, m.text, ${TAGS('m')} AS tags FROM messages m;
CREATE VIRTUAL TABLE search USING fts5(
  text, tags, content='search_source', content_rowid='id',
  tokenize='unicode61 remove_diacritics 2', prefix='2 3'
);
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
INSERT INTO search (rowid, text, tags) SELECT id, text, tags FROM search_source WHERE text <> '';
CREATE TRIGGER search_added AFTER INSERT ON messages WHEN new.text <> '' BEGIN
  ${ADD('1')}
END;
CREATE TRIGGER search_removed AFTER DELETE ON messages WHEN old.text <> '' BEGIN
  ${REMOVE}
END;
CREATE TRIGGER search_changed AFTER UPDATE OF text, type, contact_id ON messages BEGIN
  ${REMOVE}
  ${ADD("new.text <> ''")}
END;
`;
