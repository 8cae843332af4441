/** Methods of reusable addresses and the requests that come to them (docs/spec/16-addresses.md). */
import * as v from 'valibot';
import { MAX_ADDRESS_DAYS, MAX_REQUEST_TEXT } from '../limits.ts';
import { done, id, link, method, name, nothing, upTo } from '../method.ts';
import { contact } from '../views.ts';

const time = v.number();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const address = v.object({
  id,
  label: v.string(),
  /** The name of the identity it is of. */
  identity: v.string(),
  /** `replaced`: a newer one is given out; requests to this one still come until `endsAt`. */
  state: v.picklist(['live', 'replaced', 'ended']),
  createdAt: time,
  endsAt: v.nullable(time),
  /** Eight words over the whole card, to compare by another way. */
  words: v.string(),
  /** Link, QR code and file have this one text; null once it has ended. */
  link: v.nullable(v.string()),
  /** The same with the network card, for somebody who is on no network. */
  fullLink: v.nullable(v.string()),
  /** Requests that wait for a decision. */
  waiting: count,
  /** What came in the newest day on which anything came. */
  day: v.object({ at: time, boxes: count, unreadable: count, turnedAway: count }),
});

/** Name, text and claim are what the sender wrote: nothing is proven before it is accepted. */
export const contactRequest = v.object({
  id,
  addressId: id,
  name: v.string(),
  text: v.string(),
  claims: v.string(),
  cameAt: time,
  endsAt: time,
});

export const addressCard = v.object({
  name: v.string(),
  /** Eight words over the whole card: equal words, equal card. */
  words: v.string(),
  /** Eight words of its owner's key set. */
  person: v.string(),
  sameNetwork: v.boolean(),
  own: v.boolean(),
});

export const addressMethods = {
  'address.create': method(
    v.strictObject({ label: name, identity: v.exactOptional(id) }),
    address,
    'contacts',
  ),
  'address.list': method(nothing, v.object({ addresses: v.array(address) }), 'read'),
  'address.show': method(v.strictObject({ id }), address, 'read'),
  /** A new one in place of this; the old one is watched for `days` more (default 7). */
  'address.rotate': method(
    v.strictObject({ id, days: v.exactOptional(upTo(0, MAX_ADDRESS_DAYS)) }),
    address,
    'contacts',
  ),
  'address.revoke': method(v.strictObject({ id }), address, 'contacts'),
  /** What somebody's address says. Nothing is sent. */
  'address.check': method(v.strictObject({ address: link }), addressCard, 'read'),

  'request.send': method(
    v.strictObject({
      address: link,
      name: v.exactOptional(name),
      identity: v.exactOptional(id),
      text: v.exactOptional(v.pipe(v.string(), v.maxLength(MAX_REQUEST_TEXT))),
    }),
    contact,
    'contacts',
  ),
  'request.list': method(nothing, v.object({ requests: v.array(contactRequest) }), 'read'),
  'request.accept': method(
    v.strictObject({ id, name: v.exactOptional(name), identity: v.exactOptional(id) }),
    contact,
    'contacts',
  ),
  'request.delete': method(v.strictObject({ id }), done, 'contacts'),
  /** Further requests that claim the same key set are not shown. */
  'request.block': method(v.strictObject({ id }), done, 'contacts'),
} as const;

export type AddressView = v.InferOutput<typeof address>;
export type RequestView = v.InferOutput<typeof contactRequest>;
export type AddressCardView = v.InferOutput<typeof addressCard>;
