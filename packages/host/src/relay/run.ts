/** Runs one process of a network from its configuration, admin socket included. */
import { AppError, type Millis } from '@tacet/base';
import type { EdgeObserver } from '@tacet/relay';
import { overwriteFreed } from '../freed-memory.ts';
import { type AdminSocket, serveAdmin } from './admin/socket.ts';
import { runAuthority } from './authority.ts';
import { RelayClock } from './clock.ts';
import type { ProcessConfig, Running } from './config/types.ts';
import type { Report } from './core.ts';
import { runEdge } from './edge.ts';
import { LIMITS } from './limits.ts';
import { type MetricsServer, serveMetrics } from './metrics/server.ts';
import { runMix } from './mix.ts';

const READY_STEP_MS = 20;

export interface RunOptions {
  readonly version: string;
  readonly report: Report;
  /** Only where delivery is measured (docs/dev/measuring.md). */
  readonly observer?: EdgeObserver;
  /** An operator asks, through the admin socket, that a drained process end. */
  readonly onStop?: () => void;
  /** The same: by how much each packet left a mix, or each frame down an edge, after its moment. */
  readonly onLate?: (ms: Millis) => void;
}

export async function runProcess(config: ProcessConfig, options: RunOptions): Promise<Running> {
  // An edge does so itself, once its store is open.
  if (config.role !== 'edge') overwriteFreed();
  const running = await start(config, options);
  const { version, onStop = () => undefined } = options;
  const began = performance.now();
  const doors: (AdminSocket | MetricsServer)[] = [];
  const stop = async (): Promise<void> => {
    await running.stop();
    for (const door of doors) await door.close();
  };
  try {
    const upMs = () => performance.now() - began;
    doors.push(await serveAdmin({ path: config.admin, running, version, upMs, onStop }));
    if (config.metricsPort !== 0) {
      const clock = new RelayClock();
      doors.push(await serveMetrics({ config, running, version, clock }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const { role, operations } = running;
  return {
    role,
    operations,
    ready: () => running.ready(),
    counters: () => running.counters(),
    clients: () => running.clients?.() ?? null,
    stop,
  };
}

function start(config: ProcessConfig, { report, observer, onLate }: RunOptions): Promise<Running> {
  switch (config.role) {
    case 'authority':
      return runAuthority(config, report);
    case 'mix':
      return runMix(config, report, onLate);
    case 'edge':
      return runEdge(config, report, observer, onLate);
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
