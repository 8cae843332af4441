/** Methods of trust (spec 15): evidence, safety numbers, whether somebody still answers. */
import * as v from 'valibot';
import { done, id, method, natural } from '../method.ts';

const time = v.number();
const level = v.picklist(['verified', 'introduced', 'link', 'unverified']);

/** One fact about a contact's key, with the level it led to. */
export const trustFact = v.object({
  at: time,
  what: v.picklist([
    'met-by-link',
    'met-by-request',
    'met-by-introduction',
    'introduced',
    'scanned',
    'number-same',
    'code-same',
    'number-differs',
    'code-differs',
    'code-differs-there',
    'withdrawn',
    'key-changed',
    'key-refused',
  ]),
  level,
  /** Who vouched, by the name they had here; the id while they are a contact. */
  by: v.nullable(v.string()),
  byId: v.nullable(id),
});

export const reach = v.object({
  contactId: id,
  heardAt: v.nullable(time),
  silentSince: v.nullable(time),
  waiting: natural,
  oldest: v.nullable(time),
  postings: natural,
});

const of = { contactId: id };

export const trustMethods = {
  /** Why a contact has the level it has; oldest first. */
  'contact.trust': method(v.strictObject(of), v.object({ facts: v.array(trustFact) }), 'read'),
  'contact.safetyNumber': method(
    v.strictObject(of),
    v.object({ contactId: id, digits: v.pipe(v.string(), v.regex(/^[0-9]{60}$/)) }),
    'read',
  ),
  /** What two people found who compared their safety numbers. */
  'contact.verify': method(
    v.strictObject({ ...of, found: v.picklist(['same', 'different', 'taken-back']) }),
    done,
    'contacts',
  ),
  'contact.reach': method(v.strictObject(of), reach, 'read'),
} as const;

export type TrustFactView = v.InferOutput<typeof trustFact>;
export type ReachView = v.InferOutput<typeof reach>;
