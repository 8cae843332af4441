/** Methods of search (docs/spec/18-conversations.md, 3). */
import * as v from 'valibot';
import { MAX_PAGE, MAX_SEARCH_CONTACTS } from '../limits.ts';
import { id, method, upTo } from '../method.ts';

const time = v.pipe(v.number(), v.integer(), v.minValue(0));
const place = v.number();

const hit = v.object({
  id,
  contactId: id,
  direction: v.picklist(['out', 'in']),
  sentAt: v.number(),
  excerpt: v.object({
    text: v.string(),
    /** Something was left away before, after. */
    cutBefore: v.boolean(),
    cutAfter: v.boolean(),
    /** Start and length of what matches, in code points of this text. */
    marks: v.pipe(v.array(v.pipe(v.tuple([place, place]), v.readonly())), v.readonly()),
  }),
});

export const searchMethods = {
  /** Best first; without words, newest first. */
  'search.find': method(
    v.strictObject({
      /** Words, "words in this order", -without; the last word may go on. */
      text: v.string(),
      /** Ids or names. */
      contacts: v.exactOptional(v.pipe(v.array(id), v.maxLength(MAX_SEARCH_CONTACTS))),
      direction: v.exactOptional(v.picklist(['in', 'out'])),
      /** Sent at or after, and before. */
      from: v.exactOptional(time),
      to: v.exactOptional(time),
      link: v.exactOptional(v.boolean()),
      kind: v.exactOptional(v.picklist(['text', 'card', 'file'])),
      limit: upTo(1, MAX_PAGE),
      /** Goes on from an earlier answer's `next`. */
      before: v.exactOptional(id),
    }),
    v.object({
      hits: v.array(hit),
      /** More matches, older than all that were looked at. */
      next: v.nullable(id),
    }),
    'read',
  ),
} as const;

export type SearchHit = v.InferOutput<typeof hit>;
