#!/usr/bin/env node
// A person's daemon: turns the compile cache on, then runs the program.
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('../src/main.ts');
