/**
 * The names under which this server is itself. A request for any other name is refused before
 * anything else is looked at: that is what stops DNS rebinding. The fourth name is random for
 * each start: storage of a browser is kept by name, and no other local server has this one.
 */
import { hex, type Rng, randomBytes } from '@tacet/base';

export class HostNames {
  readonly own: string;
  private readonly allowed: ReadonlySet<string>;

  constructor(rng: Rng, port: number) {
    this.own = `tacet-${hex(randomBytes(rng, 8))}.localhost:${port}`;
    this.allowed = new Set([`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, this.own]);
  }

  /** Exact, as browsers write it: lower case, with the port, no trailing dot. */
  has(host: string): boolean {
    return this.allowed.has(host);
  }
}

/** The only origin a page under that name can have. */
export function originOf(host: string): string {
  return `http://${host}`;
}
