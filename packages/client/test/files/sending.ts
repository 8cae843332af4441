/** Five bytes sent as a file, all of them in cells. */
import { utf8 } from '@tacet/base';
import type { SendFileRequest } from '../../src/files/feature.ts';
import type { PictureFacts } from '../../src/files/uploads.ts';
import type { Side } from '../conversations/pair.ts';

const PLAN = { name: 'plan.txt', mediaType: 'text/plain', kind: 'file' } as const;

/** Its line's id. @param made of an upload that was made anew */
export function sendFile(
  side: Side,
  { text = '', facts = PLAN }: Partial<Pick<SendFileRequest, 'text' | 'facts'>> = {},
  made: PictureFacts | null = null,
): string {
  const { files } = side.client;
  const { uploads } = files;
  const upload = uploads.begin(5, side.profile.later(), made);
  const writes = [...uploads.put(upload, 0, utf8('bytes')), ...uploads.finish(upload)];
  for (const { done } of writes) done();
  const request = { contactId: side.other, upload, facts, text, clientId: null };
  return files.send(request, side.profile.later()).id;
}
