/** A contact as people type them: by id, by name, or by a name that differs in case only. */
import type { Api, ContactView } from '@tacet/api';
import { isAppError } from '@tacet/base';

/** Throws `contact-unknown`. */
export async function findContact(api: Api, given: string): Promise<ContactView> {
  try {
    return await api.call('contact.get', { contact: given });
  } catch (error) {
    if (!isAppError(error, 'contact-unknown')) throw error;
    const { contacts } = await api.call('contact.list', {});
    const same = contacts.filter(({ name }) => name.toLowerCase() === given.toLowerCase());
    const [only, ...others] = same;
    if (only === undefined || others.length > 0) throw error;
    return only;
  }
}

/** Its id, for methods that take a name as well: a token that may not look gives what was typed. */
export async function contactIdOf(api: Api, given: string): Promise<string> {
  try {
    return (await findContact(api, given)).id;
  } catch (error) {
    if (!isAppError(error, 'token-refused')) throw error;
    return given;
  }
}
