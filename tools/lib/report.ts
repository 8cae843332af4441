/** What a check hands back, and the one way it is printed. */

export interface Finding {
  /** Path relative to the root; empty when the finding is about the whole tree. */
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

export interface CheckResult {
  readonly findings: readonly Finding[];
  /** One line about what was looked at, e.g. `412 files, 1,900 imports`. */
  readonly summary: string;
}

export function formatFinding(finding: Finding): string {
  const place = finding.line === undefined ? finding.file : `${finding.file}:${finding.line}`;
  return place === '' ? finding.message : `${place}: ${finding.message}`;
}

/** Prints the result and sets the exit status: 1 when there is a finding. */
export function report(name: string, result: CheckResult): void {
  for (const finding of result.findings) console.log(formatFinding(finding));
  if (result.findings.length > 0) process.exitCode = 1;
  const verdict = result.findings.length === 0 ? 'ok' : `${result.findings.length} findings`;
  console.log(`${name}: ${verdict} (${result.summary})`);
}
