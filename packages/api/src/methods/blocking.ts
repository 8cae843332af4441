/** Methods that end what is exchanged with a contact (docs/spec/16-addresses.md, 5). */
import * as v from 'valibot';
import { done, id, method } from '../method.ts';
import { contact } from '../views.ts';

export const blockingMethods = {
  /** Nothing of theirs is taken, nothing sent or receipted: to them this daemon is away. */
  'contact.block': method(v.strictObject({ contactId: id }), contact, 'contacts'),
  'contact.unblock': method(v.strictObject({ contactId: id }), contact, 'contacts'),
  /** Keys and conversation go. `block`: their keys are not taken again. */
  'contact.delete': method(
    v.strictObject({ contactId: id, block: v.exactOptional(v.boolean()) }),
    done,
    'contacts',
  ),
} as const;
