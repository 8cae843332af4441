/** Room on the disk for files: not so much of it that the store could save nothing (docs/spec/19-files.md, 4). */
import { AppError } from '@tacet/base';
import { MIN_ROOM_BYTES } from '../limits.ts';

/** @param room bytes left on the disk; @param size of a file that will lie on it */
export function hasRoom(room: number, size: number): boolean {
  return room - size >= MIN_ROOM_BYTES;
}

export function diskLow(): AppError {
  const message = 'the disk has too little room for this file; make room and try again';
  return new AppError('disk-low', 'storage', message);
}
