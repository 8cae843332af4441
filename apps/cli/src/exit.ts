/** Exit codes (docs/spec/11-api.md 7). `--json` never changes them. */
import { AppError, type ErrorKind, unreachable } from '@tacet/base';

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notRunning: 3,
  locked: 4,
  notFound: 5,
  network: 6,
  refused: 7,
  unconfirmed: 8,
  interrupted: 130,
} as const;

/** Codes that have an exit status of their own, whatever their kind. */
const BY_CODE: Readonly<Record<string, number>> = {
  'daemon-not-running': EXIT.notRunning,
  'daemon-gone': EXIT.notRunning,
  locked: EXIT.locked,
  'passphrase-wrong': EXIT.locked,
  'passphrase-wait': EXIT.locked,
  'passphrase-needed': EXIT.locked,
  'recovery-phrase-wrong': EXIT.locked,
  'recovery-phrase-needed': EXIT.locked,
  unconfirmed: EXIT.unconfirmed,
  // Whatever side found out: the invitation belongs to somebody else now.
  'invitation-used': EXIT.refused,
};

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof AppError)) return EXIT.failed;
  return BY_CODE[error.code] ?? byKind(error.kind);
}

function byKind(kind: ErrorKind): number {
  switch (kind) {
    case 'usage':
    case 'input':
      return EXIT.usage;
    case 'missing':
      return EXIT.notFound;
    case 'network':
      return EXIT.network;
    case 'refused':
      return EXIT.refused;
    case 'state':
    case 'storage':
    case 'bug':
      return EXIT.failed;
    default:
      return unreachable(kind);
  }
}
