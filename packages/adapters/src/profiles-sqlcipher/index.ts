/** A person's encrypted database behind the client's ProfileStore. */
export { openMemoryProfile } from './memory.ts';
