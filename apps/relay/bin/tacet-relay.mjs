#!/usr/bin/env node
// `tacet-relay`: turns the compile cache on, then runs the relay program.
// What is installed with the packages, and all that was looked at runs on; before 24 nothing below
// would load, and links would not be hybrid.
const OLDEST = 26;
if (Number(process.versions.node.split('.')[0]) < OLDEST) {
  process.stderr.write(
    `tacet-relay: Node ${OLDEST} or newer is needed, this is ${process.version}\n`,
  );
  process.exit(1);
}
// SIGUSR1 would have Node listen for a debugger, on loopback.
process.on('SIGUSR1', () => {});
// Threads find the cache through the environment: their imports take 40 ms of a core, without it 200.
const { keepCompiled } = await import('@tacet/host/compile-cache');
process.env.NODE_COMPILE_CACHE ??= keepCompiled();
const { start } = await import('../src/main.ts');
await start();
