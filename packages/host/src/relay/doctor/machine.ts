/** The machine itself: disk, open files, memory, versions, rights of files. */
import { statfsSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { ProcessConfig } from '../config/types.ts';
import { MEASURED } from '../resources/measured.ts';
import { relayMemoryMb } from '../resources/memory.ts';
import { bad, type Finding, ok, skip, warn } from './finding.ts';

const GIB = 2 ** 30;
/** Of the Node that the packages are installed with; `apps/relay/bin` asks for the same. */
const NODE_MAJOR = 26;

export function machineFindings(config: ProcessConfig, configPath: string): Finding[] {
  return [
    disk(config),
    memory(config),
    openFiles(config),
    runtime(process.versions),
    ...rights(config, configPath),
  ];
}

function disk(config: ProcessConfig): Finding {
  const { bavail, blocks, bsize } = statfsSync(config.data);
  const free = (bavail * bsize) / GIB;
  const used = 1 - bavail / Math.max(1, blocks);
  const found = `${free.toFixed(1)} GiB free, ${Math.round(100 * used)} % in use`;
  const advice =
    'free space or use a larger disk: a full one refuses new boxes and stops an authority';
  if (free < 0.25 || used > 0.95) return bad('disk', found, advice);
  if (free < 2 || used > 0.85) return warn('disk', found, advice);
  return ok('disk', found);
}

function memory(config: ProcessConfig): Finding {
  const found = `${(totalmem() / GIB).toFixed(1)} GiB`;
  const wanted =
    config.role === 'authority'
      ? MEASURED.authorityMb
      : relayMemoryMb(config.role, config.capacity, config.schedule);
  if (totalmem() / 1e6 < wanted) {
    return warn(
      'memory',
      found,
      `a relay of this capacity takes ${Math.ceil(wanted)} MB before it has clients: lower \`capacity\` or add memory`,
    );
  }
  return ok('memory', found);
}

/** Each client and each link is an open file. */
function openFiles(config: ProcessConfig): Finding {
  const wanted = config.role === 'edge' ? config.maxClients + 1_200 : 1_200;
  const { userLimits } = (process.report?.getReport() ?? {}) as {
    userLimits?: Record<string, { soft: number | string }>;
  };
  const soft = userLimits?.['open_files']?.soft;
  if (soft === undefined) return skip('open files', 'the system does not tell', '');
  if (soft === 'unlimited' || Number(soft) >= wanted) return ok('open files', `${soft}`);
  return warn(
    'open files',
    `${soft}, wanted ${wanted}`,
    `raise the limit here and for the service (LimitNOFILE=${wanted}), or lower \`maxClients\``,
  );
}

/** @param versions of what runs this */
export function runtime(versions: Pick<NodeJS.ProcessVersions, 'node' | 'openssl'>): Finding {
  const major = Number(versions.node.split('.')[0]);
  const found = `node ${versions.node}, openssl ${versions.openssl}`;
  if (major >= NODE_MAJOR) return ok('runtime', found);
  return bad(
    'runtime',
    found,
    `relays need Node ${NODE_MAJOR} or newer: what they overwrite in memory was looked for with that one`,
  );
}

/** Keys, cards and configurations are for their owner only. */
function rights(config: ProcessConfig, configPath: string): Finding[] {
  if (process.platform === 'win32') return [];
  const wanted: [path: string, what: string][] = [
    [config.data, 'data folder'],
    [join(config.data, 'identity.key'), 'identity key'],
    [join(config.data, 'link.key'), 'link key'],
    [configPath, 'configuration'],
  ];
  return wanted.map(([path, what]) => {
    const status = statSync(path, { throwIfNoEntry: false });
    const name = `rights of ${what}`;
    if (status === undefined) {
      return bad(
        name,
        'not there',
        'put it back from the copy: without its identity it is another relay',
      );
    }
    if ((status.mode & 0o077) === 0) return ok(name, 'for its owner only');
    const mode = status.isDirectory() ? '700' : '600';
    const readable = what === 'configuration' ? warn : bad;
    return readable(name, 'others may read it', `chmod ${mode}`);
  });
}
