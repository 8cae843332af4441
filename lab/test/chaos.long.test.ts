/** More seeds of chaos.test.ts. */
import { testChaos } from './chaos-seeds.ts';

testChaos([3, 5, 7, 11]);
