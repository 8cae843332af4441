/**
 * Who may import whom (ARCHITECTURE.md, "Layers"). One row per workspace folder; type imports count.
 * Exceptions stand at the end, each with its reason. A new row needs a decision record.
 */

export interface Row {
  readonly layer: number;
  /** Workspace packages by folder. */
  readonly workspace: readonly string[];
  /** Outside modules; `node:*` stands for every module of Node. */
  readonly outside: readonly string[];
  /** No ambient time, randomness, I/O or globals in `src`. */
  readonly pure: boolean;
}

const CODEC = ['cborg', 'valibot'];
const PROTOCOL = ['packages/base', 'packages/crypto', 'packages/onion', 'packages/directory'];
const LAYERS_0_TO_2 = [...PROTOCOL, 'packages/wire'];
const MACHINES = ['packages/relay', 'packages/client'];

const pure = (
  layer: number,
  workspace: readonly string[],
  outside: readonly string[] = [],
): Row => ({ layer, workspace, outside, pure: true });
const impure = (layer: number, workspace: readonly string[], outside: readonly string[]): Row => ({
  layer,
  workspace,
  outside,
  pure: false,
});

export const TABLE: Readonly<Record<string, Row>> = {
  'packages/base': pure(0, []),
  'packages/crypto': pure(1, ['packages/base'], ['node:crypto', 'sodium-native']),
  'packages/onion': pure(2, PROTOCOL.slice(0, 2), CODEC),
  'packages/directory': pure(2, PROTOCOL.slice(0, 3), CODEC),
  'packages/wire': pure(2, PROTOCOL, CODEC),
  'packages/api': pure(2, ['packages/base'], ['valibot']),
  'packages/relay': pure(3, LAYERS_0_TO_2),
  'packages/client': pure(3, LAYERS_0_TO_2, CODEC),
  'packages/adapters': impure(4, [...LAYERS_0_TO_2, ...MACHINES], ['node:*']),
  'packages/host': impure(
    5,
    [...LAYERS_0_TO_2, 'packages/api', ...MACHINES, 'packages/adapters'],
    ['node:*'],
  ),
  // Fakes and generators for tests of every layer: names the ports of relay and client too, and
  // the views of the api.
  'packages/testkit': impure(
    4,
    [...LAYERS_0_TO_2, 'packages/api', ...MACHINES],
    ['fast-check', 'node:*'],
  ),
  'apps/relay': impure(
    6,
    ['packages/base', 'packages/host', 'packages/adapters'],
    ['node:*', 'valibot'],
  ),
  'apps/daemon': impure(6, ['packages/base', 'packages/host', 'packages/adapters'], ['node:*']),
  'apps/cli': impure(6, ['packages/base', 'packages/api'], ['node:*']),
  'apps/web': impure(
    6,
    ['packages/base', 'packages/api'],
    ['preact', '@preact/signals', 'qr', 'esbuild', 'node:*'],
  ),
  lab: impure(
    7,
    [
      ...LAYERS_0_TO_2,
      'packages/api',
      ...MACHINES,
      'packages/adapters',
      'packages/host',
      'packages/testkit',
      // Benches of whole networks of processes use its harness.
      'e2e',
    ],
    ['*'],
  ),
  e2e: impure(7, ['*'], ['*']),
  tools: impure(7, ['*'], ['node:*', 'playwright-core', 'esbuild']),
};

/** The outside libraries of each adapter, one as a rule; the modules of Node are open to all of them. */
export const ADAPTER_LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  'link-ws': ['ws'],
  'link-tls': [],
  'directory-https': [],
  'boxes-sqlite': [],
  'boxes-redis': [],
  'profiles-sqlcipher': ['@signalapp/sqlcipher'],
  'session-libsignal': ['@signalapp/libsignal-client'],
  keychain: ['@napi-rs/keyring'],
  'backup-folder': [],
  'recovery-phrase': ['@scure/bip39'],
  pictures: ['@jsquash/*', 'image-size', 'thumbhash'],
};

/** What tests may use on top of their package's row. @noble: oracles only. */
export const TEST_OUTSIDE = ['node:*', 'fast-check', '@noble/*', 'cborg', 'playwright-core'];

export interface Exception {
  /** A file, or a folder ending in `/`. */
  readonly path: string;
  /** Outside module, `@tacet/...` folder, or banned word that this place may use. */
  readonly allows: readonly string[];
  readonly reason: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    path: 'packages/relay/src/acceptance/',
    allows: ['node:test', 'node:assert', 'node:assert/strict'],
    reason: 'acceptance suites of ports: only tests of their implementations import them',
  },
  {
    path: 'packages/client/src/acceptance/',
    allows: ['node:test', 'node:assert', 'node:assert/strict'],
    reason: 'acceptance suites of ports: only tests of their implementations import them',
  },
  {
    path: 'apps/cli/package.json',
    allows: ['@tacet/daemon'],
    reason: '`tacet up` starts the daemon as a process of its own; nothing imports it',
  },
  {
    path: 'apps/cli/src/launch.ts',
    allows: ['@tacet/daemon/environment'],
    reason: 'what the allocator of a daemon is told comes with the environment it is started in',
  },
  {
    path: 'apps/cli/bin/tacet.mjs',
    allows: ['@tacet/host/compile-cache'],
    reason: 'before anything of ours is read: where compiled code is kept',
  },
  {
    path: 'packages/adapters/package.json',
    allows: ['sodium-native'],
    reason: 'locked memory for keys at rest; primitives still come from packages/crypto',
  },
];
