/** A few bytes sent as a file, all of them in cells. */
import type { SendFileRequest } from '../../src/files/feature.ts';
import type { MadeFacts } from '../../src/files/uploads.ts';
import type { Side } from '../conversations/pair.ts';

const PLAN = { name: 'plan.txt', mediaType: 'text/plain', kind: 'file' } as const;

/** Its line's id. @param made of an upload that was made anew */
export function sendFile(
  side: Side,
  {
    text = '',
    facts = PLAN,
    size = 5,
  }: Partial<Pick<SendFileRequest, 'text' | 'facts'>> & { readonly size?: number } = {},
  made: MadeFacts | null = null,
): string {
  const { files } = side.client;
  const { uploads } = files;
  const now = side.profile.later();
  const upload = uploads.begin(size, now, made);
  const bytes = new Uint8Array(size);
  const writes = [...uploads.put(upload, 0, bytes, now), ...uploads.finish(upload)];
  for (const { done } of writes) done();
  const request = { contactId: side.other, upload, facts, text, clientId: null };
  return files.send(request, side.profile.later()).id;
}
