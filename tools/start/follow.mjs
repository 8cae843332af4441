// Runs a program that ends with the one who started it, however that ended: its standard input
// is a pipe that closes then. Usage: node follow.mjs ENTRY [ARGUMENTS]
import { pathToFileURL } from 'node:url';
import { keepCompiled } from '@tacet/host/compile-cache';

// As the relay's own entry does: its threads find the cache through the environment.
process.env.NODE_COMPILE_CACHE ??= keepCompiled();
const stop = () => process.kill(process.pid, 'SIGTERM');
process.stdin.on('end', stop).on('error', stop).resume().unref();
process.argv.splice(1, 1);
await import(pathToFileURL(process.argv[1] ?? '').href);
