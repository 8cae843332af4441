/**
 * Methods of files (packages/api/src/methods/files.ts). The machine says which cell holds what; reading
 * and writing cells waits for the disk outside of its turns.
 */
import { FILE_PIECE, type fileMethods, type ParamsOf } from '@tacet/api';
import { AppError, base64url, fromBase64url } from '@tacet/base';
import { BLOCK_BYTES, type SendFileRequest } from '@tacet/client';
import type { HandlersOf } from '../scene.ts';
import { remakePicture } from './pictures.ts';
import { writeAll } from './remade.ts';
import { readVoice, remakeVoice } from './voices.ts';

export const fileHandlers: HandlersOf<typeof fileMethods> = {
  'file.begin': ({ person, turn }, { size }) =>
    turn((now) => ({ upload: person.files.uploads.begin(size, now) })),
  'file.put': async ({ person, turn, cells }, { upload, at, bytes }) => {
    const piece = bytesOf(bytes);
    const writes = await turn((now) => person.files.uploads.put(upload, at, piece, now));
    await writeAll(writes, await cells(), turn);
    return { at: at + piece.length };
  },
  'file.send': async ({ person, turn, cells }, params) => {
    const { uploads } = person.files;
    const known = await turn((now) => person.files.sentBefore(params, now));
    if (known !== null) {
      await turn(() => uploads.cancel(params.upload));
      return known;
    }
    await writeAll(await turn(() => uploads.finish(params.upload)), await cells(), turn);
    return turn((now) => person.files.send(requestOf(params), now));
  },
  'picture.remake': ({ person, turn, cells, pictures }, { upload, large = false }) =>
    remakePicture({ uploads: person.files.uploads, turn, cells, pictures }, upload, large),
  'voice.remake': ({ person, turn, cells }, { upload, large = false }) =>
    remakeVoice({ uploads: person.files.uploads, turn, cells }, upload, large),
  'voice.read': (scene, { id }) => readVoice(scene, id),
  'file.cancel': ({ person, turn }, { upload }) =>
    turn(() => {
      person.files.uploads.cancel(upload);
      return {};
    }),
  'file.preview': ({ person, turn }, { size }) => turn((now) => person.files.preview(size, now)),
  'file.want': ({ person, turn }, { id, transfer = false }) =>
    turn((now) => {
      person.files.want(id, transfer, now);
      return person.message(id);
    }),
  'file.decline': ({ person, turn }, { id }) =>
    turn((now) => {
      person.files.decline(id, now);
      return person.message(id);
    }),
  'file.withdraw': ({ person, turn }, { id }) =>
    turn((now) => {
      person.files.withdraw(id, now);
      return person.message(id);
    }),
  'file.read': async ({ person, turn, cells }, { id, at }) => {
    const block = Math.floor(at / BLOCK_BYTES);
    const { cell, place, length, size } = await turn(() => person.files.block(id, block));
    const bytes = await (await cells()).read(cell, place);
    const from = at - block * BLOCK_BYTES;
    const to = Math.min(length, from + FILE_PIECE);
    const next = block * BLOCK_BYTES + to;
    return { bytes: base64url(bytes.subarray(from, to)), next: next < size ? next : null };
  },
};

function requestOf(params: ParamsOf<'file.send'>): SendFileRequest {
  const { upload, contactId, clientId, name, mediaType, kind, text = '' } = params;
  const { transfer = false, peaks } = params;
  return {
    upload,
    contactId,
    clientId,
    text,
    transfer,
    facts: {
      name,
      mediaType,
      kind,
      ...(peaks === undefined ? {} : { peaks: bytesOf(peaks) }),
    },
  };
}

function bytesOf(text: string): Uint8Array {
  try {
    return fromBase64url(text);
  } catch {
    throw new AppError('file-bytes', 'usage', 'bytes of a file come as base64url');
  }
}
