/** What a command says: results on standard output, everything else on standard error. */
import { isAppError } from '@tacet/base';

export interface Output {
  readonly out: (line: string) => void;
  readonly warn: (line: string) => void;
}

export const standardOutput: Output = {
  out: (line) => process.stdout.write(`${line}\n`),
  warn: (line) => process.stderr.write(`tacet-relay: ${line}\n`),
};

/** One sentence and its code; a fault of ours with its stack, which names code only. */
export function describe(error: unknown): string {
  if (isAppError(error)) return `${error.message} (${error.code})`;
  return error instanceof Error ? `fault: ${error.stack ?? error.message}` : 'fault';
}
