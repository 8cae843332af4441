/**
 * Everything a peer, a relay or a window can make grow has its cap here (docs/limits.md).
 * Protocol constants come first, choices of this implementation after.
 */

// Protocol (docs/spec/07-streams.md, 09-meeting.md)
/** Indices beyond the highest seen for which a reader derives boxes. */
export const LOOK_AHEAD = 64;
/** Largest jump of a head that a beacon may name. */
export const MAX_SKIP = 10_000;
/** Passed-over boxes of one contact up to which beacons are believed. */
export const MAX_GAPS = 20_000;
/** Absent boxes in a row after which a reader that catches up believes to be at the end. */
export const MAX_UNWRITTEN = 4;
/** Parts of one ciphertext. */
export const MAX_PARTS = 64;
/** Bytes of UTF-8 in one text. */
export const MAX_TEXT_BYTES = 16_384;
/** Fields of a content (docs/spec/14-content.md, 1): line for older versions, excerpt of a quote, emoji. */
export const MAX_SHOWN_BYTES = 512;
export const MAX_EXCERPT_BYTES = 256;
export const MAX_EMOJI_BYTES = 64;
/** People mentioned in one text. */
export const MAX_MENTIONS = 32;
/** Seconds until a read message disappears: a year. */
export const MAX_LIFETIME = 31_536_000;
/** Bytes of a contact card. */
export const MAX_CARD_BYTES = 8_192;
/** Bytes of UTF-8 in a name, and in the first words of a reply box. */
export const MAX_NAME_BYTES = 64;
export const MAX_FIRST_WORDS_BYTES = 160;
/** Tries of one box id: at one edge, and in its life (docs/spec/05-boxes.md, 9). */
export const TRIES_PER_EDGE = 2;
export const TRIES_PER_ID = 4;
/** Standing reads outstanding while a window is in use (docs/spec/04-mixing.md, 7). */
export const STANDING_READS = 4;
/** Empty holds after which a box is left to the digest, until its conversation is used again. */
export const EMPTY_HOLDS = 3;

/** Boxes for requests that an address has each day (docs/spec/16-addresses.md, 2). */
export const REQUEST_BOXES = 256;
/** Bytes of UTF-8 in the text of a request. */
export const MAX_REQUEST_TEXT_BYTES = 900;

/** Bytes of a file, of its name and preview (docs/spec/19-files.md, 1 and 2). */
export const MAX_FILE_BYTES = 256 * 1_048_576;
export const MAX_FILE_NAME_BYTES = 255;
export const MAX_PREVIEW_BYTES = 1_024;
/** Words about files in one envelope, ranges of parts in one of them, rounds of a file. */
export const MAX_FILE_WORDS = 8;
export const MAX_FILE_RANGES = 32;
export const MAX_FILE_ROUNDS = 16;
/** A file of so many bytes is written without being asked for. */
export const UNASKED_FILE_BYTES = 262_144;

