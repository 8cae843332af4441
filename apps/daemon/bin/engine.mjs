// What the engine is told before anything of ours is read.
import { getCompileCacheDir } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { keepCompiled } from '@tacet/host/compile-cache';

// The nursery stays at 1 MB: it would grow while the program is read, and stay so. Not where a cache is
// shared with other programs: code compiled under other settings is compiled again.
if (getCompileCacheDir() === undefined) setFlagsFromString('--semi-space-growth-factor=1');
keepCompiled();
