/** Caps of the window server (docs/limits.md). Everything a local caller can grow stands here. */
import { HOUR, MINUTE, SECOND } from '@tacet/base';

/** A ticket not redeemed by then is worth nothing. */
export const TICKET_LIFE = 30 * SECOND;
/** Tickets outstanding at a time; one more makes the oldest void. */
export const MAX_TICKETS = 8;
/** Wrong secrets (tickets, reopen secrets) in a row before the answer is 429, and the refill. */
export const FAILURE_BURST = 20;
export const FAILURE_REFILL = 1 * SECOND;

/** Window sessions at a time; one more ends the one not heard of for longest. */
export const MAX_SESSIONS = 16;
/** A session not heard of for so long ends. */
export const SESSION_IDLE = 12 * HOUR;
/** How long a locked window may still try the passphrase. */
export const REOPEN_LIFE = 12 * HOUR;

/** Bytes of a request: its head, its number of header lines, the body of a call, other bodies. */
export const MAX_HEAD_BYTES = 8_192;
export const MAX_HEADER_LINES = 64;
export const MAX_CALL_BYTES = 262_144;
export const MAX_SMALL_BYTES = 4_096;
/** Connections per address family, and the requests one of them may carry. */
export const MAX_CONNECTIONS = 64;
export const MAX_REQUESTS_PER_CONNECTION = 10_000;
/** Time for the head, for the whole request, and for an idle connection. */
export const HEAD_TIME = 5 * SECOND;
export const REQUEST_TIME = 10 * SECOND;
export const KEEP_ALIVE = 10 * SECOND;

/** Calls and event streams one session may have open. */
export const MAX_CALLS = 32;
export const MAX_STREAMS = 4;
/** A quiet event stream says so this often, so that a dead one is noticed. */
export const STREAM_WAIT = 15 * SECOND;
/** Events read from the log at a time. */
export const STREAM_PAGE = 200;
/** How long an ended stream may take to leave before its socket is cut. */
export const STREAM_LINGER = 0.5 * SECOND;

/** Files of the page, and bytes of all of them. */
export const MAX_ASSETS = 32;
export const MAX_ASSET_BYTES = 4_194_304;

/** ms for which a page that gave the passphrase anew may do what needs it. */
export const CONFIRMED_FOR = 5 * MINUTE;
