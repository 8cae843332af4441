import { cleanName } from '../contacts/contacts.ts';

/** A peer's own name, made safe for a list; a nameless peer gets a plain word. */
export function peerGivenName(name: string): string {
  try {
    return cleanName(name);
  } catch {
    return 'someone';
  }
}
