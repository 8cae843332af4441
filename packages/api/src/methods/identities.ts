/** Methods of separate identities (docs/spec/16-addresses.md, 6). */
import * as v from 'valibot';
import { done, id, method, name, nothing } from '../method.ts';

export const identity = v.object({
  /** `0` is the profile's own. */
  id,
  name: v.string(),
  state: v.picklist(['preparing', 'ready']),
  /** False: another name only. Who compares keys sees that it is the profile. */
  ownKeys: v.boolean(),
  /** Eight words of the key set; null while it is being made. */
  address: v.nullable(v.string()),
  contacts: v.number(),
});

export const identityMethods = {
  /** With keys of its own, unless `sameKeys`: then it is another name and nothing more. */
  'identity.create': method(
    v.strictObject({ name, sameKeys: v.exactOptional(v.boolean()) }),
    identity,
    'admin',
  ),
  'identity.list': method(nothing, v.object({ identities: v.array(identity) }), 'read'),
  /** One that no contact knows. */
  'identity.delete': method(v.strictObject({ identity: id }), done, 'admin'),
} as const;

export type IdentityView = v.InferOutput<typeof identity>;
