/** Runs a mix: the machine of packages/relay/src/mix with real links, clock and disk. */
import { AppError, type Millis } from '@tacet/base';
import { createLoopBuilder } from '@tacet/onion';
import { MIX_LIMITS, MixMachine } from '@tacet/relay';
import type { RelayConfig, Running } from './config/types.ts';
import { RelayCore, type Report } from './core.ts';
import { UNMEASURED } from './descriptors.ts';

export async function runMix(
  config: RelayConfig,
  report: Report,
  onLate?: (ms: Millis) => void,
): Promise<Running> {
  const { layer } = config;
  if (layer !== 1 && layer !== 2 && layer !== 3) {
    throw new AppError('config-value', 'usage', 'a mix needs `layer` 1, 2 or 3');
  }
  const core = new RelayCore(config, report, onLate);
  const { book, self, rng } = core;
  const builder = createLoopBuilder(rng);
  const machine = new MixMachine({ book, layer, self, rng, builder });
  const idle = (): boolean => machine.poolSize === 0;
  try {
    await core.start({
      machine,
      // A mix asks for nothing but sending.
      perform: () => undefined,
      admit: () => machine.admit(),
      onOpened: (opened, arrivedAt) => machine.onOpened(opened, arrivedAt),
      pool: MIX_LIMITS.pool,
      onDigestPage: () => undefined,
      onDocument: () => undefined,
      onCertificate: () => undefined,
      measured: () => ({ ...UNMEASURED, ...machine.report(core.clock.now())?.measured }),
    });
  } catch (error) {
    await core.stop(() => true);
    throw error;
  }
  let stopped: Promise<void> | null = null;
  return {
    role: 'mix',
    operations: core.operations,
    ready: () => core.ready(),
    counters: () => ({
      ...machine.counters.snapshot(),
      ...core.linkCounters(),
      ...core.documentCounters(),
    }),
    stop: () => {
      machine.finish();
      stopped ??= core.stop(idle);
      return stopped;
    },
  };
}
