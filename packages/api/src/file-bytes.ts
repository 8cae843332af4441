/** All bytes of a file that is here, by the id of its message, piece by piece (methods/files.ts). */
import { fromBase64url } from '@tacet/base';
import type { Api } from './client.ts';

export async function* fileBytes(api: Api, id: string): AsyncGenerator<Uint8Array> {
  for (let at: number | null = 0; at !== null; ) {
    const read: { bytes: string; next: number | null } = await api.call('file.read', { id, at });
    yield fromBase64url(read.bytes);
    at = read.next;
  }
}
