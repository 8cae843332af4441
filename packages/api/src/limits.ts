/** Caps of the local API (docs/limits.md). Everything a caller can grow stands here. */

/** One JSON-RPC message, in bytes of UTF-8, without its line end. */
export const MAX_MESSAGE_BYTES = 1_048_576;
/** Nesting of arrays and objects inside a message. */
export const MAX_DEPTH = 16;
/** Values (scalars, arrays, objects) inside a message. */
export const MAX_VALUES = 50_000;
/** Length of a method name or a string id. */
export const MAX_WORD = 64;
/** Calls one connection may have open at a time; one more is answered `too-many-calls`. */
export const MAX_OPEN_CALLS = 32;
/** How long `events.read` waits for something to happen. */
export const MAX_WAIT_MS = 60_000;
/** Events in one answer. */
export const MAX_EVENTS = 500;
/** Characters of a token, contacts it may be limited to. */
export const MAX_TOKEN = 128;
export const MAX_TOKEN_CONTACTS = 64;
/** Contacts one search may name. */
export const MAX_SEARCH_CONTACTS = 64;
/** Messages in one page of `message.list`, results of one search. */
export const MAX_PAGE = 200;
/** Minutes after which windows lock by themselves, at most: a day. */
export const MAX_IDLE_MINUTES = 1_440;
/** Opaque ids of contacts, messages, invitations. */
export const MAX_ID = 128;
/** Characters of a name, label or consumer; the client has its own, smaller, caps in bytes. */
export const MAX_NAME = 128;
/** Characters of a client id: a retry with the same one sends nothing twice. */
export const MAX_CLIENT_ID = 64;
/** Characters of a network card or an invitation link, with room for later forms. */
export const MAX_LINK = 4_096;
/** Characters of the text of a request; the client counts bytes, at most 900. */
export const MAX_REQUEST_TEXT = 900;
/** Hours an invitation may be made for; a network may allow less. */
export const MAX_INVITATION_HOURS = 2_160;
/** Days for which a replaced address may still be watched. */
export const MAX_ADDRESS_DAYS = 90;
/** Characters of a SOCKS server's address: an IP address and a port. */
export const MAX_SOCKS = 64;
/**
 * Bytes of a file that come or go with one call. Text of more than 128 KiB lies apart in the engine's heap,
 * and is collected so late that a daemon grew by a hundred megabytes while a file came in.
 */
export const FILE_PIECE = 65_536;
/** base64url of one. Characters of a file's name and media type. */
export const MAX_BASE64_PIECE = Math.ceil((FILE_PIECE * 4) / 3);
export const MAX_FILE_TEXT = 255;
/** Bytes of a file that may be fetched unasked: as many as any file has. */
export const MAX_FETCH_BYTES = 256 * 1_048_576;
/** Characters of a passphrase. */
export const MAX_PASSPHRASE = 1_024;
/** Characters of a recovery phrase, of a folder's path; hours between two backups. */
export const MAX_PHRASE = 256;
export const MAX_FOLDER = 4_096;
export const MAX_BACKUP_HOURS = 168;
