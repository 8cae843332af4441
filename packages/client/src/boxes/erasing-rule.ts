/** Which boxes are erased once they were read (docs/spec/05-boxes.md, 9). */
import { isBlocked } from '../contacts/blocking.ts';
import { REPLY_BOX } from '../meeting/boxes.ts';
import type { ProfileStore } from '../ports.ts';
import type { Watch } from './watches.ts';

export function isErasedAfterRead(
  store: ProfileStore,
  { owner, ref, index }: Pick<Watch, 'owner' | 'ref' | 'index'>,
): boolean {
  // Boxes of an address are known to all who have its card, and would tell them that their owner
  // was here; own boxes warn whoever comes late.
  if (owner === 'address' || owner === 'request' || owner.startsWith('own')) return false;
  // A restored daemon may read its statement back; of a root, not of a contact.
  if (owner === 'recovery' || owner === 'list') return false;
  // The reply box of an invitation is its inviter's to erase.
  if (owner === 'visit') return index !== REPLY_BOX;
  if (owner === 'invite' || owner === 'file') return true;
  // A contact does not learn that it is blocked from what is erased without a receipt.
  return !isBlocked(store, ref);
}
