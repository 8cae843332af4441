/** Runs one process of a network from its configuration, admin socket included. */
import { AppError } from '@tacet/base';
import type { EdgeObserver } from '@tacet/relay';
import { type AdminSocket, serveAdmin } from './admin.ts';
import { runAuthority } from './authority.ts';
import type { ProcessConfig, Running } from './config/types.ts';
import type { Report } from './core.ts';
import { runEdge } from './edge.ts';
import { LIMITS } from './limits.ts';
import { runMix } from './mix.ts';

const READY_STEP_MS = 20;

export interface RunOptions {
  readonly version: string;
  readonly report: Report;
  /** Only where delivery is measured (docs/dev/measuring.md). */
  readonly observer?: EdgeObserver;
}

export async function runProcess(config: ProcessConfig, options: RunOptions): Promise<Running> {
  const running = await start(config, options);
  let admin: AdminSocket;
  try {
    admin = await serveAdmin(config.admin, running, options.version);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return {
    role: running.role,
    ready: () => running.ready(),
    counters: () => running.counters(),
    stop: async () => {
      await running.stop();
      await admin.close();
    },
  };
}

function start(config: ProcessConfig, { report, observer }: RunOptions): Promise<Running> {
  switch (config.role) {
    case 'authority':
      return runAuthority(config, report);
    case 'mix':
      return runMix(config, report);
    case 'edge':
      return runEdge(config, report, observer);
    default:
      throw new AppError('config-value', 'usage', 'role must be mix, edge or authority');
  }
}

/**
 * Resolves when it is ready for the first time, or when `signal` says that nobody waits any more.
 * What is missing is reported after a while, and again when it changes.
 */
export async function untilReady(
  running: Running,
  signal: AbortSignal,
  report: Report,
): Promise<boolean> {
  const start = performance.now();
  let said = '';
  while (!signal.aborted) {
    const { ready, missing } = running.ready();
    if (ready) return true;
    const words = missing.join('; ');
    if (words !== said && performance.now() - start > LIMITS.notReadyMs) {
      report(`not ready yet: ${words}`);
      said = words;
    }
    await new Promise((resolve) => setTimeout(resolve, READY_STEP_MS));
  }
  return false;
}
