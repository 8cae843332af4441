/**
 * Lines of a conversation that no contact wrote: what happened to trust by what came from outside.
 * Their type is none that travels, so that nobody can write one (docs/spec/15-trust.md, 1).
 */
import { type Millis, type Rng, randomBytes } from '@tacet/base';
import type { EventLog } from '../events/log.ts';
import type { ProfileStore } from '../ports.ts';
import { nextId } from '../store/ids.ts';
import type { TrustFact } from './levels.ts';

/** In the column `type` of `messages`. */
export const TRUST_LINE = -1;

const TEXTS: Readonly<Partial<Record<TrustFact, string>>> = {
  scanned: 'You scanned each other’s codes: verified.',
  'code-differs-there': 'They say that the short code differs: somebody may stand between you.',
  'key-changed': 'Their keys changed; the old keys confirm it. Not verified any more.',
  'key-refused':
    'Other keys came that the old ones did not confirm. They were refused; nothing is sent to them.',
};

/** In a transaction. */
export function addTrustLine(
  {
    store,
    rng,
    events,
  }: { readonly store: ProfileStore; readonly rng: Rng; readonly events: EventLog },
  contactId: number,
  fact: TrustFact,
  now: Millis,
): void {
  const line = TEXTS[fact];
  if (line === undefined) return;
  const id = nextId(store, 'messages');
  const at = Math.floor(now);
  store.run(
    `INSERT INTO messages
       (id, contact_id, content_id, direction, type, text, sent_at, arrived_at, state, place_at)
     VALUES (?, ?, ?, 'in', ${TRUST_LINE}, ?, ?, ?, 'received', ?)`,
    id,
    contactId,
    randomBytes(rng, 16),
    line,
    at,
    at,
    at,
  );
  events.append(now, 'message', String(id));
}
