/**
 * Small pages that lead a browser to a one-time address, so that no ticket stands in process
 * arguments: mode 0600 in the profile's directory, removed after a minute and at start and stop.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hex, type Rng, randomBytes } from '@tacet/base';
import { LAUNCH_PAGE_LIFE } from './limits.ts';

const NAME = /^window-[0-9a-f]{32}\.html$/;

export class LaunchPages {
  private readonly dir: string;
  private readonly rng: Rng;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(dir: string, rng: Rng) {
    this.dir = dir;
    this.rng = rng;
    this.sweep();
  }

  /** The path of a new page. */
  write(html: string): string {
    const file = join(this.dir, `window-${hex(randomBytes(this.rng, 16))}.html`);
    writeFileSync(file, html, { mode: 0o600, flag: 'wx' });
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      rmSync(file, { force: true });
    }, LAUNCH_PAGE_LIFE);
    this.timers.add(timer);
    return file;
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.sweep();
  }

  private sweep(): void {
    for (const name of readdirSync(this.dir)) {
      if (NAME.test(name)) rmSync(join(this.dir, name), { force: true });
    }
  }
}
