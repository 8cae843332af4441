/**
 * One process at a time per edge: two with one identity would sign two digests for one moment,
 * which is evidence against the edge (docs/decisions/0027). The holder writes its name into the
 * cluster for ten seconds at a time. A guard against a mistake, no fence against a clever one.
 */
import { AppError, isAppError } from '@tacet/base';
import type { Cluster } from './cluster.ts';
import { LIMITS } from './limits.ts';
import { Call } from './operations.ts';
import type { Reply } from './resp.ts';
import { script } from './values.ts';

/** Takes or keeps what is free or ours already. */
const KEEP = `local v = redis.call('GET', KEYS[1])
if v and v ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

const RELEASE = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

/** Faults of a cluster that a failover mends. */
const PASSING: ReadonlySet<string> = new Set(['boxes-unreachable', 'boxes-unreplicated']);

export class Hold {
  private readonly cluster: Cluster;
  private readonly key: string;
  /** Random, new with each process. */
  private readonly name: string;
  private timer: NodeJS.Timeout | null = null;
  private taken = false;

  /**
   * Waits for a process that ended without a word, and for a cluster that is about to mend itself.
   * @throws `boxes-in-use`, or what kept the cluster from answering
   */
  static async take(cluster: Cluster, nameSpace: string, name: string): Promise<Hold> {
    const hold = new Hold(cluster, `${nameSpace}#holder`, name);
    const end = performance.now() + LIMITS.holdMs + LIMITS.holdRenewMs;
    let why: AppError | null = null;
    for (;;) {
      try {
        if (await hold.keep()) break;
        why = inUse();
      } catch (error) {
        if (!isAppError(error) || !PASSING.has(error.code)) throw error;
        // A process that was seen is the better reason.
        if (why === null || !why.is('boxes-in-use')) why = error;
      }
      if (performance.now() > end) throw why;
      await new Promise((resolve) => setTimeout(resolve, LIMITS.retryMs));
    }
    hold.renew();
    return hold;
  }

  private constructor(cluster: Cluster, key: string, name: string) {
    this.cluster = cluster;
    this.key = key;
    this.name = name;
  }

  /** True once another process has taken the edge's boxes over. */
  get lost(): boolean {
    return this.taken;
  }

  async release(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (!this.taken) await this.call(script(this.key, RELEASE, this.name));
  }

  private async keep(): Promise<boolean> {
    return (await this.call(script(this.key, KEEP, this.name, LIMITS.holdMs))) === 1;
  }

  private renew(): void {
    this.timer = setTimeout(async () => {
      try {
        if (!(await this.keep())) {
          this.taken = true;
          return;
        }
      } catch (error) {
        // The cluster does not answer: boxes fail for the same reason, and this is tried again.
        if (!isAppError(error)) throw error;
      }
      if (this.timer !== null) this.renew();
    }, LIMITS.holdRenewMs);
    this.timer.unref();
  }

  private call(command: Uint8Array): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.cluster.submit('write', new Call(this.key, command, { resolve, reject }));
    });
  }
}

export function inUse(): AppError {
  return new AppError(
    'boxes-in-use',
    'state',
    'another process uses the boxes of this edge: stop it first',
  );
}
