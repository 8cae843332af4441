#!/usr/bin/env node
// A person's daemon: turns the compile cache on, then runs the program.
import './engine.mjs';
import { flushCompileCache } from 'node:module';

await import('../src/main.ts');
// Now, and not at the end: what is kept tells which functions ran, and a killed daemon would keep nothing.
flushCompileCache();
