/** Waits for the moment to stop: SIGTERM, SIGINT, or the end of standard input. */
import { EXIT } from './exit.ts';

export interface StopSignal {
  readonly signal: AbortSignal;
  readonly stopped: Promise<void>;
  /** As if a signal had come. */
  readonly request: () => void;
}

/** A second SIGINT does not wait any longer. */
export function stopSignal(untilStdinEnds: boolean): StopSignal {
  const controller = new AbortController();
  let interrupts = 0;
  process.on('SIGTERM', () => controller.abort());
  process.on('SIGINT', () => {
    interrupts += 1;
    if (interrupts > 1) process.exit(EXIT.interrupted);
    controller.abort();
  });
  if (untilStdinEnds) {
    process.stdin.resume();
    process.stdin.once('end', () => controller.abort());
    process.stdin.once('error', () => controller.abort());
  }
  const stopped = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return { signal: controller.signal, stopped, request: () => controller.abort() };
}
