#!/usr/bin/env node
// `tacet`: turns the compile cache on, then runs the command line. Plain JavaScript, because an
// older Node than ours must be able to read the sentence below.
if (Number(process.versions.node.split('.')[0]) < 26) {
  process.stderr.write('tacet needs Node 26; `npx tacet` uses the one this folder installed.\n');
  process.exit(1);
}
// SIGUSR1 would have Node listen for a debugger, on loopback.
process.on('SIGUSR1', () => {});
const { keepCompiled } = await import('@tacet/host/compile-cache');
keepCompiled();
await import('../src/main.ts');
