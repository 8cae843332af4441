/** Exit codes, the same for all programs of Tacet (docs/ops/run-a-relay.md). */
import { type ErrorKind, isAppError } from '@tacet/base';

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  missing: 5,
  network: 6,
  refused: 7,
  interrupted: 130,
} as const;

const BY_KIND: Readonly<Record<ErrorKind, number>> = {
  usage: EXIT.usage,
  input: EXIT.usage,
  state: EXIT.failed,
  missing: EXIT.missing,
  refused: EXIT.refused,
  network: EXIT.network,
  storage: EXIT.failed,
  bug: EXIT.failed,
};

export function exitCodeOf(error: unknown): number {
  return isAppError(error) ? BY_KIND[error.kind] : EXIT.failed;
}