// Implementation
/** Hours between backups, unless the person says otherwise; at most, since what was deleted is in the last one until then. */
export const DEFAULT_BACKUP_HOURS = 24;
export const MAX_BACKUP_HOURS = 168;
/** Characters of a folder's path. */
export const MAX_FOLDER = 4_096;
/** First copies of parts of files that wait or are under way; blocks are sealed in batches of them. */
export const FILE_PARTS_UNDER_WAY = 16;
/** The same in Transfer: its slots times what an answer takes. */
export const TRANSFER_PARTS_UNDER_WAY = 512;
/** Second copies of parts that wait while first ones go before them; each holds a record. */
export const FILE_COPIES_BEHIND = 512;
/** Boxes of one file that are watched at a time; at once, and in each slot until they all are. */
export const FILE_WATCHES = 1_024;
export const FILE_WATCHES_AT_ONCE = 128;
export const FILE_WATCHES_A_SLOT = 16;
/** Files that windows and programs bring in at a time. */
export const MAX_UPLOADS = 8;
/** One of them that got no bytes for so long gives way to another. */
export const UPLOAD_IDLE = 600_000;
/** Boxes of the contact list under the recovery phrase in one of its periods. */
export const MAX_LIST_BOXES = 400;
/** Recovery roots of one contact that are known; the oldest gives way. */
export const MAX_RECOVERY_ROOTS = 8;
/** Bytes of one contact's files that are being fetched. */
export const MAX_UNFINISHED_BYTES = 512 * 1_048_576;
/** Bytes that stay free: the store must be able to save what comes. */
export const MIN_ROOM_BYTES = 256 * 1_048_576;
/** Files of one contact that are fetched at a time: each watches boxes. */
export const MAX_UNFINISHED_FILES = 64;
/** Addresses that live or are still watched after they were replaced. */
export const MAX_ADDRESSES = 8;
/** Ended addresses that are still listed; the oldest goes. */
export const MAX_ENDED_ADDRESSES = 32;
/** Requests that wait for a decision; new ones that come at one address in a day. */
export const MAX_REQUESTS = 200;
export const MAX_REQUESTS_A_DAY = 64;
/** Requests that were decided and are remembered until they end, so that they do not come again. */
export const MAX_DECIDED_REQUESTS = 5_000;
/** Identities beside the profile's own. */
export const MAX_IDENTITIES = 64;
/** Own requests under way. */
export const MAX_SENT_REQUESTS = 50;
/** Boxes tried for one posting of a request before it waits. */
export const MAX_REQUEST_DRAWS = 24;
/** People whose requests are not shown; the oldest gives way. */
export const MAX_BLOCKED_KEYS = 5_000;
/** Contacts, open invitations, queued texts of one profile. */
export const MAX_CONTACTS = 2_000;
export const MAX_INVITATIONS = 100;
export const MAX_QUEUED = 5_000;
/** Unfinished incoming ciphertexts of one contact; the oldest gives way. */
export const MAX_PARTIAL = 32;
/** Received ciphertexts decrypted and saved in one transaction, and their bytes. */
export const MAX_GROUP = 16;
export const MAX_GROUP_BYTES = 16_384;
/** Requests waiting for their reply; at the cap the oldest counts as lost. */
export const MAX_PENDING_REQUESTS = 4_096;
/** Lost requests whose answer is taken all the same when it comes; the oldest gives way. */
export const MAX_LATE_REQUESTS = 256;
/** Edges once drawn as front door that are remembered for their sixty days. */
export const MAX_GUARDS = 16;
/** Lists and maps inside each other in an envelope. */
export const MAX_ENVELOPE_DEPTH = 64;
/** Dead letters kept of one contact. */
export const MAX_DEAD_LETTERS = 100;
/** Of those, contents that were receipted and failed here: they never give way. */
export const MAX_FAILED_CONTENTS = 50;
/** Marks kept of the last five minutes of digests, of one edge. */
export const MAX_RECENT_MARKS = 65_536;
/** Copies, reads and erasures of cover boxes still to be done; the oldest gives way. */
export const MAX_COVER_ERRANDS = 256;
/** Digests that are not taken twice: those of the last hour. One that was forgotten harms nobody. */
export const MAX_SEEN_DIGESTS = 8_192;
/** Entries of the event log that are kept for consumers; that are kept though all have them. */
export const MAX_EVENTS = 100_000;
export const MAX_KEPT_EVENTS = 10_000;
/** Entries forgotten at a time, so that it never takes long. */
export const MAX_PRUNED_EVENTS = 5_000;
/** Consumers whose places are kept. */
export const MAX_CONSUMERS = 64;
/** Unreadable ciphertexts named in one envelope. */
export const MAX_UNREADABLE = 16;
/** So often one ciphertext is encrypted anew at once because it was named; then it waits. */
export const MAX_PROMPT_RENEWALS = 8;
/** Encryptions of a hello that fail before the meeting is ended: 17 hours of pauses. */
export const MAX_HELLO_TRIES = 12;
/** Ranges in one receipt. */
export const MAX_RECEIPT_RANGES = 32;
/** Facts kept about one message: the first ones, and the newest. */
export const MAX_EVIDENCE_ROWS = 128;
/** Hashes of documents held lately, to compare with contacts: sixty days of hours. */
export const MAX_DOCUMENT_HASHES = 1_440;
/** Disputes about documents that are kept; of one contact. */
export const MAX_DISPUTES = 64;
export const MAX_DISPUTES_OF_CONTACT = 4;
/** Conversations kept on top of the list, messages pinned in one conversation. */
export const MAX_PINNED = 20;
export const MAX_PINNED_MESSAGES = 50;
/** UTC days of which is kept how much was sent and received. */
export const USAGE_DAYS = 90;
/** Own messages of which is kept how long they took. */
export const MAX_DELIVERIES = 2_000;
/** Runs of the short code with one contact in a day, whoever begins them. */
export const MAX_CODE_RUNS = 3;
/** Codes to be scanned that are kept, of the last three days; codes of others that were scanned. */
export const MAX_OWN_CODES = 64;
export const MAX_SCANS = 256;
/** Introductions that are open; of those, ones a single contact proposes and that wait. */
export const MAX_INTRODUCTIONS = 256;
export const MAX_INTRODUCTIONS_OF = 16;
/** Bytes of what an introducer says of somebody. */
export const MAX_INTRODUCTION_NOTE = 512;
/** Facts kept about the trust in one contact: the first ones, and the newest. */
export const MAX_TRUST_FACTS = 128;
/** Tokens of bots. */
export const MAX_TOKENS = 64;
/** Characters and words of what is searched for. */
export const MAX_QUERY = 256;
export const MAX_QUERY_TERMS = 16;
/** Matches of one search that are ranked: the newest. Older ones with another call. */
export const MAX_MATCHES = 2_000;
/** Words a beginning stands for; of more, every match is gathered. */
export const MAX_ENDINGS = 128;
/** Lines that move when what they answer comes after them. */
export const MAX_MOVED_LINES = 1_000;
/** Versions of a text after its first; the oldest of them gives way. */
export const MAX_EDITS = 100;
/** Edits, reactions and deletes of a contact that wait for their line; the oldest gives way. */
export const MAX_WAITING_ACTS = 256;
/** Rows that lose their text, or are forgotten, in one turn. */
export const MAX_SWEPT_ROWS = 200;
/** Marks of digests waiting for the other home to name them; when there are more, one in two is kept. */
export const MAX_CROWD_MARKS = 16_384;
/** Marks of one digest of which is worked out where they belong; the others are not counted. */
export const MAX_CROWD_PLACED = 256;
/** Minutes of which is kept which boxes digests named. */
export const MAX_CROWD_MINUTES = 180;
/** Messages returned by one call. */
export const MAX_PAGE = 500;
/** Bytes of a recording from which a voice note is made; elements and packets in it. */
export const MAX_VOICE_INPUT_BYTES = 1_048_576;
export const MAX_VOICE_ELEMENTS = 65_536;
export const MAX_VOICE_PACKETS = 12_000;
/** A voice note, whoever made it: bytes, ms. */
export const MAX_VOICE_BYTES = 600_000;
export const LONGEST_VOICE_MS = 240_000;
