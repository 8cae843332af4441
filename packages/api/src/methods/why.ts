/** Why a message is where it is (docs/spec/13-client-view.md, 6). */
import * as v from 'valibot';
import { id, method } from '../method.ts';

const fact = v.object({
  /** Stable; windows may word it themselves. */
  code: v.string(),
  at: v.nullable(v.number()),
  count: v.nullable(v.number()),
  sentence: v.string(),
});

export const whyMethods = {
  'message.why': method(
    v.strictObject({ id }),
    v.object({
      id,
      state: v.string(),
      late: v.boolean(),
      facts: v.pipe(v.array(fact), v.readonly()),
    }),
    'read',
  ),
};
