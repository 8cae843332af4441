/** Caps and times of the daemon (docs/limits.md). */
import { DAY, MINUTE, SECOND } from '@tacet/base';
import type { PictureBudget } from '@tacet/client';
import type { VoiceBudget } from '@tacet/client/voice';

/** A slot's frame is made at least this long before its instant; longer on slow disks. */
export const SLOT_LEAD = 6;
export const SLOT_LEAD_MAX = 100;
/** Timers keep whole milliseconds; the last one before a slot is waited out. */
export const SLOT_SPIN = 1;
/** Work is not begun when a slot is nearer than this at least; it waits until that is written. */
export const SLOT_GUARD = 12;
/** A search begins only where so much is left until the next slot. */
export const SEARCH_ROOM = 50;
/** A snapshot for a backup begins and ends only where so much is left: the log goes into the data file. */
export const LOG_ROOM = 50;
/** A backup whose folder does not get on for so long ends: the log of the profile grows meanwhile. */
export const BACKUP_SILENCE = 10 * MINUTE;
/** So often it is looked whether windows are to lock by themselves. */
export const IDLE_LOOK = 5 * SECOND;
/** One step of what a full lock prepares. */
export const LOCK_STEP = 50;
/** A step of a full lock, or back, begins where so much is left until the next slot, or right behind one. */
export const LOCK_ROOM = 1 * SECOND;
/** Collections behind a full lock, and how long they are apart. */
export const COLLECTIONS = 3;
export const COLLECTIONS_APART = 0.1 * SECOND;
/** Pause after a wrong passphrase: doubles from the first figure to the second. */
export const PASSPHRASE_PAUSE = 1 * SECOND;
export const PASSPHRASE_PAUSE_MAX = 60 * SECOND;
/** Longest sleep of the main timer: how soon a step of the clock is noticed. */
export const MAX_SLEEP = 5 * SECOND;
/** A wall clock this far from the steady one was set, or the computer slept. */
export const CLOCK_STEP = 50;
/** Frames of an edge waiting to be looked at; one more ends the link. */
export const MAX_WAITING_FRAMES = 256;
/** Connections to the unix socket. */
export const MAX_CONNECTIONS = 64;
/** Calls with one token: so many at once, and a second. */
export const TOKEN_BURST = 100;
export const TOKEN_CALLS_PER_SECOND = 20;
/** Bytes a connection may leave unread before it is cut. */
export const MAX_UNREAD_BYTES = 8 * 1_048_576;
/** Longest path that binds as a unix socket everywhere. */
export const MAX_SOCKET_PATH = 100;
/** How long an ending connection may take to send what is left. */
export const CLOSE_LINGER = 0.5 * SECOND;
/** The page that leads a browser to the ticket is removed after this time. */
export const LAUNCH_PAGE_LIFE = 1 * MINUTE;
/** A window that has not said so for this long is no longer looked at. */
export const HEARTBEAT_LIFE = 1 * MINUTE;
/** Windows whose heartbeats are kept. */
export const MAX_HEARTBEATS = 64;
/** Deleted rows leave the write-ahead log this often (docs/spec/10-store.md). */
export const CHECKPOINT_EVERY = 5 * MINUTE;
/** After a profile was opened: until then its window has what it shows first. */
export const SESSION_AFTER = 0.2 * SECOND;
/** How long stopping waits for ratchet work under way. */
export const STOP_PATIENCE = 5 * SECOND;
/** Log lines a day; what is more is counted and said at the next start of a day. */
export const MAX_LOG_LINES = 1_000;
export const LOG_PERIOD = DAY;
/** Bytes of `daemon.log`, and of `daemon.log.1`, which holds what came before. */
export const MAX_LOG_BYTES = 1_048_576;

/** Bytes of a picture as it comes from a camera. */
export const MAX_PICTURE_BYTES = 67_108_864;
/** A picture that is sent (docs/spec/19-files.md, 7), and one whose sender wants more of it. */
export const PICTURE: PictureBudget = { bytes: 150_000, side: 1_600 };
export const LARGE_PICTURE: PictureBudget = { bytes: 600_000, side: 2_560 };

/** Bytes of what a recorder wrote. */
export const MAX_RECORDING_BYTES = 1_048_576;
/** A voice note that is sent (docs/spec/19-files.md, 9), and one whose sender wants more of it. */
export const VOICE: VoiceBudget = { bytes: 150_000, duration: 60 * SECOND };
export const LARGE_VOICE: VoiceBudget = { bytes: 600_000, duration: 240 * SECOND };
/** A voice note is made, or looked at, only where so much is left until the next slot. */
export const VOICE_ROOM = 50;
