/** Refusals of voice notes (docs/spec/19-files.md, 9). */
import { AppError } from '@tacet/base';

export function unreadable(): AppError {
  const message = 'this is no voice note that can be read here: Opus in WebM can';
  return new AppError('voice-unreadable', 'input', message);
}

export function tooLong(): AppError {
  return new AppError(
    'voice-long',
    'refused',
    'this voice note is too long, or has too many bytes',
  );
}

export function tooRich(): AppError {
  const message = 'this recording has more than 32 kbit/s: a voice note is recorded at 16';
  return new AppError('voice-rate', 'refused', message);
}
