/** From the start of the program to the first thing a window can show, again and again. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openProfile } from '@tacet/adapters/profiles-sqlcipher';
import { type Millis, Sensitive, utf8 } from '@tacet/base';
import { daemonEnvironment, dialDaemon, Program } from '@tacet/e2e/lib';
import { median } from '@tacet/testkit/quantile';

const PLAIN = fileURLToPath(new URL('../../../apps/daemon/bin/tacet-daemon.mjs', import.meta.url));
const WITH_KEYCHAIN = fileURLToPath(import.meta.resolve('@tacet/e2e/keychain-daemon'));

/** Since the program was started. */
export interface Start {
  /** It takes calls. */
  readonly ready: Millis;
  /** The profile is open. */
  readonly unlocked: Millis;
  /** Contacts with their newest texts are there. */
  readonly shown: Millis;
}

type Secret = { readonly keychain: string } | { readonly passphrase: string };

export async function coldStart(profile: string, secret: Secret, times: number): Promise<Start[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-bench-start-'));
  try {
    const starts: Start[] = [];
    for (let n = 0; n < times; n++) starts.push(await startOnce(profile, secret, folder));
    return starts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startOnce(profile: string, secret: Secret, folder: string): Promise<Start> {
  const start = performance.now();
  const since = (): Millis => performance.now() - start;
  const program = new Program({
    name: 'daemon',
    entry: 'keychain' in secret ? WITH_KEYCHAIN : PLAIN,
    args: [
      ...('keychain' in secret ? ['--keychain', secret.keychain] : []),
      ...['--dir', profile, '--ready-fd', '3', '--no-window'],
    ],
    log: join(folder, 'log'),
    env: daemonEnvironment(process.env),
    ready: { fd: 3, word: '"ready"' },
  });
  await program.ready();
  const api = await dialDaemon(join(profile, 'daemon.sock'));
  const ready = since();
  await api.call('profile.unlock', 'keychain' in secret ? { keychain: true } : secret);
  const unlocked = since();
  const { contacts } = await api.call('contact.list', {});
  const shown = since();
  if (contacts.length < 2) throw new Error('contacts are missing');
  await program.stop();
  return { ready, unlocked, shown };
}

/** What no daemon can do without: Node with the libraries in native code, and the memory it takes. */
export async function startFloor() {
  const file = fileURLToPath(new URL('./floor.mjs', import.meta.url));
  const took: Millis[] = [];
  let rssMb = 0;
  for (let n = 0; n < 5; n++) {
    const start = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    took.push(performance.now() - start);
    rssMb = Number(stdout) / 1_048_576;
  }
  return { floor_start_ms: median(took), floor_rss_mb: rssMb };
}

/** From now on the profile opens with the passphrase that is returned. */
export async function sealUnderPassphrase(dir: string, secret: Uint8Array): Promise<string> {
  const passphrase = 'correct horse battery staple';
  const current = { kind: 'keychain', secret: new Sensitive(secret) } as const;
  const profile = await openProfile({ dir, ...current });
  await profile.changeSecret(current, {
    kind: 'passphrase',
    secret: new Sensitive(utf8(passphrase)),
  });
  profile.close();
  return passphrase;
}
