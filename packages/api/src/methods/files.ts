/**
 * Methods of files (docs/spec/19-files.md). Bytes come and go over the API: a path never does. A file is
 * brought in piece by piece, in order, and then sent; it is read back in pieces as well.
 */
import * as v from 'valibot';
import { MAX_BASE64_PIECE, MAX_CLIENT_ID, MAX_FILE_TEXT } from '../limits.ts';
import { done, id, method, natural, upTo } from '../method.ts';
import { message, shown } from '../views.ts';

const clientId = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_CLIENT_ID));
/** base64url without padding. */
const bytes = v.pipe(v.string(), v.maxLength(MAX_BASE64_PIECE), v.regex(/^[A-Za-z0-9_-]*$/));
/** ms */
const span = { leastMs: v.number(), mostMs: v.number() };
const upload = upTo(1, Number.MAX_SAFE_INTEGER);
const short = v.pipe(v.string(), v.maxLength(MAX_FILE_TEXT));

export const fileMethods = {
  /** Of so many bytes. What is not sent is forgotten when the daemon ends. */
  'file.begin': method(v.strictObject({ size: natural }), v.object({ upload: v.number() }), 'send'),
  /** The next bytes, from `at` on: on disk, encrypted, when it answers with where the next begin. */
  'file.put': method(
    v.strictObject({ upload, at: natural, bytes }),
    v.object({ at: v.number() }),
    'send',
  ),
  /** All bytes are here: a line of the conversation. Idempotent by `clientId`. */
  'file.send': method(
    v.strictObject({
      upload,
      contactId: id,
      clientId,
      name: short,
      mediaType: short,
      kind: v.picklist(['file', 'picture', 'voice']),
      /** Words beside it. */
      text: v.exactOptional(v.string()),
      /** The person saw what Transfer costs and shows (`file.preview`), and consents to it for this file for an hour. */
      transfer: v.exactOptional(v.boolean()),
      /** Of a voice note: the loudest of each piece of it, 64 to 100 values of a byte. */
      peaks: v.exactOptional(bytes),
    }),
    message,
    'send',
  ),
  /**
   * All bytes are here, and are a JPEG, PNG or WebP: made anew from its pixels, without what a camera or
   * program wrote into it, within 150 kB, `large` 600 kB. What it was made from is thrown away.
   */
  'picture.remake': method(
    v.strictObject({ upload, large: v.exactOptional(v.boolean()) }),
    v.object({ upload: v.number(), size: v.number(), width: v.number(), height: v.number() }),
    'send',
  ),
  /**
   * All bytes are here, and are Opus in WebM as a browser records it: written anew from its packets, within a minute
   * and 150 kB, `large` four minutes and 600 kB. What it was made from is thrown away. `duration`: ms.
   */
  'voice.remake': method(
    v.strictObject({ upload, large: v.exactOptional(v.boolean()) }),
    v.object({ upload: v.number(), size: v.number(), duration: v.number() }),
    'send',
  ),
  /** Bytes brought in and not sent are thrown away. */
  'file.cancel': method(v.strictObject({ upload }), done, 'send'),
  /**
   * How long a file of so many bytes would be under way at the present rate, ms, from and to; and in Transfer, from the word
   * of both on, what it costs and who sees what. `oneSided`: when only one of both uses it. `blocks` are so many as the file needs
   * at least, each `blockMs` long and run to its end; `up` and `down` are their bytes. Null: this network has no Transfer.
   */
  'file.preview': method(
    v.strictObject({ size: natural }),
    v.object({
      boxes: v.number(),
      ...span,
      fits: v.boolean(),
      transfer: v.nullable(
        v.object({
          ...span,
          oneSided: v.object(span),
          blockMs: v.number(),
          blocks: v.number(),
          up: v.number(),
          down: v.number(),
          shows: v.pipe(v.array(shown), v.readonly()),
        }),
      ),
    }),
    'send',
  ),
  /**
   * By the id of its message: fetch it; do not, and say so; stop sending it. `transfer` as in `file.send`; also for one that is
   * being fetched.
   */
  'file.want': method(
    v.strictObject({ id, transfer: v.exactOptional(v.boolean()) }),
    message,
    'send',
  ),
  'file.decline': method(v.strictObject({ id }), message, 'send'),
  'file.withdraw': method(v.strictObject({ id }), message, 'send'),
  /** Bytes from `at` to the end of their block; `next` is null behind the last. */
  'file.read': method(
    v.strictObject({ id, at: natural }),
    v.object({ bytes: v.string(), next: v.nullable(v.number()) }),
    'read',
  ),
  /** All of a voice note, once it was seen to be one: the one WebM that could have been made here. `duration`: ms. */
  'voice.read': method(
    v.strictObject({ id }),
    v.object({ bytes: v.string(), duration: v.number() }),
    'read',
  ),
} as const;
