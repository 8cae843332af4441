/** Loaded before a program whose days are to pass quickly: each SIGUSR2 sets its wall clock a day on. */
import { isMainThread } from 'node:worker_threads';

const DAY = 86_400_000;
const real = Date.now.bind(Date);
let ahead = 0;
Date.now = () => real() + ahead;
if (isMainThread) {
  process.on('SIGUSR2', () => {
    ahead += DAY;
  });
}
