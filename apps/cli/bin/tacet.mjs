#!/usr/bin/env node
// `tacet`: turns the compile cache on, then runs the command line.
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('../src/main.ts');
