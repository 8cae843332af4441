// What the engine is told before anything of ours is read.
import { getCompileCacheDir } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { keepCompiled } from '@tacet/host/compile-cache';
import { daemonEnvironment, isTold } from '../src/environment.mjs';

// SIGUSR1 would have Node listen for a debugger, on loopback. Whoever starts this can have it deaf from the
// first moment on (`--disable-sigusr1`).
process.on('SIGUSR1', () => {});

// The same process, begun again where nobody told it: once, as a system may take the word out. Not where a
// program waits on a descriptor of its own, which would be closed (`--ready-fd`): it has to tell by itself.
const AGAIN = 'TACET_BEGUN_AGAIN';
if (!isTold(process.env) && !process.argv.includes('--ready-fd') && !process.env[AGAIN]) {
  const engine = ['--disable-sigusr1', ...process.execArgv];
  const args = [process.execPath, ...engine, ...process.argv.slice(1)];
  process.execve(process.execPath, args, { ...daemonEnvironment(process.env), [AGAIN]: '1' });
}

// The nursery stays at 1 MB: it would grow while the program is read, and stay so. Not where a cache is
// shared with other programs: code compiled under other settings is compiled again.
if (getCompileCacheDir() === undefined) setFlagsFromString('--semi-space-growth-factor=1');
keepCompiled();
