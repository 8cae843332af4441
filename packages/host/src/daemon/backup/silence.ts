/** Ends what depends on a disk that gives no sign for too long: a share that hangs answers no call, ever. */
import type { AppError, Millis } from '@tacet/base';

export class Silence {
  /** Rejects when it was silent for too long; never resolves. */
  readonly over: Promise<never>;
  private readonly ended = new AbortController();
  private readonly timer: NodeJS.Timeout;

  /** @param error what it is ended with */
  constructor(most: Millis, error: () => AppError) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.over = promise;
    // Told to who waits for it.
    promise.catch(() => undefined);
    this.timer = setTimeout(() => {
      this.ended.abort();
      reject(error());
    }, most);
    this.timer.unref();
  }

  /** Aborted when it was silent for too long. */
  get signal(): AbortSignal {
    return this.ended.signal;
  }

  /** It came as far as this: counts from when it is done, however long it waits for its turn here. */
  async heard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } finally {
      this.timer.refresh();
    }
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
