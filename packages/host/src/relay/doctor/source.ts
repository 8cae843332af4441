/** Whether the descriptor tells people where the source of the running code is (AGPL). */
import type { RelayConfig } from '../config/types.ts';
import { UNKNOWN_SOURCE } from '../network/source.ts';
import { type Finding, ok, warn } from './finding.ts';

/** @param installed commit of the program that asks; null when it does not know its own */
export function sourceFinding(
  { sourceUrl, sourceCommit }: RelayConfig,
  installed: string | null,
): Finding {
  const what = 'source';
  const lacks: string[] = [];
  if (sourceUrl === UNKNOWN_SOURCE.sourceUrl) lacks.push('`sourceUrl`');
  if (/^0+$/.test(sourceCommit)) lacks.push('`sourceCommit`');
  if (lacks.length > 0) {
    return warn(
      what,
      `${lacks.join(' and ')} not set: nobody learns which code runs here`,
      'put the address and commit of the source into the configuration, and restart (AGPL, 13)',
    );
  }
  const short = sourceCommit.slice(0, 12);
  if (installed !== null && installed !== sourceCommit) {
    return warn(
      what,
      `names commit ${short}, installed is ${installed.slice(0, 12)}`,
      'correct `sourceCommit`, and restart',
    );
  }
  return ok(what, `${sourceUrl} at ${short}`);
}
