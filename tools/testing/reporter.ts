/**
 * A reporter for node:test that writes one JSON line for each thing the runner of `npm test` needs:
 * the final counts, failures and reasons of skipped tests.
 */

export type ReportLine =
  | { readonly kind: 'failed'; readonly name: string; readonly file: string }
  | { readonly kind: 'skipped'; readonly name: string; readonly reason: string }
  | {
      readonly kind: 'counts';
      readonly passed: number;
      readonly failed: number;
      readonly cancelled: number;
      readonly skipped: number;
      /** Of the process this runs in: with the tests in it, or of the runner alone. */
      readonly cpuSeconds: number;
    };

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly skipped: number;
}

/** The events of node:test that matter here; others pass by. */
interface Event {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly file?: string | undefined;
    readonly skip?: string | boolean | undefined;
    readonly details?: { readonly type?: string | undefined };
    readonly counts?: Counts;
  };
}

export default async function* reporter(source: AsyncIterable<Event>): AsyncGenerator<string> {
  for await (const { type, data } of source) {
    const line = lineOf(type, data);
    if (line !== null) yield `${JSON.stringify(line)}\n`;
  }
}

function lineOf(type: string, data: Event['data']): ReportLine | null {
  if (type === 'test:fail' && data.details?.type !== 'suite') {
    return { kind: 'failed', name: data.name ?? '', file: data.file ?? '' };
  }
  if (type === 'test:pass' && data.skip !== undefined && data.skip !== false) {
    const reason = typeof data.skip === 'string' ? data.skip : '';
    return { kind: 'skipped', name: data.name ?? '', reason };
  }
  // One summary per file has a file name; the last one, for everything, has none.
  if (type === 'test:summary' && data.file === undefined && data.counts) {
    const { passed, failed, cancelled, skipped } = data.counts;
    const { user, system } = process.cpuUsage();
    const cpuSeconds = (user + system) / 1e6;
    return { kind: 'counts', passed, failed, cancelled, skipped, cpuSeconds };
  }
  return null;
}
