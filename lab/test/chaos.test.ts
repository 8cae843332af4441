/** The quick form of `npm run lab -- chaos`: 100 texts under 40 kills. */
import { testChaos } from './chaos-seeds.ts';

testChaos([2]);
