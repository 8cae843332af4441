#!/usr/bin/env node
// `tacet-relay`: turns the compile cache on, then runs the relay program.
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { start } = await import('../src/main.ts');
await start();
