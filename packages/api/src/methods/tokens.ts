/** Methods of tokens for bots (docs/spec/18-conversations.md, 6). */
import * as v from 'valibot';
import { MAX_TOKEN, MAX_TOKEN_CONTACTS } from '../limits.ts';
import { done, id, method, name, natural, nothing } from '../method.ts';

const scope = v.picklist(['read', 'send', 'contacts', 'admin']);
const time = v.number();

const token = v.object({
  id,
  name: v.string(),
  scopes: v.pipe(v.array(scope), v.readonly()),
  /** Ids of the contacts it may see and write to; null: all. */
  contacts: v.nullable(v.pipe(v.array(id), v.readonly())),
  createdAt: time,
  expiresAt: v.nullable(time),
  /** The hour of its last use; null: never. */
  usedAt: v.nullable(time),
});

export const tokenMethods = {
  /** The first call of a connection that speaks with a token; from then on it has its rights only. */
  auth: method(
    v.strictObject({ token: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_TOKEN)) }),
    token,
    'read',
  ),
  /** `secret` is shown this once. */
  'token.create': method(
    v.strictObject({
      name,
      scopes: v.pipe(v.array(scope), v.minLength(1), v.maxLength(4)),
      contacts: v.exactOptional(v.pipe(v.array(id), v.maxLength(MAX_TOKEN_CONTACTS))),
      expiresAt: v.exactOptional(natural),
    }),
    v.object({ token, secret: v.string() }),
    'owner',
  ),
  'token.list': method(nothing, v.object({ tokens: v.array(token) }), 'owner'),
  /** Connections that use it end at once. */
  'token.revoke': method(v.strictObject({ id }), done, 'owner'),
} as const;

export type TokenView = v.InferOutput<typeof token>;
export type TokenScope = v.InferOutput<typeof scope>;
