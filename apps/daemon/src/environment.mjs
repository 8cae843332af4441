/**
 * What the allocator of the system is told about freed memory (docs/decisions/0171-the-allocator-overwrites-what-a-daemon-frees.md).
 * GNU's C library reads it before a program begins, so it comes with the environment, from whoever starts the
 * daemon; others ignore it. Plain JavaScript: read before anything of ours.
 */

/**
 * What is freed is filled at once, in every thread; and no thread keeps freed pieces of its own beside the
 * allocator, which would not be filled.
 */
const OVERWRITING = 'glibc.malloc.tcache_count=0:glibc.malloc.perturb=85';

/**
 * For a daemon's process: `environment` with what its allocator is told. Elsewhere than on Linux as it is.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv}
 */
export function daemonEnvironment(environment) {
  if (isTold(environment)) return environment;
  const { GLIBC_TUNABLES: others } = environment;
  // Of two that say different things the last one counts.
  const tunables = others ? `${others}:${OVERWRITING}` : OVERWRITING;
  return { ...environment, GLIBC_TUNABLES: tunables };
}

/**
 * Whether a process that began with it needs nothing more said.
 * @param {NodeJS.ProcessEnv} environment
 */
export function isTold(environment) {
  return process.platform !== 'linux' || (environment.GLIBC_TUNABLES ?? '').endsWith(OVERWRITING);
}
