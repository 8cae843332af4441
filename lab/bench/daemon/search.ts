/**
 * Searching a long history, and what its index costs when messages are saved. The store is a real
 * profile on disk; `search_*` are whole calls, ranked, of the kinds people make.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProfile } from '@tacet/adapters/profiles-sqlcipher';
import { Sensitive } from '@tacet/base';
import { migrate } from '@tacet/client';
import { MIGRATIONS, Search } from '@tacet/client/received';
import { quantile } from '@tacet/testkit/quantile';
import type { Figures } from '../list.ts';
import { numbers, wordOf, writeBare, writeHistory, writeMessage, zipf } from './history.ts';

const CONTACTS = 300;
const QUERIES = 400;
const SAVES = 400;
const NOW = 1_800_000_000_000;

export async function run(
  say: (line: string) => void,
  { messages = 100_000, folder = tmpdir() } = {},
): Promise<Figures> {
  const root = mkdtempSync(join(folder, 'tacet-bench-search-'));
  try {
    const dir = join(root, 'profile');
    const secret = new Sensitive(new Uint8Array(32).fill(1));
    const { store } = await createProfile({ dir, secret, kind: 'keychain' });
    migrate(store, MIGRATIONS);
    const start = performance.now();
    writeHistory(store, { messages, contacts: CONTACTS, now: NOW });
    store.checkpoint();
    say(`${messages} messages saved in ${Math.round(performance.now() - start)} ms`);
    const size = statSync(join(dir, 'vault/0.data')).size;
    const blocks = store.get('SELECT sum(length(block)) AS bytes FROM search_data');
    const search = new Search(store, (name) => Number(name));
    const random = numbers(11);
    const common = (): string => wordOf(zipf(random, 50));
    const usual = (): string => wordOf(zipf(random, 5_000));
    const kinds: Readonly<Record<string, () => Parameters<Search['find']>[0]>> = {
      word: () => ({ text: `${usual()} `, limit: 50 }),
      common: () => ({ text: `${common()} `, limit: 50 }),
      typing: () => ({ text: usual().slice(0, 3), limit: 50 }),
      two: () => ({ text: `${common()} ${usual()}`, limit: 50 }),
      contact: () => ({
        text: common(),
        contacts: [String(zipf(random, CONTACTS) + 1)],
        limit: 50,
      }),
      direction: () => ({ text: common(), direction: 'in', limit: 50 }),
      times: () => ({ text: common(), from: NOW - 90 * 86_400_000, to: NOW, limit: 50 }),
      links: () => ({ text: '', link: true, limit: 50 }),
    };
    const all: number[] = [];
    const figures: Figures = {};
    for (const [name, request] of Object.entries(kinds)) {
      const took = timed(QUERIES / Object.keys(kinds).length, () => search.find(request()));
      all.push(...took);
      figures[`search_${name}_p95_ms`] = round(quantile(took, 0.95));
    }
    let id = messages;
    const save = (write: typeof writeMessage): void =>
      store.transaction(() => write(store, ++id, zipf(random, CONTACTS) + 1, NOW, random));
    const indexed = timed(SAVES, () => save(writeMessage));
    const bare = timed(SAVES, () => save(writeBare));
    store.close();
    return {
      messages,
      profile_mb: round(size / 1e6),
      index_mb: round(Number(blocks?.['bytes']) / 1e6),
      search_p50_ms: round(quantile(all, 0.5)),
      search_p95_ms: round(quantile(all, 0.95)),
      search_max_ms: round(quantile(all, 1)),
      ...figures,
      save_p50_ms: round(quantile(indexed, 0.5)),
      save_p99_ms: round(quantile(indexed, 0.99)),
      save_without_index_p50_ms: round(quantile(bare, 0.5)),
      save_without_index_p99_ms: round(quantile(bare, 0.99)),
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function timed(rounds: number, work: () => unknown): number[] {
  return Array.from({ length: rounds }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
