// Runs a program that ends with the one who started it, however that ended: its standard input
// is a pipe that closes then. Usage: node follow.mjs ENTRY [ARGUMENTS]
import { enableCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';

enableCompileCache();
const stop = () => process.kill(process.pid, 'SIGTERM');
process.stdin.on('end', stop).on('error', stop).resume().unref();
process.argv.splice(1, 1);
await import(pathToFileURL(process.argv[1] ?? '').href);
