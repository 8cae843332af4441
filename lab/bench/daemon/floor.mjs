// A program with the libraries a daemon needs and nothing of ours: what it takes to start, and to hold.
import { keepCompiled } from '@tacet/host/compile-cache';

keepCompiled();
await Promise.all(
  ['sodium-native', '@signalapp/sqlcipher', '@signalapp/libsignal-client', 'ws', 'node:tls'].map(
    (name) => import(name),
  ),
);
process.stdout.write(String(process.memoryUsage.rss()));
